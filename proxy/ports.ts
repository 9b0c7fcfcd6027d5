import type { KeyObject } from "node:crypto";
import type { Upstream } from "./upstream/types.ts";

/** What a token, used on one server's URL, stands for; admission checks all of it again. */
export interface Access {
  orgId: string;
  orgSlug: string;
  tokenId: string;
  agentId: string;
  agentName: string;
  serverId: string;
  serverSlug: string;
  serverName: string;
  /** The server's revision when this was read: a hint that a loaded gate is out of date. */
  revision: number;
  policyId: string;
  session: AgentSession | null;
}

export interface AgentSession {
  id: string;
  protocolRevision: string;
  upstreamSessionId: string | null;
  /** The proxy that holds the child process; null for HTTP upstreams. */
  instanceId: string | null;
}

export type AccessAnswer =
  | { kind: "access"; access: Access }
  | { kind: "unauthenticated" }
  | { kind: "not_granted" }
  | { kind: "session_ended" };

/** An accepted tool definition; nothing else is listed or callable (invariant 12). */
export interface ToolRecord {
  name: string;
  digest: string;
  category: string;
  riskClass: string;
}

export interface ServerRecord {
  orgId: string;
  id: string;
  slug: string;
  name: string;
  kind: "url" | "connector";
  url: string | null;
  connector: string | null;
  settings: Record<string, unknown>;
  secrets: { name: string; sealed: string }[];
}

/** Everything one revision of a server decides and forwards by, as stored. */
export interface GateRecord {
  revision: number;
  policyId: string;
  policyVersion: number;
  observe: boolean;
  document: unknown;
  tools: ToolRecord[];
  server: ServerRecord;
}

/** One judged call on its way into the admission transaction. */
export interface AdmissionRequest {
  callId: string;
  orgId: string;
  agentId: string;
  tokenId: string;
  serverId: string;
  sessionId: string | null;
  revision: number;
  policyId: string;
  policyVersion: number;
  tool: string;
  decision: "allowed" | "denied" | "hidden";
  /** The policy only observes: the decision is recorded, the call runs whatever it says. */
  observed: boolean;
  rule: string;
  reason: string | null;
  explanation: string;
  argumentShape: unknown;
  requestBytes: number;
  limits: { key: string; max: number; windowSeconds: number; rule: string }[];
  approval: {
    id: string;
    /** SHA-256 of everything the approval is bound to, hexadecimal. */
    digest: string;
    arguments: unknown;
    rule: string;
    reason: string | null;
    expiresSeconds: number;
  } | null;
}

export type AdmissionAnswer = Recorded | { kind: "refused"; failure: AdmissionFailure };

export type AdmissionFailure = "unauthenticated" | "not_granted" | "stale" | "session_ended";

/** The call stands in the record with this decision. */
export interface Recorded {
  kind: "recorded";
  decision: "allowed" | "limited" | "approval" | "denied" | "hidden";
  forward: boolean;
  rule: string;
  reason: string | null;
  /** Milliseconds until the next slot; null when there never is one. Only with `limited`. */
  retryAfterMs: number | null;
  limit: { max: number; windowSeconds: number } | null;
  approvalId: string | null;
}

export interface Settlement {
  orgId: string;
  callId: string;
  outcome: "ok" | "tool_error" | "upstream_error" | "cancelled" | "unknown";
  detail: string | null;
  httpStatus: number | null;
  responseBytes: number | null;
  upstreamMs: number | null;
  addedMs: number | null;
}

export interface ApprovalNews {
  state: "pending" | "approved" | "denied" | "consumed" | "expired" | "cancelled" | "void";
  note?: string | null;
}

export interface Seen {
  orgId: string;
  agentId: string;
  tokenId: string;
  sessionId: string | null;
  client: { name: string; version: string } | null;
}

/** What the pipeline needs from the rest of the product; `main.ts` plugs the real ones in. */
export interface Ports {
  /** SHA-256 of a well-formed token; null for anything else, without asking the database. */
  digestOfToken(token: string): Buffer | null;
  findAccess(
    digest: Buffer,
    orgSlug: string,
    serverSlug: string,
    sessionId: string | null,
  ): Promise<AccessAnswer>;
  loadGate(orgId: string, serverId: string, policyId: string): Promise<GateRecord | null>;
  admit(batch: AdmissionRequest[]): Promise<AdmissionAnswer[]>;
  settle(batch: Settlement[]): Promise<void>;
  takeSessionSlot(orgId: string, agentId: string): Promise<number | null>;
  createSession(session: {
    orgId: string;
    agentId: string;
    serverId: string;
    protocolRevision: string;
    upstreamSessionId: string | null;
    instanceId: string | null;
  }): Promise<string>;
  endSession(orgId: string, sessionId: string): Promise<void>;
  touchAgent(seen: Seen): Promise<void>;
  readApproval(orgId: string, approvalId: string): Promise<ApprovalNews | null>;
  /** Resolves when the approval may have changed, or after `milliseconds`. */
  approvalMayHaveChanged(approvalId: string, milliseconds: number): Promise<void>;
  /** Asks for a rediscovery because a list differs from the definitions on record. */
  reportDrift(orgId: string, serverId: string): Promise<void>;
  /** Canonical digest of a tool definition, the one that is stored at discovery. */
  digestOfDefinition(definition: unknown): string;
  /** A connection to the server with its secrets opened. Stdio: a new child process. */
  openUpstream(server: ServerRecord): Promise<Upstream>;
  /** Key of the argument digests in the record, one per org. */
  auditKey(orgId: string): KeyObject;
  newId(): string;
}

export interface ProxyConfig {
  instanceId: string;
  /** Host header values that are ours, lower-case, with port. */
  hosts: ReadonlySet<string>;
  /** Origins that may call from a browser; requests without Origin pass. */
  origins: ReadonlySet<string>;
  /** Where people decide approvals; the link in agent-visible texts. */
  publicUrl: string;
  approvalHoldMs: number;
  /** Largest request body; bytes. */
  maxBodyBytes: number;
}
