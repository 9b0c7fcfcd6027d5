import type { Pool } from "pg";
import type { HeldRecord, SealedSecret, ServerRecord, ToolRecord } from "./types.ts";

/** What a token, used on one server's URL, stands for; everything admission will check again. */
export interface Access {
  orgId: string;
  orgSlug: string;
  tokenId: string;
  agentId: string;
  agentName: string;
  /** The oldest MCP revision that the org accepts of agents; null: any. */
  minimumRevision: string | null;
  serverId: string;
  serverSlug: string;
  serverName: string;
  /** The server's revision; a gate loaded for it is stale as soon as the number differs. */
  revision: number;
  policyId: string;
  session: AgentSession | null;
}

export interface AgentSession {
  id: string;
  protocolRevision: string;
  upstreamSessionId: string | null;
  instanceId: string | null;
  /** Its client opens URLs for its user (URL elicitation). */
  opensUrls: boolean;
}

export type AccessAnswer =
  | { kind: "access"; access: Access }
  /** No such token, or it is expired or revoked. */
  | { kind: "unauthenticated" }
  /** The token is good, but not for this org and server, or these do not exist. */
  | { kind: "not_granted"; sender: Sender }
  | { kind: "session_ended"; sender: Sender };

/** Whose request is refused. */
export interface Sender {
  orgId: string;
  agentId: string;
  /** Null where it is for no server that the agent may use. */
  serverId: string | null;
}

/** Everything that one revision of a server decides and forwards by. */
export interface Gate {
  revision: number;
  policyId: string;
  policyVersion: number;
  observe: boolean;
  /** The stored policy document, not yet checked. */
  document: unknown;
  tools: ToolRecord[];
  held: HeldRecord[];
  server: ServerRecord;
}

/**
 * Who is this and may they use this server, now. One round trip.
 *
 * @param digest    SHA-256 of the presented token, 32 bytes
 * @param sessionId the session the agent names, or null
 */
export async function findAccess(
  pool: Pool,
  digest: Buffer,
  orgSlug: string,
  serverSlug: string,
  sessionId: string | null,
): Promise<AccessAnswer> {
  const { rows } = await pool.query({
    name: "find_access",
    text: accessSql,
    values: [digest, orgSlug, serverSlug, sessionId],
  });
  const row: AccessRow | undefined = rows[0];
  if (!row) return { kind: "unauthenticated" };
  const sender = { orgId: row.org_id, agentId: row.agent_id, serverId: row.server_id };
  if (row.org_slug !== orgSlug || row.server_id === null || row.policy_id === null) {
    return { kind: "not_granted", sender };
  }
  if (sessionId !== null && row.session_id === null) return { kind: "session_ended", sender };
  return {
    kind: "access",
    access: {
      orgId: row.org_id,
      orgSlug: row.org_slug,
      tokenId: row.token_id,
      agentId: row.agent_id,
      agentName: row.agent_name,
      minimumRevision: row.minimum_revision,
      serverId: row.server_id,
      serverSlug,
      serverName: row.server_name ?? serverSlug,
      revision: row.revision ?? 0,
      policyId: row.policy_id,
      session:
        row.session_id === null
          ? null
          : {
              id: row.session_id,
              protocolRevision: row.session_revision ?? "",
              upstreamSessionId: row.upstream_session_id,
              instanceId: row.instance_id,
              opensUrls: row.opens_urls === true,
            },
    },
  };
}

