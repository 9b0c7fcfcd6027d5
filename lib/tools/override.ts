import { voidApprovals } from "#lib/approvals/void.ts";
import { changeOrg } from "#lib/audit/change.ts";
import type { OrgContext } from "#lib/auth/context.ts";
import { requirePermission } from "#lib/auth/permissions.ts";
import type { Transaction } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";
import { parseInput } from "#lib/input.ts";
import type { ToolFacts } from "#lib/policy/types.ts";
import { authorOf } from "#lib/rules/author.ts";
import { findServer } from "#lib/servers/find.ts";
import { factsOf } from "./facts.ts";
import { OverrideTool, ToolInput } from "./schema.ts";

/**
 * Sets a tool's category and class by hand, above the classifier's; rules for classes follow from
 * this commit on. It stays whatever the server announces later, until somebody takes it back.
 *
 * @throws AppError `not_found`
 */
export async function overrideTool(context: OrgContext, input: unknown): Promise<ToolFacts> {
  requirePermission(context, "rules.write");
  const { server, tool, category, riskClass, note } = parseInput(OverrideTool, input);
  return changeClass(context, { server, tool }, (before) => ({
    data: {
      overrideCategory: category,
      overrideRiskClass: riskClass,
      overrideNote: note,
      overrideBy: authorOf(context.actor),
      overrideAt: new Date(),
    },
    entry: {
      action: "tool.override",
      detail: { tool, category, riskClass, note, before: [before.category, before.riskClass] },
    },
  }));
}

/** Gives a tool back the class it was classified with. Nothing changes where there is no override. */
export async function clearOverride(context: OrgContext, input: unknown): Promise<ToolFacts> {
  requirePermission(context, "rules.write");
  const target = parseInput(ToolInput, input);
  return changeClass(context, target, (before) =>
    before.overrideAt === null
      ? null
      : {
          data: {
            overrideCategory: null,
            overrideRiskClass: null,
            overrideNote: null,
            overrideBy: null,
            overrideAt: null,
          },
          entry: {
            action: "tool.override_clear",
            detail: {
              tool: target.tool,
              before: [before.overrideCategory, before.overrideRiskClass],
            },
          },
        },
  );
}

interface ClassChange {
  data: {
    overrideCategory: string | null;
    overrideRiskClass: string | null;
    overrideNote: string | null;
    overrideBy: string | null;
    overrideAt: Date | null;
  };
  entry: { action: "tool.override" | "tool.override_clear"; detail: Record<string, unknown> };
}

function changeClass(
  context: OrgContext,
  { server: slug, tool: name }: ToolInput,
  change: (before: Awaited<ReturnType<typeof findTool>>) => ClassChange | null,
): Promise<ToolFacts> {
  const orgId = context.org.id;
  return changeOrg(context, "gate", async (transaction, audit) => {
    const server = await findServer(context, slug, transaction);
    const before = await findTool(transaction, orgId, server, name);
    const changed = change(before);
    if (changed === null) return factsOf(before);
    const after = await transaction.tool.update({
      where: { orgId_id: { orgId, id: before.id } },
      data: changed.data,
    });
    await transaction.server.update({
      where: { orgId_id: { orgId, id: server.id } },
      data: { revision: { increment: 1 } },
    });
    // What was asked for was asked of a tool of another class.
    await voidApprovals(transaction, orgId, { serverId: server.id, tools: [name] });
    await audit({ ...changed.entry, subject: { kind: "server", id: server.id, name: slug } });
    return factsOf(after);
  });
}

async function findTool(
  transaction: Transaction,
  orgId: string,
  server: { id: string; slug: string },
  name: string,
) {
  const tool = await transaction.tool.findUnique({
    where: { orgId_serverId_name: { orgId, serverId: server.id, name } },
  });
  if (tool) return tool;
  throw new AppError(
    "not_found",
    `${server.slug} has no tool ${name}. Check the name, or read its tools again.`,
  );
}
