import { randomUUID } from "node:crypto";
import type { Pool } from "pg";

/** New sessions one agent may open in a minute; else `per: session` limits could be farmed. */
export const sessionsPerMinute = 60;

export interface NewSession {
  orgId: string;
  agentId: string;
  serverId: string;
  protocolRevision: string;
  upstreamSessionId: string | null;
  /** The proxy that holds the program or event stream; null where any proxy can go on. */
  instanceId: string | null;
  /** What the agent's client declared in `initialize`. */
  clientCapabilities: object;
}

/**
 * Takes a slot for one more session of the agent.
 * @returns null when granted, else milliseconds until the next slot
 */
export async function takeSessionSlot(
  pool: Pool,
  orgId: string,
  agentId: string,
): Promise<number | null> {
  const { rows } = await pool.query("select take_throttle($1, $2, 60) as wait_ms", [
    `sessions:${orgId}:${agentId}`,
    sessionsPerMinute,
  ]);
  return rows[0]?.wait_ms ?? null;
}

/** Stores a session. @returns its id, random, which is what the agent sees as Mcp-Session-Id */
export async function createSession(pool: Pool, session: NewSession): Promise<string> {
  const id = randomUUID();
  await pool.query(
    `insert into sessions (org_id, id, agent_id, server_id, protocol_revision, upstream_session_id, instance_id,
       client_capabilities)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      session.orgId,
      id,
      session.agentId,
      session.serverId,
      session.protocolRevision,
      session.upstreamSessionId,
      session.instanceId,
      session.clientCapabilities,
    ],
  );
  return id;
}

/** Ends a session for every process, from this commit on. */
export async function endSession(pool: Pool, orgId: string, id: string): Promise<void> {
  await pool.query(
    "update sessions set ended_at = now() where org_id = $1 and id = $2 and ended_at is null",
    [orgId, id],
  );
}

/** Ends the sessions whose program or event stream lived in a proxy that is gone. */
export async function endOrphanedSessions(pool: Pool): Promise<void> {
  await pool.query(
    `update sessions s set ended_at = now()
     where s.ended_at is null and s.instance_id is not null and not exists (
       select 1 from proxy_instances i
       where i.id = s.instance_id and i.heartbeat_at > now() - interval '1 minute')`,
  );
}

/** Notes that an agent was seen; the caller does this at most once a minute per agent. */
export async function touchAgent(
  pool: Pool,
  seen: {
    orgId: string;
    agentId: string;
    tokenId: string;
    sessionId: string | null;
    client: { name: string; version: string } | null;
  },
): Promise<void> {
  await pool.query(
    `with token as (
       update agent_tokens set last_used_at = now() where org_id = $1 and id = $3
     ), session as (
       update sessions set last_seen_at = now() where org_id = $1 and id = $4
     )
     update agents set last_seen_at = now(), client_name = coalesce($5, client_name),
       client_version = coalesce($6, client_version)
     where org_id = $1 and id = $2`,
    [
      seen.orgId,
      seen.agentId,
      seen.tokenId,
      seen.sessionId,
      seen.client?.name ?? null,
      seen.client?.version ?? null,
    ],
  );
}
