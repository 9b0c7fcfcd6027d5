import { voidApprovals } from "#lib/approvals/void.ts";
import { changeOrg } from "#lib/audit/change.ts";
import type { OrgContext } from "#lib/auth/context.ts";
import { requirePermission } from "#lib/auth/permissions.ts";
import type { Transaction } from "#lib/db.ts";
import { parseInput } from "#lib/input.ts";
import { findServer } from "#lib/servers/find.ts";
import { classificationOf } from "./definition.ts";
import { factsOf } from "./facts.ts";
import { isHarmless } from "./harmless.ts";
import type { ServerKey } from "./record.ts";
import { heldKindOf } from "./review.ts";
import { SetServerReview } from "./schema.ts";
import { forgetTold } from "./seen.ts";
import { acceptHeld, updateClasses } from "./write.ts";

/** How the definitions of a server are judged. */
export interface ServerReview {
  /** Its hints may lower a tool's class, not only raise it. */
  trusted: boolean;
  /** Harmless changes are accepted without a person. */
  acceptsHarmless: boolean;
}

/** How they are judged from now on, and names of the held tools that this released. */
export interface ServerReviewChange extends ServerReview {
  released: string[];
}

/**
 * Sets how a server's definitions are judged; absent parts stay. With another trust every tool of it is
 * classified again in the same commit; where harmless changes are to pass, those that are held pass too.
 * Everything else that is held stays held.
 */
export async function setServerReview(
  context: OrgContext,
  input: unknown,
): Promise<ServerReviewChange> {
  requirePermission(context, "rules.write");
  const { server: slug, trusted, acceptsHarmless } = parseInput(SetServerReview, input);
  const orgId = context.org.id;
  return changeOrg(context, "gate", async (transaction, audit) => {
    const server = await findServer(context, slug, transaction);
    const changed = {
      ...(trusted !== undefined && trusted !== server.trusted && { trusted }),
      ...(acceptsHarmless !== undefined &&
        acceptsHarmless !== server.acceptsHarmless && { acceptsHarmless }),
    };
    const { id } = server;
    const after = { trusted: server.trusted, acceptsHarmless: server.acceptsHarmless, ...changed };
    if (Object.keys(changed).length === 0) return { ...after, released: [] };
    const classified =
      changed.trusted === undefined
        ? []
        : await classifyAgain(transaction, { orgId, serverId: id }, changed.trusted);
    const released =
      changed.acceptsHarmless === true
        ? await releaseHarmless(transaction, { orgId, serverId: id }, after.trusted)
        : [];
    await transaction.server.update({
      where: { orgId_id: { orgId, id } },
      data: { ...changed, revision: { increment: 1 } },
    });
    const touched = [...new Set([...classified, ...released])];
    if (touched.length > 0) {
      await voidApprovals(transaction, orgId, { serverId: id, tools: touched });
    }
    const subject = { kind: "server", id, name: slug };
    await audit({ action: "server.review", subject, detail: { ...changed, classified } });
    if (released.length > 0) {
      const detail = { tools: released, harmless: true };
      await audit({ action: "tool.accept", subject, detail });
    }
    return { ...after, released };
  });
}

/** @returns the names of held tools that would have passed, had the setting been on when they were announced */
async function releaseHarmless(
  transaction: Transaction,
  key: ServerKey,
  trusted: boolean,
): Promise<string[]> {
  const held = await transaction.tool.findMany({
    where: { ...key, state: "held" },
    orderBy: { name: "asc" },
  });
  const released = held.filter((tool) => {
    const kind = heldKindOf(tool);
    const before = { definition: tool.definition, facts: factsOf(tool) };
    return kind !== "duplicate" && isHarmless(kind === "new" ? null : before, tool.heldDefinition);
  });
  if (released.length === 0) return [];
  const classified = released.map(({ id, heldDefinition }) => ({
    id,
    ...classificationOf(heldDefinition, trusted),
  }));
  await acceptHeld(transaction, key.orgId, classified);
  await forgetTold(transaction, key.orgId, released);
  return released.map(({ name }) => name);
}

/** @returns the names of the tools whose category or class is another now */
async function classifyAgain(
  transaction: Transaction,
  key: ServerKey,
  trusted: boolean,
): Promise<string[]> {
  const tools = await transaction.tool.findMany({
    where: key,
    select: {
      id: true,
      name: true,
      definition: true,
      category: true,
      riskClass: true,
      confidence: true,
      rationale: true,
    },
  });
  // Few tools have hints, so few have anything to be written.
  const changed = tools.flatMap(({ id, definition, ...before }) => {
    const after = classificationOf(definition, trusted);
    const isMoved = after.category !== before.category || after.riskClass !== before.riskClass;
    const isReworded =
      after.rationale !== before.rationale || after.confidence !== before.confidence;
    return isMoved || isReworded ? [{ id, name: before.name, isMoved, after }] : [];
  });
  await updateClasses(
    transaction,
    key.orgId,
    changed.map(({ id, after }) => ({ id, ...after })),
  );
  return changed.filter(({ isMoved }) => isMoved).map(({ name }) => name);
}
