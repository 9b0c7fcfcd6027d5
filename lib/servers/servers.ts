import { changeOrg } from "#lib/audit/change.ts";
import type { OrgContext } from "#lib/auth/context.ts";
import { requirePermission } from "#lib/auth/permissions.ts";
import { database, isUniqueViolation } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import { parseInput } from "#lib/input.ts";
import { authorOf } from "#lib/rules/author.ts";
import { findServer } from "./find.ts";
import { loadServerRows, oneServerRow, type ServerRow } from "./rows.ts";
import {
  RegisterServer,
  RemoveServer,
  ServerInput,
  type StrippableCapability,
  strippableCapabilities,
} from "./schema.ts";
import { checkTarget, sealSecrets } from "./target.ts";

export type { ServerRow } from "./rows.ts";
export { updateServer } from "./update.ts";

/** A server with what its settings page shows; of secrets only the names. */
export interface ServerDetail extends ServerRow {
  /** `header:<Name>` or `field:<name>`. */
  secretNames: string[];
  /** Settings of a connector that are no secrets. */
  settings: Record<string, unknown>;
  /** What of its agents the server may not use. */
  strippedCapabilities: StrippableCapability[];
  /** Its hints may lower a tool's class. */
  trusted: boolean;
  /** Its harmless changes are accepted without a person. */
  acceptsHarmless: boolean;
  /** When its tools were last read successfully. */
  discoveredAt: Date | null;
  serverInfo: unknown;
}

/**
 * Registers a server with a policy of its own that denies everything until rules are set. Headers
 * and secret fields are sealed to the proxy's key before they reach the database (invariant 8).
 *
 * @throws AppError `conflict` when the slug is taken, `unavailable` when there are secrets and no
 *   proxy has started yet
 */
export async function registerServer(context: OrgContext, input: unknown): Promise<ServerRow> {
  requirePermission(context, "servers.write");
  const { slug, name, ...target } = parseInput(RegisterServer, input);
  const { kind, url, connector, settings, secrets } = checkTarget(target);
  const orgId = context.org.id;
  const id = newId();
  const policyId = newId();
  const sealed = await sealSecrets(orgId, id, secrets);
  try {
    await changeOrg(context, "plain", async (transaction, audit) => {
      await transaction.policy.create({
        data: {
          orgId,
          id: policyId,
          name,
          versions: {
            create: {
              version: 1,
              document: { version: 1, default: "deny" },
              author: authorOf(context.actor),
              note: "Made with the server",
            },
          },
        },
      });
      await transaction.server.create({
        data: { orgId, id, slug, name, kind, url, connector, settings, policyId },
      });
      await transaction.serverSecret.createMany({
        data: sealed.map((secret) => ({ orgId, serverId: id, ...secret })),
      });
      await audit({
        action: "server.register",
        subject: { kind: "server", id, name: slug },
        detail: { name, kind, url, connector, secrets: sealed.map((secret) => secret.name) },
      });
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw slugTaken(slug, error);
    throw error;
  }
  return oneServerRow(context, id);
}

/** Every server of the org, by name. */
export async function listServers(context: OrgContext): Promise<ServerRow[]> {
  requirePermission(context, "servers.read");
  return loadServerRows(context);
}

/** @throws AppError `not_found` */
export async function getServer(context: OrgContext, input: unknown): Promise<ServerDetail> {
  requirePermission(context, "servers.read");
  const { server: slug } = parseInput(ServerInput, input);
  const server = await findServer(context, slug);
  const [row, secrets] = await Promise.all([
    oneServerRow(context, server.id),
    database().serverSecret.findMany({
      where: { orgId: context.org.id, serverId: server.id },
      select: { name: true },
      orderBy: { name: "asc" },
    }),
  ]);
  return {
    ...row,
    secretNames: secrets.map(({ name }) => name),
    // A cast, because the column is JSON: registration writes an object and nothing else does.
    settings: server.settings as Record<string, unknown>,
    strippedCapabilities: strippableCapabilities.filter((name) =>
      server.strippedCapabilities.includes(name),
    ),
    trusted: server.trusted,
    acceptsHarmless: server.acceptsHarmless,
    discoveredAt: server.discoveredAt,
    serverInfo: server.serverInfo,
  };
}

/**
 * Takes a server out of use: its agents lose access with this commit, its secrets are erased, and
 * its slug is free again. The record of its calls stays.
 *
 * @returns how many agents lost access
 * @throws AppError `invalid_input` when `confirmSlug` is not the server's slug
 */
export async function removeServer(
  context: OrgContext,
  input: unknown,
): Promise<{ slug: string; agents: number }> {
  requirePermission(context, "servers.write");
  const { server: slug, confirmSlug } = parseInput(RemoveServer, input);
  const { id, name } = await findServer(context, slug);
  if (confirmSlug !== slug) {
    throw new AppError("invalid_input", `To remove this server, type its slug: ${slug}.`, {
      fields: { confirmSlug: [`Type ${slug} to confirm.`] },
    });
  }
  const orgId = context.org.id;
  return changeOrg(context, "gate", async (transaction, audit) => {
    const removed = await transaction.server.updateMany({
      where: { orgId, id, removedAt: null },
      data: { removedAt: new Date(), slug: `${slug}-${id}`, revision: { increment: 1 } },
    });
    if (removed.count === 0) await findServer(context, slug, transaction);
    const grants = await transaction.grant.deleteMany({ where: { orgId, serverId: id } });
    await transaction.serverSecret.deleteMany({ where: { orgId, serverId: id } });
    await transaction.session.updateMany({
      where: { orgId, serverId: id, endedAt: null },
      data: { endedAt: new Date() },
    });
    await transaction.approval.updateMany({
      where: { orgId, serverId: id, state: { in: ["pending", "approved"] } },
      data: { state: "void" },
    });
    await audit({
      action: "server.remove",
      subject: { kind: "server", id, name: slug },
      detail: { name, agents: grants.count },
    });
    return { slug, agents: grants.count };
  });
}

function slugTaken(slug: string, cause: unknown): AppError {
  return new AppError(
    "conflict",
    `There already is a server “${slug}” in this org. Choose another slug, or change that server instead.`,
    { cause, fields: { slug: [`“${slug}” is taken. Choose another slug.`] } },
  );
}
