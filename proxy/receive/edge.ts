import type { IncomingMessage } from "node:http";
import type { RefusalReason } from "#lib/policy/refusal-reasons.ts";
import { errorAnswer } from "#proxy/answer/answers.ts";
import { type KnownRequest, refuseLostSession, refuseRequest } from "#proxy/answer/refuse.ts";
import type { AgentReply } from "#proxy/answer/respond.ts";
import type { ProxyState } from "#proxy/exchange.ts";
import type { MessageRefusal, ParsedMessage } from "#proxy/json/json-rpc.ts";
import { relayedHeader } from "#proxy/peers/peers.ts";
import { corsHeaders, isPreflight, preflightHeaders } from "./cors.ts";
import type { EarlyReason } from "./early-refusals.ts";
import { type EraVerdict, metaKeys, metaOf, modernErrors } from "./era.ts";
import { checkHostAndOrigin, checkQuery, checkSingleHeaders, type HttpRefusal } from "./receive.ts";

/**
 * Answers everything that is settled before anybody asks who the agent is: health, preflights,
 * requests that no proxy takes, and all of them while this one has no room or is about to stop.
 * @returns true when the request has its answer
 */
export async function answerAtEdge(
  state: ProxyState,
  request: IncomingMessage,
  reply: AgentReply,
): Promise<boolean> {
  if (pathOf(request) === "/healthz") {
    const status = state.isDraining() ? "draining" : "ok";
    await reply.finish(Buffer.from(`{"status":"${status}"}`), status === "ok" ? 200 : 503);
    return true;
  }
  const refused = checkSingleHeaders(request) ?? checkHostAndOrigin(request, state.config);
  if (refused) return refuseEarly(state, reply, refused);
  for (const [name, value] of Object.entries(corsHeaders(request))) reply.setHeader(name, value);
  if (isPreflight(request)) {
    reply.empty(204, preflightHeaders(request));
    return true;
  }
  const misplaced = checkQuery(request);
  if (misplaced) {
    reply.setHeader("www-authenticate", 'Bearer realm="callgate", error="invalid_request"');
    noteLeaks(state, misplaced.values);
    return refuseEarly(state, reply, misplaced.refusal);
  }
  if (state.isDraining()) {
    reply.setHeader("connection", "close");
    // What a POST brings is known once it is read: it may be the answer that a call waits for.
    const mayConclude = request.method === "POST" || request.method === "DELETE";
    if (!mayConclude) return refuseWhileDraining(state, request, reply, null);
  }
  // Ending a session frees room, so it is never refused for the lack of it.
  if (state.pressure() === "critical" && request.method !== "DELETE") {
    return busy(reply, "This proxy has no room for more at the moment, so nothing was forwarded.");
  }
  return false;
}

/** A client leaks its own token; more of them are somebody's who wants the database kept busy. */
const mostLeaks = 2;

/** Only what can be a token costs a look into the database. */
function noteLeaks({ ports }: ProxyState, values: readonly string[]): void {
  const digests = values.flatMap((value) => {
    const digest = ports.digestOfToken(value.replace(/^Bearer\s+/i, ""));
    return digest ? [digest] : [];
  });
  for (const digest of digests.slice(0, mostLeaks)) ports.reportLeak(digest).catch(() => {});
}

/**
 * Refuses what would start something in a proxy that is about to stop. An agent that comes by way of
 * another proxy is told that its session is over, and starts anew there; what runs in it goes on.
 *
 * @param parsed what was sent; null where nothing is
 * @returns true when the request has its answer
 */
export async function refuseWhileDraining(
  state: ProxyState,
  request: IncomingMessage,
  reply: AgentReply,
  parsed: ParsedMessage | null,
): Promise<boolean> {
  if (!state.isDraining() || (parsed !== null && concludes(parsed))) return false;
  if (request.headers[relayedHeader] === undefined) {
    return busy(reply, "This proxy is about to stop and takes nothing new.");
  }
  await refuseLostSession(reply);
  return true;
}

