import type { OrgContext } from "#lib/auth/context.ts";
import { database } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";
import { proxyUrlOf } from "./proxy-url.ts";

/** A server as lists show it. Counts are of the last 24 hours; `hourly[23]` is this hour of the clock. */
export interface ServerRow {
  id: string;
  slug: string;
  name: string;
  kind: "url" | "connector";
  url: string | null;
  connector: string | null;
  health: "unknown" | "ok" | "failing";
  healthDetail: string | null;
  healthAt: Date | null;
  protocolRevision: string | null;
  /** Every revision it was found to speak, oldest first. */
  protocolRevisions: string[];
  transport: "streamable_http" | "sse" | "stdio" | null;
  /** Tools the server offers, held ones included. */
  tools: number;
  heldTools: number;
  /** Agents that may use it and are not revoked. */
  agents: number;
  calls24h: number;
  refused24h: number;
  hourly: number[];
  proxyUrl: string;
  revision: number;
  policyVersion: number;
}

/** Rows of an org's servers, or of one; a fixed number of queries however many there are. */
export async function loadServerRows(context: OrgContext, serverId?: string): Promise<ServerRow[]> {
  const orgId = context.org.id;
  const only = serverId === undefined ? {} : { id: serverId };
  const [servers, tools, agents, calls] = await Promise.all([
    database().server.findMany({
      where: { orgId, removedAt: null, ...only },
      include: { policy: { select: { version: true } } },
      orderBy: [{ name: "asc" }, { slug: "asc" }],
    }),
    countTools(orgId, serverId),
    countAgents(orgId, serverId),
    countCalls(orgId, serverId),
  ]);
  const toolsOf = Map.groupBy(tools, (row) => row.serverId);
  const agentsOf = Map.groupBy(agents, (row) => row.serverId);
  const callsOf = Map.groupBy(calls, (row) => row.serverId);
  return servers.map((server) => {
    const toolCounts = toolsOf.get(server.id) ?? [];
    const callCounts = callsOf.get(server.id) ?? [];
    return {
      id: server.id,
      slug: server.slug,
      name: server.name,
      kind: server.kind,
      url: server.url,
      connector: server.connector,
      health: server.health,
      healthDetail: server.healthDetail,
      healthAt: server.healthAt,
      protocolRevision: server.protocolRevision,
      protocolRevisions: server.protocolRevisions,
      transport: server.transport,
      tools: sum(toolCounts, ({ count }) => count),
      heldTools: sum(toolCounts, ({ state, count }) => (state === "held" ? count : 0)),
      agents: sum(agentsOf.get(server.id) ?? [], ({ count }) => count),
      calls24h: sum(callCounts, ({ count }) => count),
      refused24h: sum(callCounts, ({ refused }) => refused),
      hourly: Array.from({ length: 24 }, (_, hour) =>
        sum(callCounts, (row) => (row.hour === hour ? row.count : 0)),
      ),
      proxyUrl: proxyUrlOf(context.org.slug, server.slug),
      revision: server.revision,
      policyVersion: server.policy.version,
    };
  });
}

/** @throws AppError `not_found` */
export async function oneServerRow(context: OrgContext, id: string): Promise<ServerRow> {
  const [row] = await loadServerRows(context, id);
  if (row) return row;
  throw new AppError("not_found", "This server has just been removed. Reload the list of servers.");
}

interface ToolCount {
  serverId: string;
  state: string;
  count: number;
}

interface AgentCount {
  serverId: string;
  count: number;
}

interface CallCount {
  serverId: string;
  /** 0 to 23, oldest first. */
  hour: number;
  count: number;
  refused: number;
}

function countTools(orgId: string, serverId: string | undefined): Promise<ToolCount[]> {
  return database().$queryRaw`
    select server_id as "serverId", state::text as state, count(*)::int as count
    from tools
    where org_id = ${orgId}::uuid and state <> 'removed'
      and (${serverId ?? null}::uuid is null or server_id = ${serverId ?? null}::uuid)
    group by 1, 2`;
}

function countAgents(orgId: string, serverId: string | undefined): Promise<AgentCount[]> {
  return database().$queryRaw`
    select g.server_id as "serverId", count(*)::int as count
    from grants g join agents a on a.org_id = g.org_id and a.id = g.agent_id
    where g.org_id = ${orgId}::uuid and a.revoked_at is null
      and (${serverId ?? null}::uuid is null or g.server_id = ${serverId ?? null}::uuid)
    group by 1`;
}

function countCalls(orgId: string, serverId: string | undefined): Promise<CallCount[]> {
  return database().$queryRaw`
    select server_id as "serverId", sum(calls)::int as count,
      greatest(0, 23 - extract(epoch from date_trunc('hour', now(), 'UTC') - hour) / 3600)::int as hour,
      coalesce(sum(calls) filter (where not observed and decision in ('denied', 'hidden', 'limited')), 0)::int
        as refused
    from call_counts(${orgId}::uuid, now() - interval '24 hours')
    where ${serverId ?? null}::uuid is null or server_id = ${serverId ?? null}::uuid
    group by 1, 3`;
}

function sum<Row>(rows: readonly Row[], value: (row: Row) => number): number {
  return rows.reduce((total, row) => total + value(row), 0);
}
