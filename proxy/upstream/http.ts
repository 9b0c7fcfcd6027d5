import { type RequestId, readMessage } from "#proxy/json/json-rpc.ts";
import { RESPONSE_LIMITS } from "#proxy/json/parse-json.ts";
import type { AllowedNetworks } from "./address-guard.ts";
import type { ExchangeBody, ExchangeReply } from "./exchange.ts";
import { createGuardedClient, type GuardedClient } from "./guarded-client.ts";
import { refusedReply } from "./http-failure.ts";
import {
  answeredSessionId,
  answerType,
  checkStoredHeaders,
  requestHeaders,
} from "./http-headers.ts";
import { readEvents } from "./http-stream.ts";
import { UpstreamTrouble } from "./transport-failure.ts";
import type { Upstream, UpstreamContext, UpstreamFailure, UpstreamReply } from "./types.ts";

export interface HttpUpstreamOptions {
  /** The tenant's stored headers, opened: credentials live here. */
  headers: Readonly<Record<string, string>>;
  allowed: AllowedNetworks;
  connectTimeoutMilliseconds: number;
  /** Default for one exchange, and for streams opened by GET. */
  totalMilliseconds: number;
  streamMilliseconds: number;
  /** Before an answer, and between two pieces of it; progress and comments count. */
  silentMilliseconds: number;
  /** Silence in the middle of a JSON body. Event streams may be silent while a tool works. */
  idleMilliseconds: number;
  /** One JSON answer or one event. */
  maxAnswerBytes: number;
}

export const HTTP_UPSTREAM_DEFAULTS = {
  connectTimeoutMilliseconds: 10_000,
  totalMilliseconds: 300_000,
  streamMilliseconds: 3_600_000,
  silentMilliseconds: 60_000,
  idleMilliseconds: 30_000,
  maxAnswerBytes: 8 * 1024 * 1024,
} as const satisfies Partial<HttpUpstreamOptions>;

/** More than an org may have open (PROXY_MAX_STREAMS_PER_ORG), by default. */
const MAX_STREAMS = 2_048;
/** A stream may carry many events; together at most this many times one answer. */
const STREAM_BYTES_FACTOR = 8;

export type HttpUpstream = Upstream & { readonly client: GuardedClient };

/**
 * Streamable HTTP for the revisions 2025-03-26 to 2025-11-25 (POST, GET with Last-Event-ID,
 * DELETE). Nothing is retried. Of the answer's headers only the session id is kept.
 * @throws {AddressRefusal | AppError} for a URL or stored header that can never be used
 */
