import type { IncomingMessage } from "node:http";
import { errorAnswer } from "#proxy/answer/answers.ts";
import type { AgentReply } from "#proxy/answer/respond.ts";
import type { ProxyState } from "#proxy/exchange.ts";
import { corsHeaders, isPreflight, preflightHeaders } from "./cors.ts";
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
    return answer(reply, misplaced);
  }
  if (state.isDraining()) {
    reply.setHeader("connection", "close");
    return busy(reply, "This proxy is about to stop and takes nothing new.");
  }
  // Ending a session frees room, so it is never refused for the lack of it.
  if (state.pressure() === "critical" && request.method !== "DELETE") {
    return busy(reply, "This proxy has no room for more at the moment, so nothing was forwarded.");
  }
  return false;
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

/** A request that HTTP already speaks against, with the JSON-RPC error that says so. */
export async function refuseHttp(reply: AgentReply, refusal: HttpRefusal): Promise<void> {
  const code = refusal.status === 413 || refusal.status === 415 ? -32600 : refusal.status;
  await reply.finish(errorAnswer(null, code, refusal.message), refusal.status);
}
