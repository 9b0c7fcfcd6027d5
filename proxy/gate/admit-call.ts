import { refuseAccess } from "#proxy/answer/refuse.ts";
import type { Exchange } from "#proxy/exchange.ts";
import type { JsonRpcRequest } from "#proxy/json/json-rpc.ts";
import { approvalQuestion } from "#proxy/modern/approval-question.ts";
import type { ApprovalNews, Recorded } from "#proxy/ports.ts";
import { findTooOld, refuseTooOld } from "#proxy/receive/minimum.ts";
import { addWhenFree } from "./add-when-free.ts";
import { holdCall } from "./approval-hold.ts";
import type { Ask } from "./ask.ts";
import { judge } from "./judge.ts";
import { asksForTask } from "./tasks.ts";

/** A call that stands in the record. */
export interface Admitted {
  callId: string;
  recorded: Recorded;
  /** The options of the rule that wants a person's approval; null when none does. */
  options: unknown;
}

/**
 * Judges and admits until the judgement rests on what is true now, and waits a while for a person
 * where a rule wants one. Null: the agent was answered, or has gone.
 */
export async function admit(
  exchange: Exchange,
  request: JsonRpcRequest,
  ask: Ask,
): Promise<Admitted | null> {
  const admitted = await admitNow(exchange, ask);
  const waits = admitted?.recorded.decision === "approval" && !admitted.recorded.forward;
  return waits && !asksForTask(exchange, request, ask)
    ? awaitApproval(exchange, request, ask, admitted)
    : admitted;
}

/**
 * Judges and admits until the judgement rests on what is true now. Null: the agent may not use this
 * server any more and was told so, or the request is to be begun anew.
 */
export async function admitNow(exchange: Exchange, ask: Ask): Promise<Admitted | null> {
  const { state, reply } = exchange;
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const callId = state.ports.newId();
    const request = judge(exchange.gate, exchange.access, ask, {
      callId,
      newId: state.ports.newId,
      requestBytes: exchange.bodyBytes,
      auditKey: state.ports.auditKey(exchange.access.orgId),
    });
    const answer = await addWhenFree(state.admission, request);
    if (answer.kind === "unrecordable") throw new Error("the call cannot be recorded");
    if (answer.kind === "recorded") {
      return { callId, recorded: answer, options: request.approval?.options ?? null };
    }

    const found = await state.authenticator.find(exchange.presented);
    const gate = found.kind === "access" ? await state.gates.reload(found.access) : null;
    if (found.kind !== "access" || gate === null) {
      if (exchange.outdated) exchange.outdated();
      else if (found.kind !== "access") await refuseAccess(exchange, found);
      else await refuseAccess(exchange, { kind: "not_granted", sender: found.access });
      return null;
    }
    exchange.access = found.access;
    exchange.gate = gate;
    const tooOld = findTooOld(exchange.access, exchange);
    if (tooOld) {
      if (exchange.outdated) exchange.outdated();
      else await refuseTooOld(exchange, tooOld, reply.requestId);
      return null;
    }
  }
  throw new Error("the policy changed faster than the call could be judged");
}

/**
 * Holds the call for a person; when approved in time it is judged and admitted anew. A modern client
 * that opens URLs is asked to open the request's page first.
 */
async function awaitApproval(
  exchange: Exchange,
  request: JsonRpcRequest,
  ask: Ask,
  waiting: Admitted,
): Promise<Admitted | null> {
  const { state } = exchange;
  const { callId, options } = waiting;
  const { approvalId } = waiting.recorded;
  if (approvalId === null || exchange.approvalAsked === "declined") return waiting;
  const question = approvalQuestion(exchange, request, { approvalId, tool: ask.name, options });
  if (question !== null) {
    await exchange.reply.finish(question);
    return null;
  }
  if (state.config.approvalHoldMs === 0) return waiting;
  // What was held is not begun anew, which could hold it twice.
  delete exchange.outdated;
  const heldFrom = state.now();
  const news = await holdCall(exchange, request, { callId, approvalId, tool: ask.name, options });
  if (news === null) return null;
  // What a person took is not what the proxy added.
  exchange.receivedAt += state.now() - heldFrom;
  return afterHold(exchange, ask, waiting, news);
}

async function afterHold(
  exchange: Exchange,
  ask: Ask,
  waiting: Admitted,
  news: ApprovalNews,
): Promise<Admitted | null> {
  switch (news.state) {
    case "approved":
    // What it was bound to has changed, or it lapsed: what holds now decides.
    case "void":
    case "expired":
      return admitNow(exchange, ask);
    case "denied":
      return {
        ...waiting,
        recorded: { ...waiting.recorded, decision: "denied", reason: news.note ?? null },
      };
    default:
      return waiting;
  }
}
