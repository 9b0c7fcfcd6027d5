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
  const { orgId } = server;
  const news = {
    health: "ok",
    healthDetail: null,
    protocolRevision: toStorableText(discovery.protocolRevision),
    serverInfo: toStorable(discovery.serverInfo) ?? Prisma.DbNull,
  } as const;
  if (await isOnRecord(server, seen)) {
    return touch(database(), server, seen.size, { ...news, healthAt: new Date() });
  }
  return database().$transaction(
    async (transaction) => {
      await transaction.$executeRaw`select lock_org_for_change(${orgId}::uuid)`;
      const { isBaseline, recorded } = await readRecord(transaction, server);
      const added = await addTools(transaction, server, recorded, seen, isBaseline);
      const changed = await changeTools(transaction, orgId, recorded, seen);
      const removed = await removeMissing(transaction, server, seen);
      const revision = added + changed + removed > 0 ? { revision: { increment: 1 } } : {};
      const data = { ...news, ...revision, healthAt: new Date() };
      return { ...(await touch(transaction, server, seen.size, data)), removed };
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

interface ToolRecord {
  /** Nothing was discovered before. */
  isBaseline: boolean;
  recorded: Recorded[];
}

async function readRecord(
  client: Transaction,
  { orgId, serverId }: ServerKey,
): Promise<ToolRecord> {
  const current = await client.server.findFirst({
    where: { orgId, id: serverId, removedAt: null },
    select: { protocolRevision: true },
  });
  if (!current) throw new AppError("not_found", "This server has been removed.");
  const recorded = await client.tool.findMany({
    where: { orgId, serverId },
    select: { id: true, name: true, digest: true, heldDigest: true, state: true },
  });
  return { isBaseline: current.protocolRevision === null, recorded };
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
  { orgId, serverId }: ServerKey,
  tools: number,
  data: Prisma.ServerUpdateInput,
): Promise<DiscoveryResult> {
  await client.tool.updateMany({
    where: { orgId, serverId, state: { not: "removed" } },
    data: { lastSeenAt: new Date() },
  });
  await client.server.update({ where: { orgId_id: { orgId, id: serverId } }, data });
  const held = await client.tool.count({ where: { orgId, serverId, state: "held" } });
  return { tools, held, removed: 0 };
}

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
