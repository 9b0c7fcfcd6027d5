import type { JsonRpcMessage, JsonRpcResponse, ParsedMessage } from "#proxy/json/json-rpc.ts";
import type { ParameterHeader } from "#proxy/modern/parameter-headers.ts";

/**
 * One way to reach an MCP server. HTTP upstreams hold no session state (any process can continue
 * a session); a stdio upstream is one child process and therefore one agent session.
 * No method throws for anything a server or network can do.
 */
export interface Upstream {
  /** Resolves once the session's program has ended; HTTP upstreams have none. */
  readonly ended?: Promise<void>;
  /** Delivers one message. Sent at most once, whatever happens. */
  send(message: JsonRpcMessage, context: UpstreamContext): Promise<UpstreamReply>;
  /** Opens the stream of messages that belong to no request (GET on streamable HTTP). */
  openStream(context: UpstreamContext): Promise<UpstreamReply>;
  /** Tells the server that the session is over; failures are not interesting. */
  endSession(context: UpstreamContext): Promise<void>;
  /** Another connection takes this one's place: calls go on to their end, streams of news end now. */
  retire?(): void;
  /** Frees sockets or ends the child process. */
  close(): Promise<void>;
}

/** What belongs to one exchange. */
export interface UpstreamContext {
  /** The upstream's own session id, from `sessionId` of an earlier reply; null before that. */
  sessionId: string | null;
  /** The negotiated revision, sent as MCP-Protocol-Version; null until `initialize` is answered. */
  protocolVersion: string | null;
  /** Resumes a stream after this event (openStream only). */
  lastEventId?: string;
  /** Whoever reads the stream only wants news: questions and logs belong to calls (openStream only). */
  newsOnly?: true;
  /** Headers of the agent's request, lower-case names; only those in protocol.md 2.4 are used. */
  agentHeaders?: Readonly<Record<string, string | string[] | undefined>>;
  /** Mcp-Method, Mcp-Name and Mcp-Param-* of a modern request; the agent's own are then left out. */
  mirroredHeaders?: Readonly<Record<string, string>>;
  /** Where a legacy agent's call is translated: the arguments of a tool that go into headers. */
  parameterHeaders?: (tool: string) => readonly ParameterHeader[];
  /** Likewise: what of the agent the server may not use, whatever was declared in the handshake. */
  strippedCapabilities?: readonly string[];
  /** Likewise: judges and admits the call once more, before it is sent again with its agent's answers.
   * Null: it must not be; its agent has its answer, or has gone. */
  readmit?: () => Promise<Readmission | null>;
  /** Whose session is continued where a modern agent's requests need one; the agent's token id. */
  agent?: string;
  /** Takes a place among the sessions which that agent may open; its answer when there is none. */
  refuseSession?: () => Promise<JsonRpcResponse | null>;
  /** The longest that a call of it takes, over all exchanges with the server. */
  callMilliseconds?: number;
  /** Total time for this exchange, streams included; the upstream's default when absent. */
  totalMilliseconds?: number;
  /** Gives the exchange up: HTTP closes the request, stdio sends notifications/cancelled. */
  signal?: AbortSignal;
}

/** What is true now of a call that may be sent again. */
export type Readmission = Required<Pick<UpstreamContext, "strippedCapabilities">>;

export type UpstreamReply =
  /** One JSON answer. `bytes` is its JSON text: relay it unless `message` had to be changed. */
  | {
      kind: "json";
      status: number;
      message: JsonRpcResponse;
      bytes: Buffer;
      sessionId: string | null;
    }
  /** Messages until the answer arrived; iterate to the end or call `return()` to let go. */
  | { kind: "stream"; events: AsyncIterableIterator<UpstreamEvent>; sessionId: string | null }
  /** A notification or response was taken. */
  | { kind: "accepted"; sessionId: string | null }
  | { kind: "error"; failure: UpstreamFailure };

export type UpstreamEvent =
  /** `data` is the message's JSON text on one line, as received. */
  | {
      kind: "message";
      parsed: ParsedMessage;
      data: string;
      id?: string;
      retryMilliseconds?: number;
    }
  /** An event without content: names a point from which the stream can be resumed. */
  | { kind: "priming"; id?: string; retryMilliseconds?: number }
  /** Always the last event. Without it a stream that ends early may be resumed from its last id. */
  | { kind: "failed"; failure: UpstreamFailure };

export type UpstreamFailureCode =
  /** The name has no address. */
  | "dns"
  /** Nothing listens there. */
  | "refused"
  /** No route, or the network said no. */
  | "unreachable"
  /** A deadline of ours passed. */
  | "timeout"
  /** The certificate or the handshake is not acceptable. */
  | "tls"
  /** The address, scheme or port is one we do not talk to. */
  | "blocked_address"
  /** Answered with a redirect, which is never followed. */
  | "redirect"
  /** 401 or 403: the stored credential is missing or no longer good. */
  | "unauthorized"
  /** Any other HTTP status that is no answer; see `status`. */
  | "http_status"
  /** Answers, but not as an MCP server. */
  | "not_mcp"
  /** Speaks MCP, but this message breaks it. */
  | "protocol"
  | "too_large"
  /** The connection or process ended before the answer. */
  | "closed"
  /** The server no longer knows the session: initialise again. */
  | "session_gone"
  /** An answer to a question the server never asked. */
  | "uncorrelated"
  /** The program of a connector could not be started. */
  | "start_failed"
  /** The caller's signal gave the exchange up. */
  | "cancelled";

export interface UpstreamFailure {
  code: UpstreamFailureCode;
  /** True as soon as the server may have acted on the message. */
  bytesSent: boolean;
  /** What happened; for a security engineer, without secrets, stacks or internal addresses. */
  message: string;
  /** What to do about it, where that is known. */
  fix?: string;
  /** The HTTP status, where there was one. */
  status?: number;
  retryAfterSeconds?: number;
  /** Bytes of an answer that was read and could not be used. */
  bytesRead?: number;
}