/** The gate of a server under one policy, read in one snapshot. Null when the server is gone. */
export async function loadGate(
  pool: Pool,
  orgId: string,
  serverId: string,
  policyId: string,
): Promise<Gate | null> {
  const { rows } = await pool.query({
    name: "load_gate",
    text: gateSql,
    values: [orgId, serverId, policyId],
  });
  const row: GateRow | undefined = rows[0];
  if (!row) return null;
  return {
    revision: row.revision,
    policyId,
    policyVersion: row.policy_version,
    observe: row.mode === "observe",
    document: row.document,
    tools: row.tools ?? [],
    held: row.held ?? [],
    server: {
      orgId,
      id: serverId,
      slug: row.slug,
      name: row.name,
      kind: row.kind,
      url: row.url,
      connector: row.connector,
      transport: row.transport,
      revisions: row.protocol_revisions,
      settings: row.settings ?? {},
      secrets: row.secrets ?? [],
      strippedCapabilities: row.stripped_capabilities ?? [],
    },
  };
}

interface AccessRow {
  org_id: string;
  org_slug: string;
  token_id: string;
  agent_id: string;
  agent_name: string;
  minimum_revision: string | null;
  server_id: string | null;
  server_name: string | null;
  revision: number | null;
  policy_id: string | null;
  session_id: string | null;
  session_revision: string | null;
  upstream_session_id: string | null;
  instance_id: string | null;
  opens_urls: boolean | null;
}

interface GateRow {
  revision: number;
  slug: string;
  name: string;
  kind: "url" | "connector";
  url: string | null;
  connector: string | null;
  transport: "streamable_http" | "sse" | "stdio" | null;
  protocol_revisions: string[];
  settings: Record<string, unknown> | null;
  policy_version: number;
  mode: "enforce" | "observe";
  document: unknown;
  tools: ToolRecord[] | null;
  held: HeldRecord[] | null;
  secrets: SealedSecret[] | null;
  stripped_capabilities: string[] | null;
}

const accessSql = `
  select o.id as org_id, o.slug as org_slug, t.id as token_id, a.id as agent_id, a.name as agent_name,
    o.minimum_revision, s.id as server_id, s.name as server_name, s.revision, coalesce(g.policy_id, s.policy_id) as policy_id,
    ss.id as session_id, ss.protocol_revision as session_revision, ss.upstream_session_id, ss.instance_id,
    jsonb_typeof(ss.client_capabilities #> '{elicitation,url}') = 'object' as opens_urls
  from agent_tokens t
  join agents a on a.org_id = t.org_id and a.id = t.agent_id
  join orgs o on o.id = t.org_id
  left join (
    servers s join grants g on g.org_id = s.org_id and g.server_id = s.id
  ) on s.org_id = t.org_id and s.slug = $3 and s.removed_at is null and g.agent_id = t.agent_id and o.slug = $2
  left join sessions ss on ss.org_id = t.org_id and ss.id = $4::uuid and ss.agent_id = t.agent_id
    and ss.server_id = s.id and ss.ended_at is null
  where t.digest = $1 and t.revoked_at is null and a.revoked_at is null
    and (t.expires_at is null or t.expires_at > now())`;

const gateSql = `
  select s.revision, s.slug, s.name, s.kind, s.url, s.connector, s.transport, s.protocol_revisions, s.settings,
    s.stripped_capabilities,
    coalesce(v.decides_as, v.version) as policy_version, p.mode, v.document,
    (select json_agg(json_build_object('name', t.name, 'digest', t.digest, 'definition', t.definition,
        'category', coalesce(t.override_category, t.category),
        'riskClass', coalesce(t.override_risk_class, t.risk_class)))
      from tools t
      where t.org_id = s.org_id and t.server_id = s.id and t.state = 'accepted') as tools,
    (select json_agg(json_build_object('name', h.name, 'digest', h.held_digest))
      from tools h
      where h.org_id = s.org_id and h.server_id = s.id and h.state = 'held') as held,
    (select json_agg(json_build_object('name', x.name, 'sealed', x.sealed))
      from server_secrets x where x.org_id = s.org_id and x.server_id = s.id) as secrets
  from servers s
  join policies p on p.org_id = s.org_id and p.id = $3
  join policy_versions v on v.org_id = p.org_id and v.policy_id = p.id and v.version = p.version
  where s.org_id = $1 and s.id = $2 and s.removed_at is null`;
