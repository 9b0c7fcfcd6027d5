import { errorAnswer, upstreamErrorAnswer, upstreamFailedAnswer } from "#proxy/answer/answers.ts";
import { refuseSessionEnded } from "#proxy/answer/refuse.ts";
import { type Exchange, findUpstream, upstreamContext } from "#proxy/exchange.ts";
import type { Ask } from "#proxy/gate/ask.ts";
import type { JsonRpcRequest } from "#proxy/json/json-rpc.ts";
import type { Settlement } from "#proxy/ports.ts";
import type { Readmission, Upstream, UpstreamReply } from "#proxy/upstream/types.ts";
import { type Delivered, deliver } from "./deliver.ts";
import { outcomeOf, outcomeOfFailure } from "./outcome.ts";
import { readmit } from "./readmit.ts";

/** The call on record that stands for what runs at the server; null when nothing admitted runs. */
interface Running {
  /** As which it was first admitted. */
  readonly firstCallId: string;
  callId: string | null;
  sentAt: number;
}

/**
 * Sends an admitted call on and records what became of it. The admitted object goes up, never the
 * bytes it was parsed from (invariant 2). Where it is translated and has to be sent again with the
 * agent's answers, each time is admitted and recorded as a call of its own (invariant 1).
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
    state.settle({ ...settlementOf(exchange, callId, null), ...notRunningHere });
    await refuseSessionEnded(exchange, request.id);
    return;
  }
  const running: Running = { firstCallId: callId, callId, sentAt: state.now() };
  exchange.reply.forwarded = true;
  const answered = state.inFlight.enter(access, request.id);
  try {
    await relayCall(exchange, request, ask, upstream, running);
  } catch (error) {
    const detail = "the call was sent, and what it came to could not be passed on";
    settleCall(exchange, running, { outcome: "unknown", detail });
    throw error;
  } finally {
    answered();
  }
}

async function relayCall(
  exchange: Exchange,
  request: JsonRpcRequest,
  ask: Ask,
  upstream: Upstream,
  running: Running,
): Promise<void> {
  const { access } = exchange;
  const { firstCallId } = running;
  const upstreamReply = await upstream.send(request, {
    ...upstreamContext(exchange),
    readmit: () => goOn(exchange, request, ask, upstream, running),
  });
  if (upstreamReply.kind === "error" && upstreamReply.failure.code === "session_gone") {
    settleCall(exchange, running, outcomeOfFailure(upstreamReply.failure));
    await refuseSessionEnded(exchange, request.id);
    return;
  }
  const asked = { request, origin: { callId: firstCallId, tool: ask.name } };
  const delivered = await deliver(exchange, upstreamReply, asked, (failure) =>
    ask.method === "tools/call"
      ? upstreamFailedAnswer(request.id, access, running.callId ?? firstCallId, failure)
      : upstreamErrorAnswer(request.id, access, failure),
  );
  settleCall(exchange, running, {
    ...verdictOf(delivered, upstreamReply),
    responseBytes: delivered.responseBytes,
    httpStatus: delivered.failure ? (delivered.failure.status ?? null) : statusOf(upstreamReply),
  });
}

/** Records what became of the call that runs, once. */
function settleCall(
  exchange: Exchange,
  running: Running,
  verdict: Pick<Settlement, "outcome" | "detail"> & Partial<Settlement>,
): void {
  const { callId, sentAt } = running;
  if (callId === null) return;
  const { state } = exchange;
  state.settle({ ...settlementOf(exchange, callId, state.now() - sentAt), ...verdict });
  running.callId = null;
}

/** The server has answered with a question: that call is over, and the one that brings the answer begins. */
async function goOn(
  exchange: Exchange,
  request: JsonRpcRequest,
  ask: Ask,
  upstream: Upstream,
  running: Running,
): Promise<Readmission | null> {
  const { state } = exchange;
  const detail = "the server asked back";
  settleCall(exchange, running, { outcome: "ok", detail, httpStatus: 200 });
  const callId = await readmit(exchange, request, ask);
  if (callId === null) return null;
  if ((await findUpstream(exchange)) !== upstream) {
    state.settle({ ...settlementOf(exchange, callId, null), ...notRunningHere });
    const text = "The server's settings changed while it was asking. Start a new session.";
    await exchange.reply.finish(errorAnswer(request.id, -32_603, text));
    return null;
  }
  running.callId = callId;
  running.sentAt = state.now();
  return { strippedCapabilities: exchange.gate.server.strippedCapabilities };
}

const notRunningHere = {
  outcome: "upstream_error",
  detail: "the session's program is not running here; nothing was sent",
} as const;

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
