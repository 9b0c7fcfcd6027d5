import { voidApprovals } from "#lib/approvals/void.ts";
import { changeOrg } from "#lib/audit/change.ts";
import type { OrgContext } from "#lib/auth/context.ts";
import { requirePermission } from "#lib/auth/permissions.ts";
import { AppError } from "#lib/errors.ts";
import { parseInput } from "#lib/input.ts";
import { findServer } from "#lib/servers/find.ts";
import { readDefinition } from "./definition.ts";
import { acceptedAs } from "./record.ts";
import { AcceptTools } from "./schema.ts";

/**
 * Accepts held definitions: from this commit on agents see and call them, under the rules of the
 * server's policy (invariant 12).
 *
 * @throws AppError `not_found` naming unknown tools; `conflict` naming those that are not held, or
 *   not held as they were looked at; nothing is accepted then
 */
export async function acceptTools(
  context: OrgContext,
  input: unknown,
): Promise<{ accepted: string[] }> {
  requirePermission(context, "rules.write");
  const { server: slug, tools } = parseInput(AcceptTools, input);
  const wanted = new Map(
    tools.map((tool) => (typeof tool === "string" ? [tool, null] : [tool.name, tool.heldDigest])),
  );
  const orgId = context.org.id;
  return changeOrg(context, "gate", async (transaction, audit) => {
    const server = await findServer(context, slug, transaction);
    const recorded = await transaction.tool.findMany({
      where: { orgId, serverId: server.id, name: { in: [...wanted.keys()] } },
    });
    const known = new Set(recorded.map(({ name }) => name));
    const unknown = [...wanted.keys()].filter((name) => !known.has(name));
    if (unknown.length > 0) {
      throw new AppError("not_found", `${slug} has no tool ${unknown.join(", ")}. Check the name.`);
    }
    const changes = recorded.map((tool) => {
      const seen = wanted.get(tool.name) ?? null;
      const held = tool.state === "held" ? readDefinition(tool.heldDefinition) : null;
      const isSeen = held !== null && (seen === null || seen === tool.heldDigest);
      return { id: tool.id, name: tool.name, held: isSeen ? held : null };
    });
    const refused = changes.filter(({ held }) => held === null).map(({ name }) => name);
    if (refused.length > 0) {
      throw new AppError(
        "conflict",
        `Not held for review, or changed since you looked: ${refused.join(", ")}. Reload and review again.`,
      );
    }
    for (const { id, held } of changes) {
      if (held === null) continue;
      await transaction.tool.update({
        where: { orgId_id: { orgId, id } },
        data: acceptedAs(held, server.trusted),
      });
    }
    await transaction.server.update({
      where: { orgId_id: { orgId, id: server.id } },
      data: { revision: { increment: 1 } },
    });
    const accepted = changes.map(({ name }) => name).sort();
    await voidApprovals(transaction, orgId, { serverId: server.id, tools: accepted });
    await audit({
      action: "tool.accept",
      subject: { kind: "server", id: server.id, name: slug },
      detail: { tools: accepted },
    });
    return { accepted };
  });
}
