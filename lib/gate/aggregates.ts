import { randomUUID } from "node:crypto";
import type { Pool } from "pg";
import type { Sender } from "./access.ts";

/** An agent at the one address of all its servers, as of now. */
export interface AggregateAccess {
  orgId: string;
  tokenId: string;
  agentId: string;
  /** The oldest MCP revision that the org accepts of agents; null: any. */
  minimumRevision: string | null;
  session: AggregateSession | null;
  /** What it is granted, by slug. */
  servers: GrantedServer[];
}

export interface AggregateSession {
  id: string;
  protocolRevision: string;
  /** `params` of its `initialize`, as the agent sent them. */
  client: Record<string, unknown>;
  /** The proxy that holds programs and event streams of it; null while any proxy can go on. */
  instanceId: string | null;
}

export interface GrantedServer {
  id: string;
  slug: string;
  kind: "url" | "connector";
  transport: "streamable_http" | "sse" | "stdio" | null;
  revisions: string[];
  /** The session has had a part with it before. */
  wasOpened: boolean;
  /** The session's part with this server; null until it is first used, and after it ended. */
  part: AggregatePart | null;
}

export interface AggregatePart {
  /** Null where the server has no sessions. */
  sessionId: string | null;
  protocolRevision: string;
  capabilities: Record<string, unknown>;
}

export type AggregateAnswer =
  | { kind: "access"; access: AggregateAccess }
  | { kind: "unauthenticated" }
  /** The token is good, but not for this org, or there is no such org. */
  | { kind: "not_granted"; sender: Sender }
  | { kind: "session_ended"; sender: Sender };

/**
 * Who is this, and which servers may they use, now. One round trip.
 *
 * @param digest    SHA-256 of the presented token, 32 bytes
 * @param sessionId the aggregate session the agent names, or null
 */
export async function findAggregate(
  pool: Pool,
  digest: Buffer,
  orgSlug: string,
  sessionId: string | null,
): Promise<AggregateAnswer> {
  const { rows } = await pool.query({
    name: "find_aggregate",
    text: findSql,
    values: [digest, sessionId],
  });
  const row: AggregateRow | undefined = rows[0];
  if (!row) return { kind: "unauthenticated" };
  const sender = { orgId: row.org_id, agentId: row.agent_id, serverId: null };
  if (row.org_slug !== orgSlug) return { kind: "not_granted", sender };
  if (sessionId !== null && row.session_id === null) return { kind: "session_ended", sender };
  return {
    kind: "access",
    access: {
      orgId: row.org_id,
      tokenId: row.token_id,
      agentId: row.agent_id,
      minimumRevision: row.minimum_revision,
      session:
        row.session_id === null
          ? null
          : {
              id: row.session_id,
              protocolRevision: row.protocol_revision ?? "",
              client: row.client ?? {},
              instanceId: row.instance_id,
            },
      servers: row.servers ?? [],
    },
  };
}

/** Stores an aggregate session. @returns its id, random, which the agent sees as Mcp-Session-Id */
export async function createAggregate(
  pool: Pool,
  session: Omit<AggregateSession, "id"> & { orgId: string; agentId: string },
): Promise<string> {
  const id = randomUUID();
  await pool.query(
    `insert into aggregate_sessions (org_id, id, agent_id, protocol_revision, client, instance_id)
     values ($1, $2, $3, $4, $5, $6)`,
    [
      session.orgId,
      id,
      session.agentId,
      session.protocolRevision,
      session.client,
      session.instanceId,
    ],
  );
  return id;
}

/**
 * Binds an aggregate session to the proxy that is about to hold a connection of it, unless it is
 * bound already.
 * @returns the proxy it is bound to; null when it has ended
 */
export async function pinAggregate(
  pool: Pool,
  orgId: string,
  id: string,
  instanceId: string,
): Promise<string | null> {
  const { rows } = await pool.query(
    `update aggregate_sessions set instance_id = coalesce(instance_id, $3)
     where org_id = $1 and id = $2 and ended_at is null returning instance_id`,
    [orgId, id, instanceId],
  );
  return rows[0]?.instance_id ?? null;
}

