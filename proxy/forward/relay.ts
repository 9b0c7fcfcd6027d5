import type { RefusalReason } from "#lib/policy/refusal-reasons.ts";
import {
  errorAnswer,
  notFoundAnswer,
  notPermittedAnswer,
  unknownTaskAnswer,
  upstreamErrorAnswer,
} from "#proxy/answer/answers.ts";
import { refuseRequest, refuseSessionEnded } from "#proxy/answer/refuse.ts";
import { type Exchange, findUpstream, upstreamContext } from "#proxy/exchange.ts";
import { judgeAccess, missingTarget, targetOf } from "#proxy/gate/access.ts";
import { takeHeldNotice } from "#proxy/gate/approval-hold.ts";
import { serveApprovalTask } from "#proxy/gate/approval-tasks.ts";
import { isAsk } from "#proxy/gate/ask.ts";
import { serveAsk } from "#proxy/gate/call-tool.ts";
import { firstPageOf, ownTaskPage } from "#proxy/gate/list-tasks.ts";
import { isAgentNotification, isAgentRequest } from "#proxy/gate/methods.ts";
import { renameForServer } from "#proxy/gate/related-task.ts";
import { ownTasks, taskIdOf } from "#proxy/gate/tasks.ts";
import type { JsonRpcNotification, JsonRpcRequest, JsonRpcResponse } from "#proxy/json/json-rpc.ts";
import { openRequestId } from "./correlation.ts";
import { deliver } from "./deliver.ts";

/** Any request but `initialize` and `tools/call`: gated by what it is about, answers are filtered. */
export async function relayRequest(exchange: Exchange, request: JsonRpcRequest): Promise<void> {
  const { access, reply, state } = exchange;
  const { id, method } = request;
  if (!isAgentRequest(method)) {
    const answer = errorAnswer(id, -32601, `Method not found: ${method}`);
    return refuseRequest(exchange, "method", answer);
  }
  if (isAsk(method)) return serveAsk(exchange, method, request);
  if (isTaskRequest(method) && (await serveApprovalTask(exchange, request, relayRequest))) return;
  const refusal = await refusalOf(exchange, request);
  if (refusal !== null) return refuseRequest(exchange, refusal.reason, refusal.answer);
  const own = method === "tasks/list" ? await ownTaskPage(exchange, request) : null;
  if (own !== null && own.nextCursor !== null) {
    return reply.finish({ jsonrpc: "2.0", id, result: { ...own } });
  }
  const sent = own === null ? request : firstPageOf(request);

  const upstream = await findUpstream(exchange);
  if (!upstream) return refuseSessionEnded(exchange, id);
  const answered = state.inFlight.enter(access, id);
  try {
    const upstreamReply = await upstream.send(sent, upstreamContext(exchange));
    if (upstreamReply.kind === "error" && upstreamReply.failure.code === "session_gone") {
      return await refuseSessionEnded(exchange, id);
    }
    const asked = { request, origin: null, ownTasks: own?.tasks ?? [] };
    await deliver(exchange, upstreamReply, asked, (failure) =>
      upstreamErrorAnswer(id, access, failure),
    );
  } finally {
    answered();
  }
}

function isTaskRequest(method: string): boolean {
  return method === "tasks/get" || method === "tasks/result" || method === "tasks/cancel";
}

/** The answer to a request about a prompt, resource or task that the agent may not use, and why. */
async function refusalOf(
  exchange: Exchange,
  request: JsonRpcRequest,
): Promise<{ reason: RefusalReason; answer: JsonRpcResponse } | null> {
  const { gate, access } = exchange;
  const { id, method, params } = request;
  switch (method) {
    case "resources/subscribe":
    case "resources/unsubscribe":
    case "completion/complete": {
      const target = targetOf(request);
      if (target === null) {
        return { reason: "message", answer: errorAnswer(id, -32602, missingTarget(method)) };
      }
      if (gate.observe) return null;
      const { kind, decision } = judgeAccess(gate, target);
      if (kind === "allowed") return null;
      const answer =
        kind === "unknown"
          ? notFoundAnswer(id, method, target)
          : notPermittedAnswer(id, access, target, { ...decision, callId: null });
      return { reason: "access", answer };
    }
    case "tasks/get":
    case "tasks/result":
    case "tasks/cancel": {
      const taskId = taskIdOf(params);
      const isOwn = taskId !== null && (await ownTasks(exchange, [taskId])).has(taskId);
      return isOwn ? null : { reason: "task", answer: unknownTaskAnswer(id) };
    }
    default:
      return null;
  }
}

/** A notification or a response of the agent. Notifications that nobody may send end here. */
export async function relayNotice(
  exchange: Exchange,
  message: JsonRpcNotification | JsonRpcResponse,
): Promise<void> {
  const { reply } = exchange;
  if (await takeHeldNotice(exchange, message)) return reply.empty(202);
  const passed =
    "method" in message ? passedNotice(exchange, message) : answered(exchange, message);
  if (passed === "unasked") {
    const text = "The server did not ask, in this session, the question that this message answers.";
    return refuseRequest(exchange, "unasked", errorAnswer(null, -32600, text), 400);
  }
  if (passed === null) return reply.empty(202);
  (await renameForServer(exchange, passed))?.(passed);
  const upstream = await findUpstream(exchange);
  if (!upstream) return refuseSessionEnded(exchange, null);
  const upstreamReply = await upstream.send(passed, upstreamContext(exchange));
  if (upstreamReply.kind !== "error") return reply.empty(202);
  const { failure } = upstreamReply;
  if (failure.code === "session_gone") return refuseSessionEnded(exchange, null);
  const answer = errorAnswer(null, -32600, failure.message);
  if (failure.code === "uncorrelated") return refuseRequest(exchange, "unasked", answer, 400);
  await reply.finish(answer, 502);
}

/** The notification if it may go on. */
function passedNotice(
  { state, access, gate }: Exchange,
  notice: JsonRpcNotification,
): JsonRpcNotification | null {
  if (!isAgentNotification(notice.method)) return null;
  switch (notice.method) {
    case "notifications/cancelled": {
      // The server's session keeps agents apart; where there is none, this proxy does.
      if (access.session !== null) return notice;
      const requestId = notice.params?.requestId;
      const isOwn =
        (typeof requestId === "string" || typeof requestId === "number") &&
        state.inFlight.has(access, requestId);
      return isOwn ? notice : null;
    }
    case "notifications/roots/list_changed":
      return gate.server.strippedCapabilities.includes("roots") ? null : notice;
    default:
      return notice;
  }
}

/** The answer under the id that the server knows (ADV-025: never to a question nobody asked here). */
function answered(
  { state, access }: Exchange,
  response: JsonRpcResponse,
): JsonRpcResponse | "unasked" {
  const { id } = response;
  const own = id === null ? null : openRequestId(state.ports.correlationKey(), access, id);
  return own === null ? "unasked" : { ...response, id: own };
}
