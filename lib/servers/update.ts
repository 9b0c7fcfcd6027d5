import { voidApprovals } from "#lib/approvals/void.ts";
import { changeOrg } from "#lib/audit/change.ts";
import type { OrgContext } from "#lib/auth/context.ts";
import { requirePermission } from "#lib/auth/permissions.ts";
import type { Transaction } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";
import { parseInput } from "#lib/input.ts";
import { planConnector } from "./connector-settings.ts";
import { findServer } from "./find.ts";
import { type ConnectionPlan, enterAgain } from "./plan.ts";
import { oneServerRow, type ServerRow } from "./rows.ts";
import { UpdateServer } from "./schema.ts";
import { sealSecrets } from "./target.ts";

/**
 * Changes a server's name or connection; calls use it from this commit on. Secrets are kept only
 * while they go where they were entered for: a new address, a connector's as well, wants them again
 * (invariant 8), and holds every tool until somebody accepts it there.
 *
 * @throws AppError `invalid_input` naming the secrets to enter again; `not_found`
 */
export async function updateServer(context: OrgContext, input: unknown): Promise<ServerRow> {
  requirePermission(context, "servers.write");
  const change = parseInput(UpdateServer, input);
  const orgId = context.org.id;
  const serverId = await changeOrg(context, "gate", async (transaction, audit) => {
    const server = await findServer(context, change.server, transaction);
    const { id } = server;
    const stored = await storedNames(transaction, orgId, id);
    const plan = planUpdate(server, stored, change);
    const subject = { kind: "server", id, name: server.slug };
    if (plan) {
      const sealed = await sealSecrets(orgId, id, plan.secrets);
      await transaction.serverSecret.deleteMany({
        where: { orgId, serverId: id, name: { notIn: plan.kept } },
      });
      await transaction.serverSecret.createMany({
        data: sealed.map((secret) => ({ orgId, serverId: id, ...secret })),
      });
      const erased = stored.filter((name) => !plan.kept.includes(name));
      if (sealed.length + erased.length > 0) {
        const entered = sealed.map(({ name }) => name);
        await audit({ action: "server.secrets", subject, detail: { entered, kept: plan.kept } });
      }
    }
    const { name, strippedCapabilities } = change;
    const plain = {
      ...(name === undefined ? {} : { name }),
      ...(strippedCapabilities === undefined ? {} : { strippedCapabilities }),
    };
    const untested = plan
      ? { health: "unknown" as const, healthDetail: null, refusedAt: null }
      : {};
    // How a new address speaks MCP is for its discovery to find out.
    const unknown = plan?.data.url === undefined ? {} : { transport: null };
    await transaction.server.update({
      where: { orgId_id: { orgId, id } },
      data: { ...plain, ...plan?.data, ...untested, ...unknown, revision: { increment: 1 } },
    });
    // Where an approved call would go, and as whom, is not what was approved any more.
    if (plan) await voidApprovals(transaction, orgId, { serverId: id });
    if (plan?.hasMoved) await holdTools(transaction, orgId, id);
    const left = plan?.hasMoved ? { from: server.url ?? server.settings } : {};
    await audit({ action: "server.update", subject, detail: { ...plain, ...plan?.data, ...left } });
    return id;
  });
  return oneServerRow(context, serverId);
}

/**
 * Behind another address the same words may be another tool (ADV-168): each is as if never accepted, those
 * included that the server left out when it was last read.
 */
async function holdTools(transaction: Transaction, orgId: string, serverId: string): Promise<void> {
  await transaction.$executeRaw`
    update tools set held_definition = definition, held_digest = digest,
      state = case when state = 'removed' then state else 'held' end
    where org_id = ${orgId}::uuid and server_id = ${serverId}::uuid`;
}

/** Null when the connection stays as it is. */
function planUpdate(
  server: Awaited<ReturnType<typeof findServer>>,
  stored: string[],
  change: UpdateServer,
): ConnectionPlan | null {
  switch (server.kind) {
    case "url":
      if (change.settings !== undefined) {
        throw wrongField("settings", "A server with a URL has headers, not settings.");
      }
      return planUrl(server.url ?? "", stored, change);
    case "connector": {
      const field = change.url === undefined ? "headers" : "url";
      if (change[field] !== undefined) {
        throw wrongField(field, "A connector has settings, neither a URL nor headers.");
      }
      return planConnector(server.connector ?? "", server.settings, stored, change.settings);
    }
  }
}

function wrongField(field: string, message: string): AppError {
  return new AppError("invalid_input", message, { fields: { [field]: ["Leave this out"] } });
}

function planUrl(current: string, stored: string[], change: UpdateServer): ConnectionPlan | null {
  if (change.url === undefined && change.headers === undefined) return null;
  const url = change.url ?? current;
  const hasMoved = url !== current;
  const headers =
    change.headers ??
    stored.map((name): { name: string; value?: string } => ({ name: name.slice(7) }));
  const data = hasMoved ? { url } : {};
  const plan: ConnectionPlan = { data, secrets: [], kept: [], hasMoved };
  const missing: string[] = [];
  for (const { name, value } of headers) {
    const known = stored.find((each) => each.toLowerCase() === `header:${name}`.toLowerCase());
    if (value !== undefined) plan.secrets.push({ name: `header:${name}`, value });
    else if (known === undefined || hasMoved) missing.push(name);
    else plan.kept.push(known);
  }
  if (missing.length > 0) throw enterAgain("headers", missing, hasMoved);
  return plan;
}

async function storedNames(
  transaction: Transaction,
  orgId: string,
  serverId: string,
): Promise<string[]> {
  const secrets = await transaction.serverSecret.findMany({
    where: { orgId, serverId },
    select: { name: true },
  });
  return secrets.map(({ name }) => name);
}
