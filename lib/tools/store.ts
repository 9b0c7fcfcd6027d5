import { database, type Transaction } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import { Prisma } from "#prisma/client.ts";
import { classificationOf, type ReadDefinition, readDefinition } from "./definition.ts";
import { type RecordedTool, reviewDefinition } from "./review.ts";
import { toStorable, toStorableText } from "./storable.ts";

export interface ServerKey {
  orgId: string;
  serverId: string;
}

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
 * discovery is the baseline; later on a new or changed definition is held, a missing one removed.
 * Of two tools with one name the first counts; the other is not on record and so never offered.
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
  const { orgId, serverId } = server;
  return database().$transaction(
    async (transaction) => {
      await transaction.$executeRaw`select lock_org_for_change(${orgId}::uuid)`;
      const current = await transaction.server.findFirst({
        where: { orgId, id: serverId, removedAt: null },
        select: { protocolRevision: true },
      });
      if (!current) throw new AppError("not_found", "This server has been removed.");
      const recorded = await transaction.tool.findMany({
        where: { orgId, serverId },
        select: { id: true, name: true, digest: true, heldDigest: true, state: true },
      });
      const isBaseline = current.protocolRevision === null;
      const added = await addTools(transaction, server, recorded, seen, isBaseline);
      const changed = await changeTools(transaction, orgId, recorded, seen);
      const removed = await removeMissing(transaction, server, seen);
      await transaction.tool.updateMany({
        where: { orgId, serverId, state: { not: "removed" } },
        data: { lastSeenAt: new Date() },
      });
      await transaction.server.update({
        where: { orgId_id: { orgId, id: serverId } },
        data: {
          health: "ok",
          healthDetail: null,
          healthAt: new Date(),
          protocolRevision: toStorableText(discovery.protocolRevision),
          serverInfo: toStorable(discovery.serverInfo) ?? Prisma.DbNull,
          ...(added + changed + removed > 0 ? { revision: { increment: 1 } } : {}),
        },
      });
      const held = await transaction.tool.count({ where: { orgId, serverId, state: "held" } });
      return { tools: seen.size, held, removed };
    },
    { timeout: 30_000 },
  );
}

/** Notes whether a server can be reached, with a sentence on what is wrong when it cannot. */
export async function recordHealth(
  orgId: string,
  serverId: string,
  health: "ok" | "failing",
  detail: string | null,
): Promise<void> {
  await database().server.updateMany({
    where: { orgId, id: serverId, removedAt: null },
    data: {
      health,
      healthDetail: detail === null ? null : toStorableText(detail),
      healthAt: new Date(),
    },
  });
}

type Recorded = RecordedTool & { id: string; name: string };

async function addTools(
  transaction: Transaction,
  { orgId, serverId }: ServerKey,
  recorded: readonly Recorded[],
  seen: ReadonlyMap<string, ReadDefinition>,
  isBaseline: boolean,
): Promise<number> {
  const known = new Set(recorded.map(({ name }) => name));
  const { count } = await transaction.tool.createMany({
    data: [...seen.values()]
      .filter(({ name }) => !known.has(name))
      .map(({ name, definition, digest }) => ({
        orgId,
        id: newId(),
        serverId,
        name,
        definition,
        digest,
        ...(isBaseline
          ? { state: "accepted" as const }
          : { state: "held" as const, heldDefinition: definition, heldDigest: digest }),
        ...classificationOf(definition),
      })),
  });
  return count;
}

async function changeTools(
  transaction: Transaction,
  orgId: string,
  recorded: readonly Recorded[],
  seen: ReadonlyMap<string, ReadDefinition>,
): Promise<number> {
  let changed = 0;
  for (const tool of recorded) {
    const definition = seen.get(tool.name);
    const change = definition && changeOf(tool, definition);
    if (!change) continue;
    await transaction.tool.update({ where: { orgId_id: { orgId, id: tool.id } }, data: change });
    changed += 1;
  }
  return changed;
}

function changeOf(tool: Recorded, seen: ReadDefinition): Prisma.ToolUpdateInput | null {
  const held = { state: "held", heldDefinition: seen.definition, heldDigest: seen.digest } as const;
  const review = reviewDefinition(tool, seen);
  switch (review.kind) {
    case "unchanged":
      return null;
    case "restore":
      return { state: "accepted", heldDefinition: Prisma.DbNull, heldDigest: null };
    case "hold":
      return held;
    case "replace": {
      const { definition, digest } = seen;
      return { ...held, definition, digest, ...classificationOf(definition) };
    }
  }
}

async function removeMissing(
  transaction: Transaction,
  { orgId, serverId }: ServerKey,
  seen: ReadonlyMap<string, ReadDefinition>,
): Promise<number> {
  const { count } = await transaction.tool.updateMany({
    where: { orgId, serverId, state: { not: "removed" }, name: { notIn: [...seen.keys()] } },
    data: { state: "removed" },
  });
  return count;
}
