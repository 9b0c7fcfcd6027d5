import type { Pool } from "pg";
import { newId } from "#lib/ids.ts";

/** Servers that fall due together are spread over several rounds. */
const atOnce = 50;

/**
 * Asks for the tools of every server to be read again whose last reading, tried or done, is that long
 * ago; the longest waiting first (no tenant: the proxy's side). Any number of proxies may ask: one at
 * a time does, so each server is asked for once.
 *
 * @returns how many servers fell due
 */
export async function scheduleDiscoveries(pool: Pool, seconds: number): Promise<number> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    // A statement of its own: the next one then sees what the turn before this one asked for.
    await client.query("select pg_advisory_xact_lock(hashtextextended('schedule discoveries', 0))");
    const { rowCount } = await client.query(
      `with due as (
        select s.org_id, s.id, row_number() over (order by coalesce(s.discovered_at, s.created_at)) as place
        from servers s
        where s.removed_at is null
          and coalesce(s.discovered_at, s.created_at) < now() - make_interval(secs => $1)
          and not exists (
            select 1 from jobs j
            where j.org_id = s.org_id and j.server_id = s.id
              and (j.state in ('queued', 'running') or j.created_at > now() - make_interval(secs => $1)))
      )
      insert into jobs (org_id, id, kind, server_id, created_by)
      select due.org_id, ids.id, 'discover', due.id, 'system:schedule'
      from due join unnest($2::uuid[]) with ordinality ids(id, place) on ids.place = due.place`,
      [seconds, Array.from({ length: atOnce }, newId)],
    );
    await client.query("commit");
    return rowCount ?? 0;
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}

/** After the first reading that found nothing twice this long, after each further one twice as long again. */
const restSeconds = 30;
const longestRestSeconds = 600;

/**
 * Asks for a server's tool list to be read again because an agent's list differs from the record
 * (no tenant: the proxy's side). One waiting job is enough, however often it is asked for. A server that shows
 * agents something else than it shows us would be read for ever: each reading in a row that finds the record
 * as it was makes the next one wait longer.
 *
 * @returns in how many milliseconds to ask again; 0 when the list will be read
 */
export async function requestRediscovery(
  pool: Pool,
  orgId: string,
  serverId: string,
): Promise<number> {
  const { rows } = await pool.query<{ milliseconds: number }>(
    `with reading as (
      select created_by, created_at, finished_at, result ->> 'changed' = 'true' as changed from jobs
      where org_id = $1::uuid and server_id = $3::uuid and kind = 'discover' and state in ('done', 'failed')
        and created_at > now() - interval '1 day'
    ), vain as (
      select count(*) as readings, max(finished_at) as last from reading
      where created_by = 'system:proxy'
        and created_at > coalesce((select max(created_at) from reading where changed), '-infinity')
    ), rest as (
      select case when readings = 0 then 0 else greatest(0, ceil(1000 * (
        least($5, $4 * 2 ^ readings) - extract(epoch from clock_timestamp() - last)))) end as milliseconds
      from vain
    ), asked as (
      insert into jobs (org_id, id, kind, server_id, created_by)
      select $1::uuid, $2::uuid, 'discover', $3::uuid, 'system:proxy' from rest
      where milliseconds = 0 and not exists (
        select 1 from jobs where org_id = $1::uuid and server_id = $3::uuid and state = 'queued')
    )
    select milliseconds::int from rest`,
    [orgId, newId(), serverId, restSeconds, longestRestSeconds],
  );
  return rows[0]?.milliseconds ?? 0;
}
