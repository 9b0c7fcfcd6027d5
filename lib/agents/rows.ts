import type { OrgContext } from "#lib/auth/context.ts";
import { requirePermission } from "#lib/auth/permissions.ts";
import { database } from "#lib/db.ts";
import { parseInput } from "#lib/input.ts";
import { findServers, noSuchAgent } from "./find.ts";
import { AgentRef, ListAgents } from "./schema.ts";

/** An agent as lists show it. Counts are of the last 24 hours. */
export interface AgentRow {
  id: string;
  name: string;
  servers: { slug: string; name: string }[];
  createdAt: Date;
  revokedAt: Date | null;
  /** The newest token that is not revoked; it may have lapsed. */
  token: {
    last4: string;
    createdAt: Date;
    expiresAt: Date | null;
    lastUsedAt: Date | null;
  } | null;
  lastSeenAt: Date | null;
  clientName: string | null;
  clientVersion: string | null;
  calls24h: number;
  refused24h: number;
}

/**
 * The org's agents by name, or those that may use one server.
 * @throws AppError `not_found` when the server is not the org's
 */
export async function listAgents(context: OrgContext, input: ListAgents = {}): Promise<AgentRow[]> {
  requirePermission(context, "agents.read");
  const { server: slug } = parseInput(ListAgents, input);
  if (slug === undefined) return loadAgentRows(context, {});
  const [server] = await findServers(database(), context, [slug]);
  return loadAgentRows(context, { grants: { some: { serverId: server?.id ?? "" } } });
}

/** One agent. @throws AppError `not_found` */
export async function getAgent(context: OrgContext, input: AgentRef): Promise<AgentRow> {
  requirePermission(context, "agents.read");
  const { agent: name } = parseInput(AgentRef, input);
  const [row] = await loadAgentRows(context, { name });
  if (!row) throw noSuchAgent(context, name);
  return row;
}

async function loadAgentRows(
  context: OrgContext,
  only: { name?: string; grants?: { some: { serverId: string } } },
): Promise<AgentRow[]> {
  const orgId = context.org.id;
  const agents = await database().agent.findMany({
    where: { ...only, orgId },
    orderBy: { name: "asc" },
    include: {
      grants: {
        select: { server: { select: { slug: true, name: true } } },
        orderBy: { server: { slug: "asc" } },
      },
      tokens: {
        where: { revokedAt: null },
        orderBy: { id: "desc" },
        take: 1,
        select: { last4: true, createdAt: true, expiresAt: true, lastUsedAt: true },
      },
    },
  });
  const counts = await countCalls(
    orgId,
    agents.map(({ id }) => id),
  );
  return agents.map((agent) => ({
    id: agent.id,
    name: agent.name,
    servers: agent.grants.map(({ server }) => server),
    createdAt: agent.createdAt,
    revokedAt: agent.revokedAt,
    token: agent.tokens[0] ?? null,
    lastSeenAt: agent.lastSeenAt,
    clientName: agent.clientName,
    clientVersion: agent.clientVersion,
    calls24h: counts.get(agent.id)?.calls ?? 0,
    refused24h: counts.get(agent.id)?.refused ?? 0,
  }));
}

async function countCalls(orgId: string, agentIds: string[]) {
  const rows = await database().$queryRaw<{ agentId: string; calls: number; refused: number }[]>`
    select agent_id as "agentId", sum(calls)::int as calls,
      coalesce(sum(calls) filter (where not observed and decision in ('denied', 'hidden', 'limited')), 0)::int
        as refused
    from call_counts(${orgId}::uuid, now() - interval '24 hours')
    where agent_id = any(${agentIds}::uuid[])
    group by 1`;
  return new Map(rows.map((row) => [row.agentId, row]));
}
