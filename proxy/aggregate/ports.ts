import type { Sender } from "#proxy/receive/refused-requests.ts";

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

/** What the aggregate endpoint needs from the rest of the product. */
export interface AggregatePorts {
  find(digest: Buffer, orgSlug: string, sessionId: string | null): Promise<AggregateAnswer>;
  /** Returns the session's id. */
  create(
    session: Omit<AggregateSession, "id"> & { orgId: string; agentId: string },
  ): Promise<string>;
  /** Binds a session to a proxy unless it is bound; the proxy it is bound to, null when it is over. */
  pin(orgId: string, sessionId: string, instanceId: string): Promise<string | null>;
  /** False: another proxy was first, or the session is over. */
  savePart(
    orgId: string,
    sessionId: string,
    serverId: string,
    part: AggregatePart,
  ): Promise<boolean>;
  end(orgId: string, sessionId: string): Promise<void>;
}
