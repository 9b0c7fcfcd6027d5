import type { Pool } from "pg";

/**
 * True for an open request `p` that was made under what no longer holds. Requests of an earlier
 * release do not name their policy.
 */
export const outdatedSql = `(
  p.policy_id is not null and not exists (
    select 1 from policies x
    join policy_versions y on y.org_id = x.org_id and y.policy_id = x.id and y.version = x.version
    join servers s on s.org_id = x.org_id and s.id = p.server_id and s.removed_at is null
    join agents a on a.org_id = x.org_id and a.id = p.agent_id and a.revoked_at is null
    join grants g on g.org_id = x.org_id and g.agent_id = a.id and g.server_id = s.id
    where x.org_id = p.org_id and x.id = p.policy_id
      and coalesce(y.decides_as, y.version) = p.policy_version
      and x.id = coalesce(g.policy_id, s.policy_id))
  or exists (
    select 1 from tools t
    where t.org_id = p.org_id and t.server_id = p.server_id and t.name = p.tool and t.state <> 'accepted')
)`;

const approverGoneSql = `(
  p.state = 'approved' and exists (
    select 1 from approval_votes v
    left join members m on m.org_id = v.org_id and v.voter = 'user:' || m.user_id
    where v.org_id = p.org_id and v.approval_id = p.id and v.decision = 'approve'
      and v.voter like 'user:%' and coalesce(m.role = 'viewer', true))
)`;

/**
 * Voids whatever no longer stands: the sweeper's net under the verbs (no tenant).
 * @returns how many
 */
export async function voidOutdatedApprovals(pool: Pick<Pool, "query">): Promise<number> {
  const { rowCount } = await pool.query(
    `update approvals p set state = 'void'
    where p.state in ('pending', 'approved') and (${outdatedSql} or ${approverGoneSql})`,
  );
  return rowCount ?? 0;
}

/**
 * Marks what has lapsed (no tenant: the sweeper's).
 * @returns how many
 */
export async function expireApprovals(pool: Pick<Pool, "query">): Promise<number> {
  const { rowCount } = await pool.query(
    `update approvals set state = 'expired'
    where state in ('pending', 'approved') and expires_at <= now()`,
  );
  return rowCount ?? 0;
}
