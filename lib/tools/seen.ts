import type { Transaction } from "#lib/db.ts";
import type { ReadDefinition } from "./definition.ts";
import type { ServerKey } from "./record.ts";

/** A server can announce something else each time it is asked; of one tool so many are kept. */
const keptVersions = 50;

/**
 * Keeps every definition that was announced, each once, under its canonical digest.
 *
 * @returns those that were never announced before, as `<tool id> <digest>`
 */
export async function recordSeen(
  transaction: Transaction,
  { orgId, serverId }: ServerKey,
  seen: ReadonlyMap<string, ReadDefinition>,
): Promise<Set<string>> {
  const tools = await transaction.tool.findMany({
    where: { orgId, serverId, state: { not: "removed" } },
    select: { id: true, name: true },
  });
  const created = await transaction.toolDefinition.createManyAndReturn({
    data: tools.flatMap(({ id, name }) => {
      const read = seen.get(name);
      if (!read) return [];
      return [{ orgId, toolId: id, digest: read.digest, definition: read.definition }];
    }),
    skipDuplicates: true,
    select: { toolId: true, digest: true },
  });
  const ids = [...new Set(created.map(({ toolId }) => toolId))];
  if (ids.length > 0) await prune(transaction, orgId, ids);
  return new Set(created.map(({ toolId, digest }) => `${toolId} ${digest}`));
}

/** Notes that what a server's tools are announced with was seen again. */
export async function touchSeen(
  client: Transaction,
  { orgId, serverId }: ServerKey,
): Promise<void> {
  await client.$executeRaw`
    with offered as (
      update tools set last_seen_at = now()
      where org_id = ${orgId}::uuid and server_id = ${serverId}::uuid and state <> 'removed'
      returning org_id, id, coalesce(held_digest, digest) as digest)
    update tool_definitions d set last_seen_at = now() from offered o
    where d.org_id = o.org_id and d.tool_id = o.id and d.digest = o.digest`;
}

async function prune(transaction: Transaction, orgId: string, toolIds: string[]): Promise<void> {
  await transaction.$executeRaw`
    delete from tool_definitions d using (
      select s.org_id, s.tool_id, s.digest,
        row_number() over (partition by s.tool_id order by s.last_seen_at desc, s.first_seen_at desc) as place
      from tool_definitions s join tools t on t.org_id = s.org_id and t.id = s.tool_id
      where s.org_id = ${orgId}::uuid and s.tool_id = any(${toolIds}::uuid[])
        and s.digest <> t.digest and s.digest is distinct from t.held_digest) old
    where old.place >= ${keptVersions}
      and d.org_id = old.org_id and d.tool_id = old.tool_id and d.digest = old.digest`;
}
