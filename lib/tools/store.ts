import { voidApprovals } from "#lib/approvals/void.ts";
import { writeAudit } from "#lib/audit/change.ts";
import { database, type Transaction } from "#lib/db.ts";
import { type Health, Prisma } from "#prisma/client.ts";
import { type ReadDefinition, readDefinition } from "./definition.ts";
import { tellFailing } from "./failing.ts";
import { tellHeld } from "./held.ts";
import {
  addTools,
  changeTools,
  type RecordChanges,
  readRecord,
  removeMissing,
  type ServerKey,
} from "./record.ts";
import { reviewDefinition } from "./review.ts";
import { recordSeen, touchSeen } from "./seen.ts";
import { toStorable, toStorableText } from "./storable.ts";

/** What a server answered to `tools/list` and `initialize`; nothing of it is trusted. */
export interface Discovery {
  tools: readonly unknown[];
  protocolRevision: string;
  serverInfo: unknown;
}

/** How the record stands afterwards: tools offered, those of them held, those gone with this list. */
export interface DiscoveryResult {
  tools: number;
  held: number;
  removed: number;
}

/**
 * Compares what a server offers with the record (no tenant check: the proxy's side). The first
 * discovery is the baseline; later on a new or changed definition is held, or accepted where the
 * server is set so and it is harmless; a missing one is removed. Of two tools with one name the
 * first counts; the other is not on record and so never offered.
 *
 * @throws AppError `not_found` when the server is gone
 */
export async function storeDiscovery(
  server: ServerKey,
  discovery: Discovery,
): Promise<DiscoveryResult> {
  const seen = new Map<string, ReadDefinition>();
  for (const raw of discovery.tools) {
    const read = readDefinition(raw);
    if (read && !seen.has(read.name)) seen.set(read.name, read);
  }
  const now = new Date();
  const news = {
    health: "ok",
    healthDetail: null,
    healthAt: now,
    refusedAt: null,
    discoveredAt: now,
    protocolRevision: toStorableText(discovery.protocolRevision),
    serverInfo: toStorable(discovery.serverInfo) ?? Prisma.DbNull,
  } as const;
  if (await isOnRecord(server, seen)) return touch(database(), server, seen.size, news);
  return database().$transaction(
    async (transaction) => {
      await transaction.$executeRaw`select lock_org_for_change(${server.orgId}::uuid)`;
      const record = await readRecord(transaction, server);
      const added = await addTools(transaction, server, record, seen);
      const changed = await changeTools(transaction, server, record, seen);
      const removed = await removeMissing(transaction, server, seen);
      const unseen = await recordSeen(transaction, server, seen);
      const held = [...added.held, ...changed.held];
      await tellHeld(
        transaction,
        server,
        held.filter(({ id, digest }) => unseen.has(`${id} ${digest}`)),
      );
      await auditHarmless(transaction, server, [...added.harmless, ...changed.harmless]);
      const count = added.count + changed.count + removed;
      const revision = count > 0 ? { revision: { increment: 1 } } : {};
      await voidApprovals(transaction, server.orgId, { outdatedOn: server.serverId });
      return {
        ...(await touch(transaction, server, seen.size, { ...news, ...revision })),
        removed,
      };
    },
    { timeout: 30_000 },
  );
}

/**
 * Notes whether a server can be reached, with a sentence on what is wrong when it cannot. `refused`: it refused
 * its credential in a call; it is failing until it answers one again (`recoverRefused`).
 */
export async function recordHealth(
  orgId: string,
  serverId: string,
  found: "ok" | "failing" | "refused",
  detail: string | null,
): Promise<void> {
  const healthDetail = detail === null ? null : toStorableText(detail);
  const health: Health = found === "ok" ? "ok" : "failing";
  const healthAt = new Date();
  const refusedAt = found === "refused" ? healthAt : null;
  const data = { health, healthDetail, healthAt, refusedAt };
  const server = { orgId, id: serverId, removedAt: null };
  await database().$transaction(async (transaction) => {
    const changed = { ...server, health: { not: health } };
    const { count } = await transaction.server.updateMany({ where: changed, data });
    if (count === 0) await transaction.server.updateMany({ where: server, data });
    else if (health === "failing") await tellFailing(transaction, orgId, serverId, healthDetail);
  });
}

/** The usual case, looked at without locking the org's admissions out. */
async function isOnRecord(
  server: ServerKey,
  seen: ReadonlyMap<string, ReadDefinition>,
): Promise<boolean> {
  const { isBaseline, recorded } = await readRecord(database(), server);
  const offered = recorded.filter(({ state }) => state !== "removed");
  return (
    !isBaseline &&
    offered.length === seen.size &&
    offered.every((tool) => {
      const definition = seen.get(tool.name);
      return definition && reviewDefinition(tool, definition).kind === "unchanged";
    })
  );
}

async function touch(
  client: Transaction,
  server: ServerKey,
  tools: number,
  data: Prisma.ServerUpdateInput,
): Promise<DiscoveryResult> {
  const { orgId, serverId } = server;
  await touchSeen(client, server);
  await client.server.update({ where: { orgId_id: { orgId, id: serverId } }, data });
  const held = await client.tool.count({ where: { orgId, serverId, state: "held" } });
  return { tools, held, removed: 0 };
}

/** What no person accepted says so in the record of changes. */
async function auditHarmless(
  transaction: Transaction,
  { orgId, serverId }: ServerKey,
  tools: RecordChanges["harmless"],
): Promise<void> {
  if (tools.length === 0) return;
  const { slug } = await transaction.server.findUniqueOrThrow({
    where: { orgId_id: { orgId, id: serverId } },
    select: { slug: true },
  });
  const context = { org: { id: orgId }, actor: { kind: "system", name: "Callgate" } } as const;
  await writeAudit(transaction, context, {
    action: "tool.accept",
    subject: { kind: "server", id: serverId, name: slug },
    detail: { tools: tools.toSorted(), harmless: true },
  });
}
