import type { IncomingMessage } from "node:http";
import { errorAnswer } from "#proxy/answer/answers.ts";
import { refuseAccess } from "#proxy/answer/refuse.ts";
import type { AgentReply } from "#proxy/answer/respond.ts";
import type { ProxyState } from "#proxy/exchange.ts";
import type { ParsedMessage } from "#proxy/json/json-rpc.ts";
import { relayedHeader } from "#proxy/peers/peers.ts";
import { corsHeaders, isPreflight, preflightHeaders } from "./cors.ts";
import { type EraVerdict, metaKeys, metaOf } from "./era.ts";
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
  if (refused) return answer(reply, refused);
  for (const [name, value] of Object.entries(corsHeaders(request))) reply.setHeader(name, value);
  if (isPreflight(request)) {
    reply.empty(204, preflightHeaders(request));
    return true;
  }
  const misplaced = checkQuery(request);
  if (misplaced) {
    reply.setHeader("www-authenticate", 'Bearer realm="callgate", error="invalid_request"');
    noteLeaks(state, misplaced.values);
    return answer(reply, misplaced.refusal);
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
  await refuseAccess(reply, { kind: "session_ended" });
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

/** 405 with the methods there are (RFC 9110, section 15.5.6). */
export async function refuseMethod(reply: AgentReply, allow: string): Promise<void> {
  reply.setHeader("allow", allow);
  await reply.finish(errorAnswer(null, 405, `Only ${allow} are accepted here.`), 405);
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

async function answer(reply: AgentReply, refusal: HttpRefusal): Promise<true> {
  await refuseHttp(reply, refusal);
  return true;
}

/** A request whose revision, or what its headers say of it, cannot be gone by. */
export async function refuseEra(
  reply: AgentReply,
  { id, code, message, data, status }: Extract<EraVerdict, { kind: "refused" }>,
): Promise<void> {
  const error = { code, message, ...(data ? { data } : {}) };
  await reply.finish({ jsonrpc: "2.0", id, error }, status);
}

/** A request that HTTP already speaks against, with the JSON-RPC error that says so. */
export async function refuseHttp(reply: AgentReply, refusal: HttpRefusal): Promise<void> {
  const code = refusal.status === 413 || refusal.status === 415 ? -32600 : refusal.status;
  await reply.finish(errorAnswer(null, code, refusal.message), refusal.status);
}