/** Whether a message answers, cancels or goes on with what runs. */
function concludes(parsed: ParsedMessage): boolean {
  if (parsed.kind !== "request") return true;
  const isModernRequest = metaOf(parsed)?.[metaKeys.protocolVersion] !== undefined;
  return isModernRequest && typeof parsed.message.params?.requestState === "string";
}

/** The path of a request's target, without its query. */
export function pathOf(request: IncomingMessage): string {
  return (request.url ?? "").split("?", 1)[0] ?? "";
}

/** Refuses an HTTP method that nothing here has. */
export async function refuseMethod(request: KnownRequest, allow: string): Promise<void> {
  request.reply.setHeader("allow", allow);
  await refuseRequest(request, "method", methodNotAllowed(allow), 405);
}

/** The same where it is the server that does without, as many do. */
export async function answerWithout(reply: AgentReply, allow: string): Promise<void> {
  reply.setHeader("allow", allow);
  await reply.finish(methodNotAllowed(allow), 405);
}

/** 405 comes with the methods there are (RFC 9110, section 15.5.6). */
function methodNotAllowed(allow: string) {
  return errorAnswer(null, 405, `Only ${allow} are accepted here.`);
}

/** The org or the agent has as much open as it may; others are not affected. */
export async function refuseShare(reply: AgentReply, what: string): Promise<void> {
  reply.setHeader("retry-after", "1");
  const text = `Too many ${what} at once, so nothing was forwarded. Let some end, then try again.`;
  await reply.finish(errorAnswer(null, 429, text), 429);
}

/** 503 for what would last, such as a session or a stream, while the proxy is short of room. */
export async function refuseLasting(reply: AgentReply): Promise<void> {
  await busy(reply, "This proxy has no room for new sessions and streams at the moment.");
}

async function busy(reply: AgentReply, text: string): Promise<true> {
  reply.setHeader("retry-after", "2");
  await reply.finish(errorAnswer(null, 503, `${text} Retry in 2 seconds.`), 503);
  return true;
}

async function refuseEarly(
  { earlyRefusals }: ProxyState,
  reply: AgentReply,
  refusal: HttpRefusal<EarlyReason>,
): Promise<true> {
  earlyRefusals.note(refusal.reason);
  await reply.finish(httpAnswer(refusal), refusal.status);
  return true;
}

/** A request whose revision, or what its headers say of it, cannot be gone by. */
export async function refuseEra(
  request: KnownRequest,
  { id, code, message, data, status }: Extract<EraVerdict, { kind: "refused" }>,
): Promise<void> {
  const reason = code === modernErrors.headerMismatch ? "headers" : "revision";
  const error = { code, message, ...(data ? { data } : {}) };
  await refuseRequest(request, reason, { jsonrpc: "2.0", id, error }, status);
}

/** A request that HTTP already speaks against. */
export async function refuseHttp(
  request: KnownRequest,
  refusal: HttpRefusal<RefusalReason>,
): Promise<void> {
  await refuseRequest(request, refusal.reason, httpAnswer(refusal), refusal.status);
}

/** The JSON-RPC error that says what HTTP speaks against. */
function httpAnswer({ status, message }: HttpRefusal<string>) {
  return errorAnswer(null, status === 413 || status === 415 ? -32600 : status, message);
}

/** A body that is no message of JSON-RPC as MCP uses it. */
export async function refuseMessage(request: KnownRequest, refusal: MessageRefusal): Promise<void> {
  const answer = errorAnswer(refusal.id, refusal.jsonRpcCode, refusal.message);
  await refuseRequest(request, reasonOf(refusal), answer, refusal.httpStatus);
}

function reasonOf({ reason }: MessageRefusal): RefusalReason {
  switch (reason) {
    case "duplicate_key":
    case "forbidden_key":
      return "keys";
    case "invalid_utf8":
    case "byte_order_mark":
    case "not_json":
    case "too_deep":
    case "too_many_values":
    case "number_out_of_range":
    case "invalid_string":
      return "json";
    default:
      return "message";
  }
}
