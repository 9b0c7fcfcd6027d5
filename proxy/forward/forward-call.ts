import { upstreamErrorAnswer, upstreamFailedAnswer } from "#proxy/answer/answers.ts";
import { refuseSessionEnded } from "#proxy/answer/refuse.ts";
import { type Exchange, findUpstream, upstreamContext } from "#proxy/exchange.ts";
import type { Ask } from "#proxy/gate/ask.ts";
import type { JsonRpcRequest } from "#proxy/json/json-rpc.ts";
import type { UpstreamReply } from "#proxy/upstream/types.ts";
import { type Delivered, deliver } from "./deliver.ts";
import { outcomeOf, outcomeOfFailure } from "./outcome.ts";

/**
 * Sends an admitted call on and records what became of it. The admitted object goes up, never the
 * bytes it was parsed from (invariant 2).
 */
export async function forwardCall(
  exchange: Exchange,
  request: JsonRpcRequest,
  ask: Ask,
  callId: string,
): Promise<void> {
  const { state, access } = exchange;
  const upstream = await findUpstream(exchange);
  if (!upstream) {
    state.settle({
      ...settlementOf(exchange, callId, null),
      outcome: "upstream_error",
      detail: "the session's program is not running here; nothing was sent",
    });
    await refuseSessionEnded(exchange, request.id);
    return;
  }
  const sentAt = state.now();
  exchange.reply.forwarded = true;
  const answered = state.inFlight.enter(access, request.id);
  const upstreamReply = await upstream.send(request, upstreamContext(exchange));
  if (upstreamReply.kind === "error" && upstreamReply.failure.code === "session_gone") {
    answered();
    state.settle({
      ...settlementOf(exchange, callId, state.now() - sentAt),
      ...outcomeOfFailure(upstreamReply.failure),
    });
    await refuseSessionEnded(exchange, request.id);
    return;
  }
  const asked = { request, origin: { callId, tool: ask.name } };
  const delivered = await deliver(exchange, upstreamReply, asked, (failure) =>
    ask.method === "tools/call"
      ? upstreamFailedAnswer(request.id, access, callId, failure)
      : upstreamErrorAnswer(request.id, access, failure),
  ).finally(answered);
  state.settle({
    ...settlementOf(exchange, callId, state.now() - sentAt),
    ...verdictOf(delivered, upstreamReply),
    responseBytes: delivered.responseBytes,
    httpStatus: delivered.failure ? (delivered.failure.status ?? null) : statusOf(upstreamReply),
  });
}

function verdictOf({ answer, failure }: Delivered, reply: UpstreamReply) {
  if (answer) return outcomeOf(answer);
  if (failure) return outcomeOfFailure(failure);
  if (reply.kind === "stream") {
    const detail = "the server let go of the call's stream and answers where it is resumed";
    return { outcome: "unknown" as const, detail };
  }
  const detail = "the server took the call without an answer";
  return { outcome: "upstream_error" as const, detail };
}

/** An event stream always comes with 200; a JSON answer may be an error with a status of its own. */
function statusOf(reply: UpstreamReply): number {
  return reply.kind === "json" ? reply.status : 200;
}

function settlementOf(exchange: Exchange, callId: string, upstreamMs: number | null) {
  const totalMs = exchange.state.now() - exchange.receivedAt;
  return {
    orgId: exchange.access.orgId,
    callId,
    httpStatus: null,
    responseBytes: null,
    upstreamMs,
    addedMs: upstreamMs === null ? totalMs : Math.max(0, totalMs - upstreamMs),
  };
}
