import type { IncomingHttpHeaders } from "node:http";
import type { AgentReply } from "./answer/respond.ts";
import type { OwnRequests } from "./forward/own-requests.ts";
import type { Upstreams } from "./forward/upstreams.ts";
import type { Batcher } from "./gate/batcher.ts";
import type { Gate, Gates } from "./gate/gates.ts";
import { findModernUpstream } from "./modern/upstream.ts";
import type {
  Access,
  AdmissionAnswer,
  AdmissionRequest,
  Ports,
  ProxyConfig,
  Settlement,
} from "./ports.ts";
import type { Authenticator, Presented } from "./receive/authenticate.ts";
import type { Capacity } from "./receive/capacity.ts";
import type { EarlyRefusals } from "./receive/early-refusals.ts";
import type { Era } from "./receive/era.ts";
import type { Spoken } from "./receive/minimum.ts";
import type { Pressure } from "./receive/pressure.ts";
import type { RefusedRequests } from "./receive/refused-requests.ts";
import type { Strangers } from "./receive/strangers.ts";
import { speaksOnlyModern } from "./translate/eras.ts";
import type { Upstream, UpstreamContext } from "./upstream/types.ts";

/** What lives as long as the proxy. */
export interface ProxyState {
  ports: Ports;
  config: ProxyConfig;
  authenticator: Authenticator;
  gates: Gates;
  upstreams: Upstreams;
  admission: Batcher<AdmissionRequest, AdmissionAnswer>;
  /** Takes an outcome and sees to it that it is written. */
  settle(settlement: Settlement): void;
  /** Notes that the agent was seen, at most once a minute. */
  touch(
    access: Pick<Access, "orgId" | "agentId" | "tokenId" | "session">,
    client: { name: string; version: string } | null,
  ): void;
  /** Who may start how much. */
  capacity: Capacity;
  /** Connections of nobody known. */
  strangers: Strangers;
  /** Requests of known agents that no rule judges. */
  refusedRequests: RefusedRequests;
  /** Requests of nobody known that are refused. */
  earlyRefusals: EarlyRefusals;
  /** How short this process is of memory and time. */
  pressure(): Pressure;
  /** Whether this proxy is about to stop. */
  isDraining(): boolean;
  /** Registers a way to end an idle stream at shutdown; returns what takes it back. */
  trackStream(end: () => void): () => void;
  /** Requests under way here, by who made them. */
  inFlight: OwnRequests;
  /** Milliseconds, monotonic. */
  now(): number;
}

/** One request of an agent, from the point where it is known who asks and of what server. */
export interface Exchange {
  state: ProxyState;
  presented: Presented;
  access: Access;
  gate: Gate;
  headers: IncomingHttpHeaders;
  reply: AgentReply;
  era: Era;
  /** Fires when a modern agent goes away, which cancels its request; legacy ones send a message. A
   * request of our own to a server may be given up by it as well. */
  signal?: AbortSignal;
  /** What became of the question to open an approval's page, on the call that comes back from it. */
  approvalAsked?: "opened" | "declined";
  bodyBytes: number;
  /** `state.now()` when the request arrived, moved by the time it was held for a person. */
  receivedAt: number;
  /** Gives the place in the org's share of requests back: what goes on is a stream. */
  leaveShare(): void;
  /** Takes the place of the answer that the agent may not use the server any more, where the request
   * can be begun anew by what is true now. */
  outdated?(): void;
  /** The agent's own request to all its servers, where this one to a server is made of it. */
  visit?: Spoken;
  /** What the agent calls a tool of the server, where that is not the server's own name for it. */
  shownName?(tool: string): string;
}

/** The connection that this exchange's messages go through; null when there is none for it here. */
export function findUpstream(exchange: Exchange): Promise<Upstream | null> {
  const { state, gate, access, era } = exchange;
  if (era === "modern") return findModernUpstream(exchange);
  return state.upstreams.find(gate.server, access.session);
}

/** How the exchange continues upstream: the upstream's session and the agent's revision. */
export function upstreamContext(exchange: Exchange): UpstreamContext {
  const header = exchange.headers["mcp-protocol-version"];
  const revision = typeof header === "string" ? header : null;
  return {
    sessionId: exchange.access.session?.upstreamSessionId ?? null,
    protocolVersion: revision ?? exchange.access.session?.protocolRevision ?? null,
    agentHeaders: exchange.headers,
    ...(exchange.signal && { signal: exchange.signal }),
    ...(speaksOnlyModern(exchange.gate.server) && {
      parameterHeaders: (tool: string) => exchange.gate.tools.get(tool)?.parameterHeaders ?? [],
      strippedCapabilities: exchange.gate.server.strippedCapabilities,
    }),
  };
}
