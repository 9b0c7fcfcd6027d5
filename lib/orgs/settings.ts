import { changeOrg } from "#lib/audit/change.ts";
import type { OrgContext } from "#lib/auth/context.ts";
import { requirePermission } from "#lib/auth/permissions.ts";
import { database } from "#lib/db.ts";
import { parseInput } from "#lib/input.ts";
import { SetMinimumRevision } from "./schema.ts";

export interface OrgSettings {
  /** The oldest MCP revision that agents may speak; null: any. */
  minimumRevision: string | null;
}

/** What the org asks of its agents. */
export async function readOrgSettings(context: OrgContext): Promise<OrgSettings> {
  requirePermission(context, "org.read");
  return database().org.findUniqueOrThrow({
    where: { id: context.org.id },
    select: { minimumRevision: true },
  });
}

/**
 * Sets the oldest MCP revision that the org's agents may speak. Their next message in an older one is
 * refused, in sessions that are open as well.
 * @throws AppError `forbidden`, `invalid_input`
 */
export async function setMinimumRevision(
  context: OrgContext,
  input: SetMinimumRevision,
): Promise<OrgSettings> {
  requirePermission(context, "org.update");
  const { minimumRevision } = parseInput(SetMinimumRevision, input);
  const { id, name } = context.org;
  return changeOrg(context, "gate", async (transaction, audit) => {
    const before = await transaction.org.findUniqueOrThrow({ where: { id } });
    // What proxies remember of an agent is read anew when its server has another revision.
    await transaction.server.updateMany({
      where: { orgId: id, removedAt: null },
      data: { revision: { increment: 1 } },
    });
    await transaction.org.update({ where: { id }, data: { minimumRevision } });
    await audit({
      action: "org.minimum_revision",
      subject: { kind: "org", id, name },
      detail: { from: before.minimumRevision, to: minimumRevision },
    });
    return { minimumRevision };
  });
}
