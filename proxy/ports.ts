import type { KeyObject } from "node:crypto";
import type { AggregatePorts } from "./aggregate/ports.ts";
import type { ApprovalTaskPorts } from "./gate/task-ports.ts";
import type { JsonObject } from "./json/parse-json.ts";
import type { CapacityLimits } from "./receive/capacity.ts";
import type { RefusedCount, Sender } from "./receive/refused-requests.ts";
import type { Upstream } from "./upstream/types.ts";

/** What a token, used on one server's URL, stands for; admission checks all of it again. */
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
  /** The server's revision when this was read: a hint that a loaded gate is out of date. */
  revision: number;
  policyId: string;
  session: AgentSession | null;
}

export interface AgentSession {
  id: string;
  protocolRevision: string;
  upstreamSessionId: string | null;
  /** The proxy that holds the connection; null where any proxy can go on with the session. */
  instanceId: string | null;
  /** Its client opens URLs for its user (MCP 2025-11-25, "Elicitation", URL mode). */
  opensUrls: boolean;
}

export type AccessAnswer =
  | { kind: "access"; access: Access }
  | { kind: "unauthenticated" }
  /** No token was sent; only the authenticator says so. */
  | { kind: "no_token" }
  | { kind: "not_granted"; sender: Sender }
  | { kind: "session_ended"; sender: Sender };

/** An accepted tool definition; nothing else is listed or callable (invariant 12). */
export interface ToolRecord {
  name: string;
  digest: string;
  /** As the server sent it. */
  definition: unknown;
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
  /** How it speaks MCP, as last discovered; null before that. */
  transport: "streamable_http" | "sse" | "stdio" | null;
  /** Protocol revisions it was found to speak; empty before the first discovery. */
  revisions: readonly string[];
  settings: Record<string, unknown>;
  secrets: { name: string; sealed: string }[];
  /** What of the agent it may not use: sampling, elicitation, roots. */
  strippedCapabilities: readonly string[];
}

/** Everything one revision of a server decides and forwards by, as stored. */
export interface GateRecord {
  revision: number;
  policyId: string;
  policyVersion: number;
  observe: boolean;
  document: unknown;
  tools: ToolRecord[];
  /** Definitions that wait for a person: known, and still neither listed nor callable. */
  held: { name: string; digest: string }[];
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
  method: "tools/call" | "prompts/get" | "resources/read";
  /** The tool's or prompt's name, or the resource's URI. */
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
    /** Why the rule applied: one sentence without argument values. */
    explanation: string;
    /** The rule's approval options (lib/policy: ApprovalOptions). */
    options: unknown;
    expiresSeconds: number;
  } | null;
}

export type AdmissionAnswer =
  | Recorded
  /** What the proxy knew no longer holds. */
  | { kind: "refused"; failure: AdmissionFailure }
  /** The org is being changed; asked again, the call may be recorded. */
  | { kind: "busy" }
  /** The record does not take this call. */
  | { kind: "unrecordable" };

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

/** A task of a server and the agent whose call it is. */
export interface UpstreamTask {
  orgId: string;
  serverId: string;
  taskId: string;
  agentId: string;
  /** Null when the call is not known, as in an answer that was only seen on a replayed stream. */
  callId: string | null;
  tool: string | null;
  expiresSeconds: number;
}

/** A call held open for a person. */
export interface HeldCall {
  orgId: string;
  callId: string;
  approvalId: string;
  /** The session, or the token where the protocol has no session. */
  scope: string;
  /** The JSON-RPC id, as JSON. */
  requestId: string;
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
    clientCapabilities: JsonObject;
  }): Promise<string>;
  endSession(orgId: string, sessionId: string): Promise<void>;
  /** Where the proxy that holds a session is reached; null when it is gone. */
  findPeer(instanceId: string): Promise<string | null>;
  touchAgent(seen: Seen): Promise<void>;
  /** Binds a task to its agent; false when the id is another agent's. */
  bindTask(task: UpstreamTask): Promise<boolean>;
  /** Those of these task ids that are the agent's, with the tool that each came from. */
  findTasks(
    orgId: string,
    serverId: string,
    agentId: string,
    taskIds: readonly string[],
  ): Promise<{ taskId: string; tool: string | null }[]>;
  /** Calls that wait for a person as tasks. */
  approvalTasks: ApprovalTaskPorts;
  /** Where the request of a held call stands; `cancelled` also when only the call is given up. */
  readApproval(orgId: string, approvalId: string, callId: string): Promise<ApprovalNews | null>;
  /** Notes that a call is held for a person, so that its cancellation finds the request. */
  enterHold(hold: HeldCall): Promise<void>;
  leaveHold(orgId: string, callId: string): Promise<void>;
  /** Ends held calls and withdraws requests that nobody waits for; how many calls were held. */
  withdrawApproval(
    orgId: string,
    ended: { callId: string } | { scope: string; requestId: string | null },
  ): Promise<number>;
  /** Resolves when the approval may have changed, or after `milliseconds`. */
  approvalMayHaveChanged(approvalId: string, milliseconds: number): Promise<void>;
  /** Asks for a rediscovery because a list differs from the definitions on record. */
  reportDrift(orgId: string, serverId: string): Promise<void>;
  /** Notes that the server refuses its stored credential, and tells who wants to know. */
  reportRefusal(orgId: string, serverId: string, detail: string): Promise<void>;
  /** Notes that a token was sent where it is kept in logs; nothing when nobody has it. */
  reportLeak(digest: Buffer): Promise<void>;
  /** Adds to the counts on record of requests that no rule judged. */
  recordRefused(counts: RefusedCount[]): Promise<void>;
  /** Tells the operator how many of these are on no record, because the database took none for long. */
  reportUncounted(requests: number): void;
  /** Tells the operator how many requests of nobody known were refused, by reason. */
  reportEarlyRefusals(requests: Readonly<Record<string, number>>): void;
  /** Canonical digest of a tool definition, the one that is stored at discovery. */
  digestOfDefinition(definition: unknown): string;
  /** The same of several definitions under one name; begins with `twice:`. */
  digestOfTwins(definitions: readonly unknown[]): string;
  /** Sessions with all servers of an agent at once. */
  aggregates: AggregatePorts;
  /** A connection to the server with its secrets opened. Stdio: a new child process. */
  openUpstream(server: ServerRecord): Promise<Upstream>;
  /** Seals what servers hand to agents to be handed back; 32 bytes, the same in every proxy. */
  stateKey(): KeyObject;
  /** Signs the ids of servers' questions and events for the session they belong to. */
  correlationKey(): KeyObject;
  /** Key of the argument digests in the record, one per org. */
  auditKey(orgId: string): KeyObject;
  newId(): string;
}

export interface ProxyLimits extends CapacityLimits {
  /** Connections of one address that belong to no known agent. */
  strangersPerAddress: number;
  /** Sessions with programs and event streams that one org may have in this proxy. */
  heldPerOrg: number;
  /** The longest an event stream that belongs to no request stays open. */
  streamMilliseconds: number;
  /** An agent that takes nothing for this long is disconnected. */
  stalledMilliseconds: number;
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
  /** The longest that a call runs, and that a request for a task's result waits. */
  callMilliseconds: number;
  /** Largest request body; bytes. */
  maxBodyBytes: number;
  limits: ProxyLimits;
}
