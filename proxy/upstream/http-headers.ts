import type { IncomingHttpHeaders } from "node:http";
import { AppError } from "#lib/errors.ts";
import type { UpstreamContext } from "./types.ts";

/**
 * Checks the headers a tenant stored for an upstream and lower-cases their names. Headers that
 * steer the connection or the protocol are ours and cannot be set.
 * @throws {AppError} invalid_input, naming the header and never its value
 */
export function checkStoredHeaders(
  headers: Readonly<Record<string, string>>,
): Record<string, string> {
  const checked: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    const token = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(lower);
    if (!token || OWN_HEADERS.has(lower) || /^(mcp-|proxy-|x-forwarded-)/.test(lower)) {
      throw new AppError(
        "invalid_input",
        `The header ${JSON.stringify(name)} cannot be set for a server.`,
      );
    }
    if (!/^[\t\x20-\x7e]*$/.test(value)) {
      throw new AppError(
        "invalid_input",
        `The value of the header ${name} holds characters that headers cannot carry.`,
      );
    }
    checked[lower] = value;
  }
  return checked;
}

/**
 * The headers of one exchange, built from nothing: protocol headers, trace context and Mcp-Param-*
 * of the agent's request (of a modern one, its mirrored headers), and the stored headers. Whatever else the agent sent (credentials,
 * cookies, origin, its session id) stays behind (protocol.md 2.4).
 */
export function requestHeaders(
  method: "POST" | "GET" | "DELETE",
  stored: Record<string, string>,
  context: UpstreamContext,
): Record<string, string> {
  const headers: Record<string, string> = {
    ...forwardedHeaders(context.agentHeaders ?? {}, context.mirroredHeaders),
    ...stored,
    "accept-encoding": "identity",
    "user-agent": "callgate",
  };
  if (method === "POST") {
    headers.accept = "application/json, text/event-stream";
    headers["content-type"] = "application/json";
  } else if (method === "GET") {
    headers.accept = "text/event-stream";
    if (context.lastEventId !== undefined) headers["last-event-id"] = context.lastEventId;
  }
  if (context.protocolVersion !== null) headers["mcp-protocol-version"] = context.protocolVersion;
  if (context.sessionId !== null) headers["mcp-session-id"] = context.sessionId;
  return headers;
}

export type AnswerType = "json" | "event_stream" | "other";

/** The media type of an answer; another charset than UTF-8 makes it `other`. */
export function answerType(headers: IncomingHttpHeaders): AnswerType {
  const [type = "", ...parameters] = (headers["content-type"] ?? "").toLowerCase().split(";");
  const charset = parameters.map((part) => part.trim()).find((part) => part.startsWith("charset="));
  if (charset !== undefined && !/^charset="?utf-?8"?$/.test(charset)) return "other";
  if (type.trim() === "application/json") return "json";
  return type.trim() === "text/event-stream" ? "event_stream" : "other";
}

/** The session id of an answer: visible ASCII of at most 1024 characters, null otherwise. */
export function answeredSessionId(headers: IncomingHttpHeaders): string | null {
  const id = headers["mcp-session-id"];
  return typeof id === "string" && /^[\x21-\x7e]{1,1024}$/.test(id) ? id : null;
}

/** Seconds of a Retry-After header; dates and nonsense give undefined. */
export function retryAfterSeconds(headers: IncomingHttpHeaders): number | undefined {
  const value = headers["retry-after"] ?? "";
  return /^[0-9]{1,6}$/.test(value) ? Number(value) : undefined;
}

const OWN_HEADERS = new Set([
  "accept",
  "accept-encoding",
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "expect",
  "host",
  "keep-alive",
  "last-event-id",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

const TRACE_HEADERS = ["traceparent", "tracestate", "baggage"];

function forwardedHeaders(
  agent: NonNullable<UpstreamContext["agentHeaders"]>,
  mirrored: UpstreamContext["mirroredHeaders"],
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of TRACE_HEADERS) {
    const value = agent[name];
    if (typeof value === "string") headers[name] = value;
  }
  if (mirrored !== undefined) return Object.assign(headers, mirrored);
  for (const name in agent) {
    const value = agent[name];
    if (name.startsWith("mcp-param-") && typeof value === "string") headers[name] = value;
  }
  return headers;
}