export function createHttpUpstream(url: URL, options: HttpUpstreamOptions): HttpUpstream {
  const client = createGuardedClient(url, options);
  // What stays open for an hour must not take the sockets that calls need.
  const streams = createGuardedClient(url, { ...options, maxConnections: MAX_STREAMS });
  const stored = checkStoredHeaders(options.headers);
  const retired = new AbortController();
  const untilRetired = (context: UpstreamContext): UpstreamContext => ({
    ...context,
    signal: AbortSignal.any([retired.signal, ...(context.signal ? [context.signal] : [])]),
  });

  const exchange = (
    method: "POST" | "GET" | "DELETE",
    body: string | null,
    context: UpstreamContext,
  ): Promise<ExchangeReply> => {
    const usual = method === "GET" ? options.streamMilliseconds : options.totalMilliseconds;
    const isLasting = method === "GET" || context.totalMilliseconds !== undefined;
    return (isLasting ? streams : client).exchange({
      method,
      headers: requestHeaders(method, stored, context),
      body,
      totalMilliseconds: context.totalMilliseconds ?? usual,
      // Streams outside calls, and exchanges with a deadline of their own, may be silent.
      ...(method !== "GET" &&
        context.totalMilliseconds === undefined && {
          silentMilliseconds: options.silentMilliseconds,
        }),
      maxBytes: options.maxAnswerBytes * STREAM_BYTES_FACTOR,
      signal: context.signal,
    });
  };

  return {
    client,
    async send(message, context) {
      const isNews = "method" in message && message.method === "subscriptions/listen";
      const within = isNews ? untilRetired(context) : context;
      const reply = await exchange("POST", JSON.stringify(message), within);
      if (reply.kind === "failed") return { kind: "error", failure: reply.failure };
      const awaited = "id" in message && "method" in message ? message.id : null;
      return readReply(reply, awaited, context, options, url.host);
    },
    async openStream(context) {
      const reply = await exchange("GET", null, untilRetired(context));
      if (reply.kind === "failed") return { kind: "error", failure: reply.failure };
      const { status, headers, body } = reply;
      if (status !== 200 || answerType(headers) !== "event_stream") {
        return refusedReply(reply, null, context, options.idleMilliseconds, url.host);
      }
      const events = readEvents(body, null, options.maxAnswerBytes, url.host);
      return { kind: "stream", events, sessionId: answeredSessionId(headers) };
    },
    async endSession(context) {
      const reply = await exchange("DELETE", null, context);
      if (reply.kind === "response") reply.body.discard();
    },
    // Each exchange has a deadline, and idle sockets close by themselves.
    retire: () => retired.abort(),
    async close() {
      await Promise.all([client.close(), streams.close()]);
    },
  };
}

type HttpResponse = Extract<ExchangeReply, { kind: "response" }>;

async function readReply(
  response: HttpResponse,
  awaited: RequestId | null,
  context: UpstreamContext,
  options: HttpUpstreamOptions,
  host: string,
): Promise<UpstreamReply> {
  const { status, headers, body } = response;
  const sessionId = answeredSessionId(headers);
  if (awaited === null && status >= 200 && status < 300) {
    // Some servers answer a notification with 200 or 204 and an empty body instead of 202.
    body.discard();
    return { kind: "accepted", sessionId };
  }
  const type = answerType(headers);
  if (status === 200 && type === "event_stream") {
    const events = readEvents(body, awaited, options.maxAnswerBytes, host);
    return { kind: "stream", events, sessionId };
  }
  if (status !== 200 || type !== "json" || awaited === null) {
    return refusedReply(response, awaited, context, options.idleMilliseconds, host);
  }
  return readJson(body, awaited, sessionId, options, host);
}

async function readJson(
  body: ExchangeBody,
  awaited: RequestId,
  sessionId: string | null,
  options: HttpUpstreamOptions,
  host: string,
): Promise<UpstreamReply> {
  let bytes: Buffer;
  const unusable = (code: UpstreamFailure["code"], message: string) =>
    errorReply({ code, bytesSent: true, message, bytesRead: bytes.length });
  try {
    bytes = await body.collect(options.idleMilliseconds, options.maxAnswerBytes);
  } catch (error) {
    if (error instanceof UpstreamTrouble) return errorReply(error.failure);
    throw error;
  }
  if (bytes.length > options.maxAnswerBytes) {
    const message = `The answer of ${host} is larger than ${options.maxAnswerBytes} bytes.`;
    return unusable("too_large", message);
  }
  const parsed = readMessage(bytes, RESPONSE_LIMITS);
  if (parsed.kind === "refused") {
    const code =
      parsed.reason === "not_an_object" || parsed.reason === "wrong_version"
        ? "not_mcp"
        : "protocol";
    const message = `The answer of ${host} is not a valid JSON-RPC message: ${parsed.message}`;
    return unusable(code, message);
  }
  if (parsed.kind !== "response" || parsed.message.id !== awaited) {
    const message = `${host} answered with a message that does not belong to the request.`;
    return unusable("protocol", message);
  }
  return { kind: "json", status: 200, message: parsed.message, bytes, sessionId };
}

function errorReply(failure: UpstreamFailure): UpstreamReply {
  return { kind: "error", failure };
}
