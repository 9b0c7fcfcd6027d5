import type { IncomingHttpHeaders } from "node:http";
import type { Authenticator, Presented } from "./authenticate.ts";
import type { Batcher } from "./batcher.ts";
import type { Gate, Gates } from "./gates.ts";
import type {
  Access,
  AdmissionAnswer,
  AdmissionRequest,
  Ports,
  ProxyConfig,
  Settlement,
} from "./ports.ts";
import type { AgentReply } from "./respond.ts";
import type { UpstreamContext } from "./upstream/types.ts";
import type { Upstreams } from "./upstreams.ts";

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
  touch(access: Access, client: { name: string; version: string } | null): void;
  /** Registers a way to end an idle stream at shutdown; returns what takes it back. */
  trackStream(end: () => void): () => void;
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
  bodyBytes: number;
  /** `state.now()` when the request arrived, moved by the time it was held for a person. */
  receivedAt: number;
}

/** How the exchange continues upstream: the upstream's session and the agent's revision. */
export function upstreamContext(exchange: Exchange): UpstreamContext {
  const header = exchange.headers["mcp-protocol-version"];
  const revision = typeof header === "string" ? header : null;
  return {
    sessionId: exchange.access.session?.upstreamSessionId ?? null,
    protocolVersion: revision ?? exchange.access.session?.protocolRevision ?? null,
    agentHeaders: exchange.headers,
  };
}