/**
 * Makes a session with one server a part of an aggregate session, in place of one that has ended.
 * @returns false when another proxy was first, or the aggregate session is over
 */
export async function savePart(
  pool: Pool,
  orgId: string,
  aggregateId: string,
  serverId: string,
  part: AggregatePart,
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `insert into aggregate_parts as p
       (org_id, aggregate_id, server_id, session_id, protocol_revision, capabilities)
     select a.org_id, a.id, $3, $4, $5, $6 from aggregate_sessions a
     where a.org_id = $1 and a.id = $2 and a.ended_at is null
     for share
     on conflict (org_id, aggregate_id, server_id) do update
       set session_id = excluded.session_id, protocol_revision = excluded.protocol_revision,
         capabilities = excluded.capabilities
       where p.session_id is null or exists (
         select 1 from sessions s
         where s.org_id = p.org_id and s.id = p.session_id and s.ended_at is not null)`,
    [orgId, aggregateId, serverId, part.sessionId, part.protocolRevision, part.capabilities],
  );
  return rowCount === 1;
}

/**
 * Ends an aggregate session and its parts for every process, from this commit on. The parts are read
 * once no more can come: who saves one holds the aggregate session meanwhile.
 */
export async function endAggregate(pool: Pool, orgId: string, id: string): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    await client.query(
      "update aggregate_sessions set ended_at = now() where org_id = $1 and id = $2 and ended_at is null",
      [orgId, id],
    );
    await client.query(
      `update sessions s set ended_at = now() from aggregate_parts p
       where p.org_id = $1 and p.aggregate_id = $2 and s.org_id = p.org_id and s.id = p.session_id
         and s.ended_at is null`,
      [orgId, id],
    );
    await client.query("commit");
    client.release();
  } catch (error) {
    // The database takes back what was begun as the connection goes.
    client.release(true);
    throw error;
  }
}

interface AggregateRow {
  org_id: string;
  org_slug: string;
  token_id: string;
  agent_id: string;
  minimum_revision: string | null;
  session_id: string | null;
  protocol_revision: string | null;
  client: Record<string, unknown> | null;
  instance_id: string | null;
  servers: GrantedServer[] | null;
}

// Slugs in the order of their bytes, which is the same in every database.
const findSql = `
  select o.id as org_id, o.slug as org_slug, t.id as token_id, a.id as agent_id,
    o.minimum_revision, x.id as session_id, x.protocol_revision, x.client, x.instance_id,
    (select json_agg(json_build_object('id', s.id, 'slug', s.slug, 'kind', s.kind,
        'transport', s.transport, 'revisions', s.protocol_revisions,
        'wasOpened', p.server_id is not null,
        'part', case when p.server_id is not null and (p.session_id is null or ss.id is not null)
          then json_build_object('sessionId', p.session_id, 'protocolRevision', p.protocol_revision,
            'capabilities', p.capabilities) end) order by s.slug collate "C")
      from grants g
      join servers s on s.org_id = g.org_id and s.id = g.server_id and s.removed_at is null
      left join aggregate_parts p on p.org_id = g.org_id and p.aggregate_id = x.id and p.server_id = s.id
      left join sessions ss on ss.org_id = p.org_id and ss.id = p.session_id and ss.ended_at is null
      where g.org_id = t.org_id and g.agent_id = t.agent_id) as servers
  from agent_tokens t
  join agents a on a.org_id = t.org_id and a.id = t.agent_id
  join orgs o on o.id = t.org_id
  left join aggregate_sessions x on x.org_id = t.org_id and x.id = $2::uuid and x.agent_id = t.agent_id
    and x.ended_at is null
  where t.digest = $1 and t.revoked_at is null and a.revoked_at is null
    and (t.expires_at is null or t.expires_at > now())`;
