import type { Pool } from "pg";

/** How far back each round looks for answers; rounds are closer together than that. */
const lookBackSeconds = 180;

/**
 * Servers that refused their credential in calls, have not done so for a while and have answered a call since
 * count as reachable again (no tenant: the proxy's side). It reads the record of calls, so that calls need
 * not report that they went well.
 *
 * @param quietSeconds how long nothing was refused; keeps a server that refuses some calls only from going to and fro
 * @returns how many servers recovered
 */
export async function recoverRefused(pool: Pool, quietSeconds: number): Promise<number> {
  const { rowCount } = await pool.query(
    `update servers s
    set health = 'ok', health_detail = null, health_at = now(), refused_at = null
    where s.refused_at < now() - make_interval(secs => $1) and s.removed_at is null
      and exists (
        select 1 from calls c join call_outcomes o on o.org_id = c.org_id and o.call_id = c.id
        where c.org_id = s.org_id and c.server_id = s.id
          and c.id >= uuid_v7_floor(greatest(s.refused_at, now() - make_interval(secs => $2)))
          and o.outcome in ('ok', 'tool_error'))`,
    [quietSeconds, lookBackSeconds],
  );
  return rowCount ?? 0;
}
