import {
  approvalAnswer,
  deniedAnswer,
  errorAnswer,
  limitedAnswer,
  type Refused,
  unknownToolAnswer,
  upstreamFailedAnswer,
} from "./answers.ts";
import { holdForApproval } from "./approval-hold.ts";
import { deliver } from "./deliver.ts";
import { type Exchange, upstreamContext } from "./exchange.ts";
import { type JsonRpcRequest, parseToolCall, type ToolCall } from "./json/json-rpc.ts";
import { judge } from "./judge.ts";
import { outcomeOf, outcomeOfFailure } from "./outcome.ts";
import type { ApprovalNews, Recorded } from "./ports.ts";
import { refuseAccess, refuseSessionEnded } from "./refuse.ts";
import type { UpstreamReply } from "./upstream/types.ts";

interface Admitted {
  callId: string;
  recorded: Recorded;
}

/** `tools/call`: gate, admit, forward, settle. Whatever is refused is answered here. */
export async function callTool(exchange: Exchange, request: JsonRpcRequest): Promise<void> {
  const { reply } = exchange;
  const call = parseToolCall(request);
  if ("kind" in call) {
    await reply.finish(errorAnswer(request.id, call.jsonRpcCode, call.message), call.httpStatus);
    return;
  }
  if (request.params?.task !== undefined) {
    const text = "Task-augmented calls are not accepted; send the call without params.task.";
    await reply.finish(errorAnswer(request.id, -32602, text));
    return;
  }
  let admitted = await admitCall(exchange, call);
  if (admitted?.recorded.decision === "approval" && !admitted.recorded.forward) {
    admitted = await awaitApproval(exchange, request, call, admitted);
  }
  if (!admitted) return;
  if (admitted.recorded.forward) await forwardCall(exchange, request, admitted.callId);
  else await refuseCall(exchange, request, call, admitted);
}

/**
 * Judges and admits until the judgement rests on what is true now. Null: the agent was answered,
 * because it may not use this server any more.
 */
async function admitCall(exchange: Exchange, call: ToolCall): Promise<Admitted | null> {
  const { state, reply } = exchange;
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const callId = state.ports.newId();
    const request = judge(exchange.gate, exchange.access, call, {
      callId,
      newId: state.ports.newId,
      requestBytes: exchange.bodyBytes,
      auditKey: state.ports.auditKey(exchange.access.orgId),
    });
    const answer = await state.admission.add(request);
    if (answer.kind === "recorded") return { callId, recorded: answer };

    const found = await state.authenticator.find(exchange.presented);
    if (found.kind !== "access") {
      await refuseAccess(reply, found);
      return null;
    }
    const gate = await state.gates.reload(found.access);
    if (!gate) {
      await refuseAccess(reply, { kind: "not_granted" });
      return null;
    }
    exchange.access = found.access;
    exchange.gate = gate;
  }
  throw new Error("the policy changed faster than the call could be judged");
}

/** Holds the call for a person; when approved in time it is judged and admitted anew. */
async function awaitApproval(
  exchange: Exchange,
  request: JsonRpcRequest,
  call: ToolCall,
  waiting: Admitted,
): Promise<Admitted | null> {
  const { state, reply, access } = exchange;
  const { approvalId } = waiting.recorded;
  if (approvalId === null || state.config.approvalHoldMs === 0) return waiting;
  const token = progressToken(request);
  const heldFrom = state.now();
  let told = 0;
  const news = await holdForApproval(state.ports, {
    orgId: access.orgId,
    approvalId,
    milliseconds: state.config.approvalHoldMs,
    gone: () => reply.gone,
    now: state.now,
    tick: async (elapsedMs) => {
      if (token === null) return;
      told += 1;
      const message = `Waiting for approval ${approvalId} for ${Math.round(elapsedMs / 1000)} s`;
      // Far below any progress the server itself will report, so that it only ever increases.
      const params = { progressToken: token, progress: told / 1_000_000, message };
      await reply.event(
        JSON.stringify({ jsonrpc: "2.0", method: "notifications/progress", params }),
      );
    },
  });
  if (reply.gone) return null;
  // What a person took is not what the proxy added.
  exchange.receivedAt += state.now() - heldFrom;
  return afterHold(exchange, call, waiting, news);
}

async function afterHold(
  exchange: Exchange,
  call: ToolCall,
  waiting: Admitted,
  news: ApprovalNews,
): Promise<Admitted | null> {
  switch (news.state) {
    case "approved":
      return admitCall(exchange, call);
    case "denied":
      return {
        callId: waiting.callId,
        recorded: { ...waiting.recorded, decision: "denied", reason: news.note ?? null },
      };
    default:
      return waiting;
  }
}

async function refuseCall(
  exchange: Exchange,
  request: JsonRpcRequest,
  call: ToolCall,
  { callId, recorded }: Admitted,
): Promise<void> {
  const { reply, access, state } = exchange;
  const refused: Refused = { id: request.id, access, tool: call.name, callId, recorded };
  switch (recorded.decision) {
    case "hidden":
      return reply.finish(unknownToolAnswer(request.id, call.name));
    case "limited":
      return reply.finish(limitedAnswer(refused));
    case "approval":
      return reply.finish(approvalAnswer(refused, state.config.publicUrl));
    case "denied":
    case "allowed":
      return reply.finish(deniedAnswer(refused));
  }
}

/** The admitted object goes up, never the bytes it was parsed from (invariant 2). */
async function forwardCall(
  exchange: Exchange,
  request: JsonRpcRequest,
  callId: string,
): Promise<void> {
  const { state, access, gate } = exchange;
  const upstream = await state.upstreams.find(gate.server, access.session);
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
  const upstreamReply = await upstream.send(request, upstreamContext(exchange));
  if (upstreamReply.kind === "error" && upstreamReply.failure.code === "session_gone") {
    state.settle({
      ...settlementOf(exchange, callId, state.now() - sentAt),
      ...outcomeOfFailure(upstreamReply.failure),
    });
    await refuseSessionEnded(exchange, request.id);
    return;
  }
  const delivered = await deliver(exchange, upstreamReply, request.id, (failure) =>
    upstreamFailedAnswer(request.id, access, callId, failure),
  );
  const verdict = delivered.answer
    ? outcomeOf(delivered.answer)
    : delivered.failure
      ? outcomeOfFailure(delivered.failure)
      : {
          outcome: "upstream_error" as const,
          detail: "the server took the call without an answer",
        };
  state.settle({
    ...settlementOf(exchange, callId, state.now() - sentAt),
    ...verdict,
    responseBytes: delivered.responseBytes,
    httpStatus: delivered.failure ? (delivered.failure.status ?? null) : statusOf(upstreamReply),
  });
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

function progressToken(request: JsonRpcRequest): string | number | null {
  const meta = request.params?._meta;
  if (typeof meta !== "object" || meta === null || Array.isArray(meta)) return null;
  const token = meta.progressToken;
  return typeof token === "string" || typeof token === "number" ? token : null;
}
