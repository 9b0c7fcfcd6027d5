import { errorAnswer, upstreamErrorAnswer } from "./answers.ts";
import { deliver } from "./deliver.ts";
import { type Exchange, upstreamContext } from "./exchange.ts";
import type { JsonRpcNotification, JsonRpcRequest, JsonRpcResponse } from "./json/json-rpc.ts";
import { isKnownNotification, isKnownRequest } from "./methods.ts";
import { refuseSessionEnded } from "./refuse.ts";

/** Any request but `initialize` and `tools/call`: passes as it is, answers are filtered. */
export async function relayRequest(exchange: Exchange, request: JsonRpcRequest): Promise<void> {
  const { state, gate, access, reply } = exchange;
  if (!isKnownRequest(request.method)) {
    await reply.finish(errorAnswer(request.id, -32601, `Method not found: ${request.method}`));
    return;
  }
  const upstream = await state.upstreams.find(gate.server, access.session);
  if (!upstream) return refuseSessionEnded(exchange, request.id);
  const upstreamReply = await upstream.send(request, upstreamContext(exchange));
  if (upstreamReply.kind === "error" && upstreamReply.failure.code === "session_gone") {
    return refuseSessionEnded(exchange, request.id);
  }
  await deliver(exchange, upstreamReply, request.id, (failure) =>
    upstreamErrorAnswer(request.id, access, failure),
  );
}

/** A notification or a response of the agent. Unknown notifications end here. */
export async function relayNotice(
  exchange: Exchange,
  message: JsonRpcNotification | JsonRpcResponse,
): Promise<void> {
  const { state, gate, access, reply } = exchange;
  if ("method" in message && !isKnownNotification(message.method)) return reply.empty(202);
  const upstream = await state.upstreams.find(gate.server, access.session);
  if (!upstream) return refuseSessionEnded(exchange, null);
  const upstreamReply = await upstream.send(message, upstreamContext(exchange));
  if (upstreamReply.kind !== "error") return reply.empty(202);
  const { failure } = upstreamReply;
  if (failure.code === "session_gone") return refuseSessionEnded(exchange, null);
  const status = failure.code === "uncorrelated" ? 400 : 502;
  await reply.finish(errorAnswer(null, -32600, failure.message), status);
}

/** GET: the stream of messages that belong to no request; lists on it are filtered as well. */
export async function relayStream(exchange: Exchange): Promise<void> {
  const { state, gate, access, headers, reply } = exchange;
  const upstream = await state.upstreams.find(gate.server, access.session);
  if (!upstream) return refuseSessionEnded(exchange, null);
  const lastEventId = headers["last-event-id"];
  const upstreamReply = await upstream.openStream({
    ...upstreamContext(exchange),
    ...(typeof lastEventId === "string" ? { lastEventId } : {}),
  });
  if (upstreamReply.kind === "error") {
    const { failure } = upstreamReply;
    if (failure.code === "session_gone") return refuseSessionEnded(exchange, null);
    if (failure.status === 405) return reply.empty(405, { allow: "POST" });
    const answer = errorAnswer(null, -32603, `Server "${access.serverSlug}" opened no stream.`);
    return reply.finish(answer, failure.status === 400 ? 400 : 502);
  }
  const keepAlive = setInterval(() => reply.comment(), 15_000);
  const untrack = state.trackStream(() => reply.endStream());
  try {
    await deliver(exchange, upstreamReply, null, (failure) =>
      upstreamErrorAnswer(0, access, failure),
    );
  } finally {
    clearInterval(keepAlive);
    untrack();
  }
}

/** DELETE: ends our session for every process and tells the upstream. */
export async function endAgentSession(exchange: Exchange): Promise<void> {
  const { state, gate, access, reply } = exchange;
  if (!access.session) return reply.empty(405, { allow: "POST" });
  await state.ports.endSession(access.orgId, access.session.id);
  const upstream = await state.upstreams.find(gate.server, access.session);
  await upstream?.endSession(upstreamContext(exchange));
  await state.upstreams.release(access.session.id);
  reply.empty(200);
}
