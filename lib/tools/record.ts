import type { Transaction } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import { Prisma } from "#prisma/client.ts";
import { classificationOf, type ReadDefinition } from "./definition.ts";
import { factsOf, type StoredFacts } from "./facts.ts";
import { isHarmless } from "./harmless.ts";
import { type RecordedTool, reviewDefinition } from "./review.ts";

export interface ServerKey {
  orgId: string;
  serverId: string;
}

/** A server's tools as they stand, and what its org said of how to review them. */
export interface ToolRecord {
  /** Nothing was discovered before. */
  isBaseline: boolean;
  trusted: boolean;
  acceptsHarmless: boolean;
  recorded: Recorded[];
}

/** What became of the tools that are not as they were. */
export interface RecordChanges {
  held: { id: string; name: string; digest: string; isNew: boolean }[];
  /** Names of those that passed without a person. */
  harmless: string[];
  count: number;
}

type Recorded = RecordedTool & StoredFacts & { id: string };

/** @throws AppError `not_found` when the server is gone */
export async function readRecord(
  client: Transaction,
  { orgId, serverId }: ServerKey,
): Promise<ToolRecord> {
  const current = await client.server.findFirst({
    where: { orgId, id: serverId, removedAt: null },
    select: { protocolRevision: true, trusted: true, acceptsHarmless: true },
  });
  if (!current) throw new AppError("not_found", "This server has been removed.");
  const recorded = await client.tool.findMany({
    where: { orgId, serverId },
    select: {
      id: true,
      name: true,
      digest: true,
      heldDigest: true,
      state: true,
      category: true,
      riskClass: true,
      overrideCategory: true,
      overrideRiskClass: true,
    },
  });
  const { protocolRevision, ...settings } = current;
  return { isBaseline: protocolRevision === null, ...settings, recorded };
}

/** Adds what is new to the record and holds it, unless it is the baseline or harmless. */
export async function addTools(
  transaction: Transaction,
  { orgId, serverId }: ServerKey,
  { isBaseline, trusted, acceptsHarmless, recorded }: ToolRecord,
  seen: ReadonlyMap<string, ReadDefinition>,
): Promise<RecordChanges> {
  const known = new Set(recorded.map(({ name }) => name));
  const added = [...seen.values()]
    .filter(({ name }) => !known.has(name))
    .map((read) => {
      const passes = !isBaseline && acceptsHarmless && isHarmless(null, read.definition);
      return { ...read, id: newId(), passes, isAccepted: isBaseline || passes };
    });
  const { count } = await transaction.tool.createMany({
    data: added.map(({ id, name, definition, digest, isAccepted }) => ({
      orgId,
      id,
      serverId,
      name,
      definition,
      digest,
      ...(isAccepted
        ? { state: "accepted" as const }
        : { state: "held" as const, heldDefinition: definition, heldDigest: digest }),
      ...classificationOf(definition, trusted),
    })),
  });
  return {
    held: added
      .filter(({ isAccepted }) => !isAccepted)
      .map(({ id, name, digest }) => ({ id, name, digest, isNew: true })),
    harmless: added.filter(({ passes }) => passes).map(({ name }) => name),
    count,
  };
}

/** Holds what is announced differently, unless that is harmless or what was accepted before. */
export async function changeTools(
  transaction: Transaction,
  { orgId }: ServerKey,
  { trusted, acceptsHarmless, recorded }: ToolRecord,
  seen: ReadonlyMap<string, ReadDefinition>,
): Promise<RecordChanges> {
  const changes: RecordChanges = { held: [], harmless: [], count: 0 };
  for (const tool of recorded) {
    const read = seen.get(tool.name);
    if (!read) continue;
    const review = reviewDefinition(tool, read);
    if (review.kind === "unchanged") continue;
    const isNew = review.kind === "replace";
    const passes =
      review.kind !== "restore" &&
      acceptsHarmless &&
      isHarmless(isNew ? null : await standing(transaction, orgId, tool), read.definition);
    if (passes) changes.harmless.push(tool.name);
    else if (review.kind !== "restore") {
      changes.held.push({ id: tool.id, name: tool.name, digest: read.digest, isNew });
    }
    await transaction.tool.update({
      where: { orgId_id: { orgId, id: tool.id } },
      data: passes ? acceptedAs(read, trusted) : changeOf(review.kind, read, trusted),
    });
    changes.count += 1;
  }
  return changes;
}

/** @returns how many tools the server no longer offers */
export async function removeMissing(
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

/** The columns of a tool whose definition has just been accepted. */
export function acceptedAs({ definition, digest }: ReadDefinition, trusted: boolean) {
  return {
    definition,
    digest,
    ...classificationOf(definition, trusted),
    state: "accepted",
    heldDefinition: Prisma.DbNull,
    heldDigest: null,
  } as const satisfies Prisma.ToolUpdateInput;
}

async function standing(transaction: Transaction, orgId: string, tool: Recorded) {
  const { definition } = await transaction.tool.findUniqueOrThrow({
    where: { orgId_id: { orgId, id: tool.id } },
    select: { definition: true },
  });
  return { definition, facts: factsOf(tool) };
}

function changeOf(
  kind: "restore" | "hold" | "replace",
  { definition, digest }: ReadDefinition,
  trusted: boolean,
): Prisma.ToolUpdateInput {
  const held = { state: "held", heldDefinition: definition, heldDigest: digest } as const;
  switch (kind) {
    case "restore":
      return { state: "accepted", heldDefinition: Prisma.DbNull, heldDigest: null };
    case "hold":
      return held;
    case "replace":
      return { ...held, definition, digest, ...classificationOf(definition, trusted) };
  }
}
