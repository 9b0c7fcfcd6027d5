import { CollectedReply } from "#proxy/aggregate/replies.ts";
import { errorAnswer } from "#proxy/answer/answers.ts";
import type { Exchange } from "#proxy/exchange.ts";
import { forwardCall } from "#proxy/forward/forward-call.ts";
import type { JsonRpcRequest, JsonRpcResponse, RequestId } from "#proxy/json/json-rpc.ts";
import type { JsonObject } from "#proxy/json/parse-json.ts";
import { parseStored } from "#proxy/json/read-by-hand.ts";
import { objectOf } from "#proxy/receive/era.ts";
import { admitNow } from "./admit-call.ts";
import { parseAsk } from "./ask.ts";
import { refusal } from "./refusal.ts";
import { relatedTask } from "./task-answers.ts";
import type { ApprovalTask } from "./task-ports.ts";

/** What came of what was to be done about a task. */
export type Settled =
  | { kind: "settled" }
  /** A limit is reached: it waits on, and there is a slot for it after so many milliseconds. */
  | { kind: "limited"; retryAfterMs: number }
  /** The agent has its answer: it may not use this server any more. */
  | { kind: "answered" };

/**
 * Admits and runs the call of a task that this process has taken, in the session of whoever asks for
 * its state. A limit that is reached leaves it waiting.
 *
 * @param id of the request that is being answered
 */
export async function runTask(
  exchange: Exchange,
  task: ApprovalTask,
  id: RequestId,
): Promise<Settled> {
  const { state, access, reply } = exchange;
  const { approvalTasks } = state.ports;
  const end = (answer: JsonRpcResponse) =>
    approvalTasks.end(access.orgId, task.id, {
      state: hasFailed(answer) ? "failed" : "completed",
      answer: JSON.stringify(answer),
    });
  // Written by `open` alone, as the text of params that were accepted.
  const params = parseStored(task.request ?? "{}") as JsonObject;
  const call: JsonRpcRequest = {
    jsonrpc: "2.0",
    id: `callgate.task.${task.id}`,
    method: "tools/call",
    params,
  };
  const ask = parseAsk("tools/call", call);
  if ("kind" in ask) {
    await end(errorAnswer(id, ask.jsonRpcCode, ask.message));
    return { kind: "settled" };
  }
  const collected = new CollectedReply(reply.handOver(), (text) => reply.event(text));
  const inner: Exchange = {
    ...exchange,
    reply: collected,
    bodyBytes: Buffer.byteLength(task.request ?? ""),
    receivedAt: state.now(),
  };
  let admitted: Awaited<ReturnType<typeof admitNow>>;
  try {
    admitted = await admitNow(inner, ask);
  } catch (error) {
    await approvalTasks.giveBack(access.orgId, task.id);
    throw error;
  }
  if (!admitted) {
    await approvalTasks.giveBack(access.orgId, task.id);
    await reply.finish({ ...gone(collected.answer), id }, collected.status);
    return { kind: "answered" };
  }
  const { decision, forward, retryAfterMs } = admitted.recorded;
  if (!forward) {
    if (decision === "limited" && retryAfterMs !== null) {
      await approvalTasks.giveBack(access.orgId, task.id);
      return { kind: "limited", retryAfterMs };
    }
    await end(refusal(inner, call, ask, admitted));
    return { kind: "settled" };
  }
  await forwardCall(inner, call, ask, admitted.callId);
  const { answer } = collected;
  const started = answer !== null && "result" in answer ? objectOf(answer.result.task) : undefined;
  if (typeof started?.taskId === "string") {
    const upstreamTaskId = started.taskId;
    await approvalTasks.end(access.orgId, task.id, { state: "started", upstreamTaskId });
  } else {
    await end(answer ?? errorAnswer(id, -32_603, "The server took the call without an answer."));
  }
  return { kind: "settled" };
}

/** Asks the server for the state of what was started, and tells of it under our id. */
export async function askStartedTask(
  { reply, ...exchange }: Exchange,
  request: JsonRpcRequest,
  taskId: string,
  upstreamTaskId: string,
  relay: (exchange: Exchange, request: JsonRpcRequest) => Promise<void>,
): Promise<void> {
  const collected = new CollectedReply(reply.handOver(), (text) => reply.event(text));
  const params = { ...request.params, taskId: upstreamTaskId };
  await relay({ ...exchange, reply: collected }, { ...request, params });
  const answer = gone(collected.answer);
  if ("result" in answer) {
    const { result } = answer;
    if (result.taskId === upstreamTaskId) result.taskId = taskId;
    if (request.method === "tasks/result") {
      result._meta = { ...objectOf(result._meta), [relatedTask]: { taskId } };
    }
  }
  await reply.finish(answer, collected.status);
}

function gone(answer: JsonRpcResponse | null): JsonRpcResponse {
  return answer ?? errorAnswer(null, -32_603, "The server took the request without an answer.");
}

function hasFailed(answer: JsonRpcResponse): boolean {
  return "error" in answer || answer.result.isError === true;
}
