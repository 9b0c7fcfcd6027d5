import { database, type Transaction } from "#lib/db.ts";
import { Prisma } from "#prisma/client.ts";

/** What has changed, and with it every open approval that was bound to it. */
export type VoidScope =
  /** A policy has another version. */
  | { policyId: string }
  /** A server's connection changed; with `tools`, only these tools' definitions. */
  | { serverId: string; tools?: readonly string[] }
  /** A server's tools were read again: whatever of its approvals stands no longer. */
  | { outdatedOn: string }
  /** Somebody who approved may no longer decide: `user:<id>`. */
  | { voter: string };

/**
 * Voids the open requests and approvals that a change makes meaningless, in the transaction of that
 * change (no tenant check: its verb's). Admission would not honour them anyway, because each is
 * bound to what it was made for; this tells people and waiting calls so at once.
 *
 * @returns how many
 */
export function voidApprovals(
  transaction: Transaction,
  orgId: string,
  scope: VoidScope,
): Promise<number> {
  return transaction.$executeRaw`
    update approvals p set state = 'void'
    where p.org_id = ${orgId}::uuid and p.state in ('pending', 'approved') and ${conditionOf(scope)}`;
}

/**
 * Voids whatever else no longer stands: the sweeper's net under the verbs (no tenant).
 * @returns how many
 */
export function voidOutdatedApprovals(): Promise<number> {
  return database().$executeRaw`
    update approvals p set state = 'void'
    where p.state in ('pending', 'approved') and (${outdated} or ${approverGone})`;
}

/** Whether an open request was made under what no longer holds. */
export async function isOutdated(client: Transaction, orgId: string, id: string): Promise<boolean> {
  const rows = await client.$queryRaw<unknown[]>`
    select 1 from approvals p
    where p.org_id = ${orgId}::uuid and p.id = ${id}::uuid and ${outdated}`;
  return rows.length > 0;
}

/** Requests of an earlier release do not name their policy. */
const outdated = Prisma.sql`(
  p.policy_id is not null and not exists (
    select 1 from policies x
    join servers s on s.org_id = x.org_id and s.id = p.server_id and s.removed_at is null
    join agents a on a.org_id = x.org_id and a.id = p.agent_id and a.revoked_at is null
    join grants g on g.org_id = x.org_id and g.agent_id = a.id and g.server_id = s.id
    where x.org_id = p.org_id and x.id = p.policy_id and x.version = p.policy_version
      and x.id = coalesce(g.policy_id, s.policy_id))
  or exists (
    select 1 from tools t
    where t.org_id = p.org_id and t.server_id = p.server_id and t.name = p.tool and t.state <> 'accepted')
)`;

const approverGone = Prisma.sql`(
  p.state = 'approved' and exists (
    select 1 from approval_votes v
    left join members m on m.org_id = v.org_id and v.voter = 'user:' || m.user_id
    where v.org_id = p.org_id and v.approval_id = p.id and v.decision = 'approve'
      and v.voter like 'user:%' and coalesce(m.role = 'viewer', true))
)`;

function conditionOf(scope: VoidScope): Prisma.Sql {
  if ("policyId" in scope) return Prisma.sql`p.policy_id = ${scope.policyId}::uuid`;
  if ("voter" in scope) {
    return Prisma.sql`exists (
      select 1 from approval_votes v
      where v.org_id = p.org_id and v.approval_id = p.id and v.voter = ${scope.voter}
        and v.decision = 'approve')`;
  }
  if ("outdatedOn" in scope) {
    return Prisma.sql`p.server_id = ${scope.outdatedOn}::uuid and ${outdated}`;
  }
  const server = Prisma.sql`p.server_id = ${scope.serverId}::uuid`;
  return scope.tools === undefined
    ? server
    : Prisma.sql`${server} and p.tool = any(${[...scope.tools]}::text[])`;
}
