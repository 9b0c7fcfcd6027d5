import { database } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";

/** Servers that fall due together are spread over several rounds. */
const atOnce = 50;

/**
 * Asks for the tools of every server to be read again whose last reading, tried or done, is that long
 * ago; the longest waiting first (no tenant: the proxy's side). Any number of proxies may ask: they
 * take turns, so each server is asked for once.
 *
 * @returns how many servers fell due
 */
export function scheduleDiscoveries(seconds: number): Promise<number> {
  return database().$transaction(async (transaction) => {
    await transaction.$executeRaw`select pg_advisory_xact_lock(hashtextextended('schedule discoveries', 0))`;
    const due = await transaction.$queryRaw<{ orgId: string; serverId: string }[]>`
      select s.org_id as "orgId", s.id as "serverId" from servers s
      where s.removed_at is null
        and coalesce(s.discovered_at, s.created_at) < now() - make_interval(secs => ${seconds}::int)
        and not exists (
          select 1 from jobs j
          where j.org_id = s.org_id and j.server_id = s.id
            and (j.state in ('queued', 'running') or j.created_at > now() - make_interval(secs => ${seconds}::int)))
      order by coalesce(s.discovered_at, s.created_at)
      limit ${atOnce}`;
    await transaction.job.createMany({
      data: due.map(({ orgId, serverId }) => ({
        orgId,
        id: newId(),
        kind: "discover" as const,
        serverId,
        createdBy: "system:schedule",
      })),
    });
    return due.length;
  });
}
