import type { Transaction } from "#lib/db.ts";
import type { ServerKey } from "./record.ts";

/** A server can announce something else each time it is asked; of one tool so many are kept. */
const keptVersions = 50;

/** Keeps every definition that a server's tools have come to stand on record with, each once. */
export async function recordSeen(
  transaction: Transaction,
  { orgId, serverId }: ServerKey,
): Promise<void> {
  const created = await transaction.$queryRaw<{ id: string }[]>`
    insert into tool_definitions (org_id, tool_id, digest, definition)
    select t.org_id, t.id, coalesce(t.held_digest, t.digest), coalesce(t.held_definition, t.definition)
    from tools t
    where t.org_id = ${orgId}::uuid and t.server_id = ${serverId}::uuid and t.state <> 'removed'
      and not exists (
        select 1 from tool_definitions d
        where d.org_id = t.org_id and d.tool_id = t.id and d.digest = coalesce(t.held_digest, t.digest))
    on conflict do nothing
    returning tool_id as id`;
  if (created.length > 0) await prune(transaction, orgId, idsOf(created));
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

/**
 * Notes that people are told of held definitions now.
 *
 * @returns those of which they were not told since a definition of the same tool was accepted: a server that
 *   goes back and forth between two of them is told of once
 */
export async function markTold<Held extends { id: string; digest: string }>(
  transaction: Transaction,
  orgId: string,
  held: readonly Held[],
): Promise<Held[]> {
  const told = await transaction.$queryRaw<{ id: string }[]>`
    update tool_definitions d set told_at = now()
    from unnest(${idsOf(held)}::uuid[], ${held.map(({ digest }) => digest)}::text[]) as h (id, digest)
    where d.org_id = ${orgId}::uuid and d.tool_id = h.id and d.digest = h.digest and d.told_at is null
    returning d.tool_id as id`;
  const ids = new Set(idsOf(told));
  return held.filter(({ id }) => ids.has(id));
}

/** Whatever these tools change to from now on is told: a definition of each has just been accepted. */
export async function forgetTold(
  transaction: Transaction,
  orgId: string,
  accepted: readonly { id: string }[],
): Promise<void> {
  if (accepted.length === 0) return;
  await transaction.$executeRaw`
    update tool_definitions set told_at = null
    where org_id = ${orgId}::uuid and tool_id = any(${idsOf(accepted)}::uuid[]) and told_at is not null`;
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

function idsOf(tools: readonly { id: string }[]): string[] {
  return tools.map(({ id }) => id);
}
