import { changeOrg } from "#lib/audit/change.ts";
import { actorId, type OrgContext } from "#lib/auth/context.ts";
import { requirePermission } from "#lib/auth/permissions.ts";
import { newAgentToken } from "#lib/auth/tokens.ts";
import { isUniqueViolation, type Transaction } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import { parseInput } from "#lib/input.ts";
import { aggregateUrlOf, proxyUrlOf } from "#lib/servers/proxy-url.ts";
import { findAgent, findServers, type ServerRef } from "./find.ts";
import { AgentRef, CreateAgent, GrantServers, RotateAgent } from "./schema.ts";

export { type AgentRow, getAgent, listAgents } from "./rows.ts";

/** An agent together with its token, which is readable here and never again. */
export interface IssuedAgent {
  id: string;
  name: string;
  token: string;
  expiresAt: Date | null;
  servers: { slug: string; proxyUrl: string }[];
  /** The one URL for all of them. */
  aggregateUrl: string;
}

/**
 * A new agent with grants for these servers and its first token.
 * @throws AppError `not_found` for a server that is not the org's, `conflict` when the name is taken
 */
export async function createAgent(context: OrgContext, input: CreateAgent): Promise<IssuedAgent> {
  requirePermission(context, "agents.write");
  const { name, servers: slugs, expiresInDays } = parseInput(CreateAgent, input);
  const orgId = context.org.id;
  const id = newId();
  try {
    return await changeOrg(context, "gate", async (transaction, audit) => {
      const servers = await findServers(transaction, context, slugs);
      const createdBy = actorId(context.actor);
      await transaction.agent.create({ data: { orgId, id, name, createdBy } });
      await transaction.grant.createMany({
        data: servers.map((server) => ({ orgId, agentId: id, serverId: server.id })),
      });
      const issued = await issueToken(transaction, context, { id, name, servers }, expiresInDays);
      const detail = { servers: servers.map(({ slug }) => slug), expiresAt: issued.expiresAt };
      await audit({ action: "agent.create", subject: { kind: "agent", id, name }, detail });
      return issued;
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new AppError(
      "conflict",
      `There is, or was, an agent “${name}” in this org, and the record of calls speaks of it. Choose another name.`,
      { fields: { name: ["This name is taken. Choose another"] } },
    );
  }
}

/**
 * A new token for an agent; every older one is refused from the commit on (invariant 11).
 * @throws AppError `not_found`, `conflict` when the agent is revoked
 */
export async function rotateAgent(context: OrgContext, input: RotateAgent): Promise<IssuedAgent> {
  requirePermission(context, "agents.write");
  const { agent: name, expiresInDays } = parseInput(RotateAgent, input);
  return changeOrg(context, "gate", async (transaction, audit) => {
    const agent = await findActiveAgent(transaction, context, name);
    await revokeTokens(transaction, context, agent.id);
    const issued = await issueToken(transaction, context, agent, expiresInDays);
    await audit({
      action: "agent.rotate",
      subject: { kind: "agent", id: agent.id, name },
      detail: { expiresAt: issued.expiresAt },
    });
    return issued;
  });
}

/**
 * Ends an agent for good: its tokens and sessions are refused from the commit on (invariant 11), and
 * nobody is asked any more about its waiting calls. Revoking twice changes nothing.
 *
 * @throws AppError `not_found`
 */
export async function revokeAgent(
  context: OrgContext,
  input: AgentRef,
): Promise<{ revokedAt: Date }> {
  requirePermission(context, "agents.write");
  const { agent: name } = parseInput(AgentRef, input);
  return changeOrg(context, "gate", async (transaction, audit) => {
    const agent = await findAgent(transaction, context, name);
    if (agent.revokedAt) return { revokedAt: agent.revokedAt };
    const orgId = context.org.id;
    const revokedAt = new Date();
    await transaction.agent.update({
      where: { orgId_id: { orgId, id: agent.id } },
      data: { revokedAt },
    });
    await revokeTokens(transaction, context, agent.id);
    await withdraw(transaction, { orgId, agentId: agent.id });
    await audit({ action: "agent.revoke", subject: { kind: "agent", id: agent.id, name } });
    return { revokedAt };
  });
}

/**
 * Sets exactly which servers an agent may use. Grants that stay keep the policy they have.
 * @throws AppError `not_found` for agent or server, `conflict` when the agent is revoked
 */
export async function grantServers(
  context: OrgContext,
  input: GrantServers,
): Promise<{ servers: { slug: string; proxyUrl: string }[] }> {
  requirePermission(context, "agents.write");
  const { agent: name, servers: slugs } = parseInput(GrantServers, input);
  return changeOrg(context, "gate", async (transaction, audit) => {
    const agent = await findActiveAgent(transaction, context, name);
    const servers = await findServers(transaction, context, slugs);
    const orgId = context.org.id;
    const wanted = servers.map(({ id }) => id);
    const granted = { orgId, agentId: agent.id };
    await transaction.grant.deleteMany({ where: { ...granted, serverId: { notIn: wanted } } });
    await transaction.grant.createMany({
      data: wanted.map((serverId) => ({ ...granted, serverId })),
      skipDuplicates: true,
    });
    await withdraw(transaction, { ...granted, serverId: { notIn: wanted } });
    await audit({
      action: "agent.grant",
      subject: { kind: "agent", id: agent.id, name },
      detail: {
        servers: servers.map(({ slug }) => slug),
        before: agent.servers.map(({ slug }) => slug),
      },
    });
    return { servers: servers.map(({ slug }) => withProxyUrl(context, slug)) };
  });
}

async function findActiveAgent(transaction: Transaction, context: OrgContext, name: string) {
  const agent = await findAgent(transaction, context, name);
  if (!agent.revokedAt) return agent;
  throw new AppError(
    "conflict",
    `The agent “${name}” is revoked for good. Create another agent instead.`,
  );
}

async function issueToken(
  transaction: Transaction,
  context: OrgContext,
  agent: { id: string; name: string; servers: ServerRef[] },
  expiresInDays: number | null,
): Promise<IssuedAgent> {
  const { token, digest, last4 } = newAgentToken();
  const expiresAt =
    expiresInDays === null ? null : new Date(Date.now() + expiresInDays * 24 * 60 * 60 * 1000);
  await transaction.agentToken.create({
    data: {
      orgId: context.org.id,
      id: newId(),
      agentId: agent.id,
      digest,
      last4,
      expiresAt,
      createdBy: actorId(context.actor),
    },
  });
  const servers = agent.servers.map(({ slug }) => withProxyUrl(context, slug));
  const aggregateUrl = aggregateUrlOf(context.org.slug);
  return { id: agent.id, name: agent.name, token, expiresAt, servers, aggregateUrl };
}

async function revokeTokens(transaction: Transaction, context: OrgContext, agentId: string) {
  await transaction.agentToken.updateMany({
    where: { orgId: context.org.id, agentId, revokedAt: null },
    data: { revokedAt: new Date() },
  });
}

/** Ends the sessions and the open approvals of an agent, with some servers or with all. */
async function withdraw(
  transaction: Transaction,
  of: { orgId: string; agentId: string; serverId?: { notIn: string[] } },
): Promise<void> {
  await transaction.session.updateMany({
    where: { ...of, endedAt: null },
    data: { endedAt: new Date() },
  });
  await transaction.approval.updateMany({
    where: { ...of, state: { in: ["pending", "approved"] } },
    data: { state: "cancelled" },
  });
}

function withProxyUrl(context: OrgContext, slug: string) {
  return { slug, proxyUrl: proxyUrlOf(context.org.slug, slug) };
}
