import type { OrgContext } from "#lib/auth/context.ts";
import { requirePermission } from "#lib/auth/permissions.ts";
import { database } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";
import { parseInput } from "#lib/input.ts";
import type { Category, RiskClass } from "#lib/policy/types.ts";
import { findServer } from "#lib/servers/find.ts";
import { ServerInput } from "#lib/servers/schema.ts";
import { type ChangeDetail, compareDefinitions } from "./compare.ts";
import { isOfTwins } from "./digest.ts";
import { factsOf } from "./facts.ts";
import { ToolInput } from "./schema.ts";

/** One definition that a tool was announced with. */
export interface DefinitionRow {
  digest: string;
  /** `accepted`: in force; `held`: waits for review; `past`: neither any more. */
  standing: "accepted" | "held" | "past";
  firstSeenAt: Date;
  lastSeenAt: Date;
  /** How it differs from the one that was first seen before it; empty for the first. */
  changes: ChangeDetail[];
  isFirst: boolean;
}

export interface RemovedToolRow {
  name: string;
  category: Category;
  riskClass: RiskClass;
  lastSeenAt: Date;
}

/** Every definition a tool was announced with, the latest first. @throws AppError `not_found` */
export async function listDefinitions(
  context: OrgContext,
  input: unknown,
): Promise<DefinitionRow[]> {
  requirePermission(context, "servers.read");
  const { server: slug, tool: name } = parseInput(ToolInput, input);
  const orgId = context.org.id;
  const server = await findServer(context, slug);
  const tool = await database().tool.findUnique({
    where: { orgId_serverId_name: { orgId, serverId: server.id, name } },
    select: {
      digest: true,
      heldDigest: true,
      state: true,
      seen: { orderBy: [{ firstSeenAt: "asc" }, { digest: "asc" }] },
    },
  });
  if (!tool) {
    throw new AppError("not_found", `${slug} has no tool ${name}. The list of tools has them all.`);
  }
  const { digest: accepted, heldDigest, state, seen } = tool;
  return seen
    .map(({ digest, definition, firstSeenAt, lastSeenAt }, at): DefinitionRow => {
      const before = seen[at - 1];
      const isHeld = state === "held" && digest === heldDigest;
      return {
        digest,
        standing: isHeld
          ? "held"
          : digest === accepted && state !== "removed"
            ? "accepted"
            : "past",
        firstSeenAt,
        lastSeenAt,
        changes: isOfTwins(digest)
          ? [listedTwice]
          : before
            ? compareDefinitions(before.definition, definition)
            : [],
        isFirst: before === undefined,
      };
    })
    .toReversed();
}

/** The record has the first of the definitions only, so there is nothing to compare. */
const listedTwice: ChangeDetail = {
  place: "Name",
  what: "",
  parts: [{ kind: "added", text: "listed more than once" }],
  effect: "more",
};

/** Tools that the server no longer offers, the latest gone first. */
export async function listRemovedTools(
  context: OrgContext,
  input: unknown,
): Promise<RemovedToolRow[]> {
  requirePermission(context, "servers.read");
  const { server: slug } = parseInput(ServerInput, input);
  const server = await findServer(context, slug);
  const removed = await database().tool.findMany({
    where: { orgId: context.org.id, serverId: server.id, state: "removed" },
    orderBy: [{ lastSeenAt: "desc" }, { name: "asc" }],
  });
  return removed.map((tool) => ({ ...factsOf(tool), lastSeenAt: tool.lastSeenAt }));
}
