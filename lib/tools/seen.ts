import type { Transaction } from "#lib/db.ts";
import { matchAtOnce } from "./match-at-once.ts";
import type { ServerKey } from "./record.ts";
import type { RecordedTool } from "./review.ts";

/** A server can announce something else each time it is asked; of one tool so many are kept. */
const keptVersions = 50;

/** Notes that what a server's tools are announced with was seen again. */
export async function touchSeen({ orgId, serverId }: ServerKey): Promise<void> {
  await matchAtOnce(
    (transaction) => transaction.$executeRaw`
    with offered as (
      update tools set last_seen_at = now()
      where org_id = ${orgId}::uuid and server_id = ${serverId}::uuid and state <> 'removed'
      returning id, coalesce(held_digest, digest) as digest)
    update tool_definitions d set last_seen_at = now() from offered o
    where d.org_id = ${orgId}::uuid and d.tool_id = o.id and d.digest = o.digest`,
  );
}

/**
 * Notes that people are told of what a server's tools are held with now.
 *
 * @returns what they were not told of since a definition of the same tool was accepted, by name: a server that goes
 *   back and forth between two definitions is told of once
 */
export async function markTold(
  transaction: Transaction,
  { orgId, serverId }: ServerKey,
): Promise<(RecordedTool & { name: string })[]> {
  return transaction.$queryRaw`
    with told as (
      update tool_definitions d set told_at = now()
      from tools t
      where t.org_id = ${orgId}::uuid and t.server_id = ${serverId}::uuid and t.state = 'held'
        and d.org_id = t.org_id and d.tool_id = t.id and d.digest = t.held_digest and d.told_at is null
      returning t.name, t.state, t.digest, t.held_digest)
    select name, state::text as state, digest, held_digest as "heldDigest" from told order by name`;
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

/** Forgets the oldest definitions of tools that were announced with very many. */
export async function pruneSeen({ orgId, serverId }: ServerKey): Promise<void> {
  await matchAtOnce(
    (transaction) => transaction.$executeRaw`
    delete from tool_definitions d using (
      select s.tool_id, s.digest,
        row_number() over (partition by s.tool_id order by s.last_seen_at desc, s.first_seen_at desc) as place
      from tool_definitions s join tools t on t.org_id = s.org_id and t.id = s.tool_id
      where t.org_id = ${orgId}::uuid and t.server_id = ${serverId}::uuid
        and s.digest <> t.digest and s.digest is distinct from t.held_digest) old
    where old.place >= ${keptVersions}
      and d.org_id = ${orgId}::uuid and d.tool_id = old.tool_id and d.digest = old.digest`,
  );
}

function idsOf(tools: readonly { id: string }[]): string[] {
  return tools.map(({ id }) => id);
}
