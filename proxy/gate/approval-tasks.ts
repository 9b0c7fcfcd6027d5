import {
  approvalLink,
  deniedAnswer,
  errorAnswer,
  unknownTaskAnswer,
} from "#proxy/answer/answers.ts";
import type { Exchange } from "#proxy/exchange.ts";
import type { JsonRpcRequest, JsonRpcResponse, RequestId } from "#proxy/json/json-rpc.ts";
import type { JsonObject } from "#proxy/json/parse-json.ts";
import { parseStored } from "#proxy/json/read-by-hand.ts";
import { objectOf } from "#proxy/receive/era.ts";
import type { Admitted } from "./admit-call.ts";
import type { Ask } from "./ask.ts";
import { askStartedTask, relatedTask, runTask } from "./run-task.ts";
import type { ApprovalTask } from "./task-ports.ts";
import { isHidden, taskIdOf } from "./tasks.ts";

/** Begins our own tasks' ids; what follows is a UUID. */
const idPrefix = "callgate.approval-task.";
const pollMilliseconds = 5_000;

/**
 * The answer to a call that asks to be run as a task and has to wait for a person: a task, at once.
 * It is `working`, because what is awaited is not the client's to give; the call runs when the agent
 * asks for its state after it was approved.
 */
export async function openTask(
  { state, access }: Exchange,
  request: JsonRpcRequest,
  ask: Ask,
  { callId, approvalId }: { callId: string; approvalId: string },
): Promise<JsonRpcResponse> {
  const id = state.ports.newId();
  const { orgId, serverId, agentId } = access;
  const createdAt = await state.ports.approvalTasks.open({
    orgId,
    id,
    serverId,
    agentId,
    approvalId,
    callId,
    tool: ask.name,
    request: JSON.stringify(request.params ?? {}),
  });
  const link = approvalLink(state.config.publicUrl, access, approvalId);
  const task = shown(
    { id, createdAt, updatedAt: createdAt },
    state.ports.approvalTasks.keptSeconds,
    "working",
    waitingText(link),
  );
  const _meta = {
    "io.modelcontextprotocol/model-immediate-response": `${ask.name} on server "${access.serverSlug}" waits for a person's approval at ${link} . It has not run yet.`,
  };
  return { jsonrpc: "2.0", id: request.id, result: { task, _meta } };
}

/**
 * `tasks/get`, `tasks/result` and `tasks/cancel` of a task of ours.
 *
 * @param relay passes a request on, for what has become a task of the server's
 * @returns false when it is about none of ours
 */
export async function serveApprovalTask(
  exchange: Exchange,
  request: JsonRpcRequest,
  relay: (exchange: Exchange, request: JsonRpcRequest) => Promise<void>,
): Promise<boolean> {
  const { state, access, reply } = exchange;
  const taskId = taskIdOf(request.params);
  const id = taskId?.startsWith(idPrefix) ? taskId.slice(idPrefix.length) : null;
  if (id === null || !uuid.test(id)) return false;
  const { orgId } = access;
  const read = async () => {
    const task = await state.ports.approvalTasks.find(access, id);
    return task === null || isHidden(exchange.gate, task.tool) ? null : task;
  };
  let task = await read();
  if (task === null) {
    await reply.finish(unknownTaskAnswer(request.id));
    return true;
  }
  if (request.method === "tasks/cancel" && task.state !== "started") {
    const isCancelled = await state.ports.approvalTasks.cancel(orgId, id);
    const now = await read();
    await reply.finish(cancelAnswer(exchange, request.id, now ?? task, isCancelled));
    return true;
  }
  if (request.method === "tasks/result") task = await awaitDecision(exchange, task, read);
  if (task !== null && isDue(task)) {
    if (!(await settleTask(exchange, task, request.id))) return true;
    task = await read();
  }
  if (task === null) {
    await reply.finish(unknownTaskAnswer(request.id));
  } else if (task.state === "started" && task.upstreamTaskId !== null) {
    await askStartedTask(exchange, request, idPrefix + id, task.upstreamTaskId, relay);
  } else {
    await reply.finish(
      request.method === "tasks/result"
        ? resultAnswer(exchange, request.id, task)
        : { jsonrpc: "2.0", id: request.id, result: stateOf(exchange, task) },
    );
  }
  return true;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether something has to be done about the task now. */
function isDue({ state, isLost, approval }: ApprovalTask): boolean {
  return isLost || (state === "waiting" && approval.state !== "pending");
}

/**
 * Does what the decision asks for: what was denied ends, and everything else is judged anew by what
 * holds now. False: the agent was answered, because it may not use this server any more.
 */
async function settleTask(exchange: Exchange, task: ApprovalTask, id: RequestId): Promise<boolean> {
  const { state, access } = exchange;
  const { approvalTasks } = state.ports;
  if (task.isLost) {
    const text = "The call was approved, and the proxy that ran it stopped. ";
    const lost = errorAnswer(id, -32_603, `${text}It may or may not have been performed.`);
    await approvalTasks.end(access.orgId, task.id, {
      state: "failed",
      answer: JSON.stringify(lost),
    });
    return true;
  }
  if (task.approval.state === "denied") {
    const answer = deniedAnswer(refusedOf(exchange, task, id));
    const end = { state: "failed", answer: JSON.stringify(answer) } as const;
    await approvalTasks.end(access.orgId, task.id, end);
    return true;
  }
  return (await approvalTasks.take(access.orgId, task.id)) ? runTask(exchange, task, id) : true;
}

/** Waits a while for the person, as a held call does; `tasks/result` is asked to wait. */
async function awaitDecision(
  { state, reply }: Exchange,
  task: ApprovalTask,
  read: () => Promise<ApprovalTask | null>,
): Promise<ApprovalTask | null> {
  const until = state.now() + state.config.approvalHoldMs;
  let now: ApprovalTask | null = task;
  while (now !== null && !isDue(now) && (now.state === "waiting" || now.state === "running")) {
    const left = until - state.now();
    if (left <= 0 || reply.gone) return now;
    await state.ports.approvalMayHaveChanged(task.approvalId, Math.min(left, 1_000));
    now = await read();
  }
  return now;
}

function refusedOf({ access }: Exchange, { tool, callId, approval }: ApprovalTask, id: RequestId) {
  const recorded: Admitted["recorded"] = {
    kind: "recorded",
    decision: "denied",
    forward: false,
    rule: approval.rule,
    reason: approval.note,
    retryAfterMs: null,
    limit: null,
    approvalId: null,
  };
  return { id, access, tool, callId, recorded };
}

/** The task as `tasks/get` tells of it. */
function stateOf({ state, access }: Exchange, task: ApprovalTask): JsonObject {
  const told = (status: string, message: string) =>
    shown(task, state.ports.approvalTasks.keptSeconds, status, message);
  switch (task.state) {
    case "waiting":
      return told(
        "working",
        waitingText(approvalLink(state.config.publicUrl, access, task.approvalId)),
      );
    case "running":
    case "started":
      return told("working", "Approved; the call is under way.");
    case "completed":
      return told("completed", "Approved; the call has run.");
    case "failed":
      return told("failed", failureText(task.answer));
    case "cancelled":
      return told("cancelled", "Cancelled; the request for approval was withdrawn.");
  }
}

function resultAnswer(exchange: Exchange, id: RequestId, task: ApprovalTask): JsonRpcResponse {
  if (task.answer === null) {
    const { statusMessage } = stateOf(exchange, task);
    return errorAnswer(id, -32_603, `There is no result. ${statusMessage}`);
  }
  // Written by `end` alone, as the text of a response.
  const answer = parseStored(task.answer) as unknown as JsonRpcResponse;
  if ("error" in answer) return { ...answer, id };
  const related = {
    ...objectOf(answer.result._meta),
    [relatedTask]: { taskId: idPrefix + task.id },
  };
  return { jsonrpc: "2.0", id, result: { ...answer.result, _meta: related } };
}

function cancelAnswer(
  exchange: Exchange,
  id: RequestId,
  task: ApprovalTask,
  isCancelled: boolean,
): JsonRpcResponse {
  const result = stateOf(exchange, task);
  if (isCancelled) return { jsonrpc: "2.0", id, result };
  const text = `This task cannot be cancelled any more: it is ${result.status}.`;
  return errorAnswer(id, -32_602, text);
}

function shown(
  { id, createdAt, updatedAt }: Pick<ApprovalTask, "id" | "createdAt" | "updatedAt">,
  keptSeconds: number,
  status: string,
  statusMessage: string,
): JsonObject {
  return {
    taskId: idPrefix + id,
    status,
    statusMessage,
    createdAt: createdAt.toISOString(),
    lastUpdatedAt: updatedAt.toISOString(),
    ttl: keptSeconds * 1_000,
    pollInterval: pollMilliseconds,
  };
}

function waitingText(link: string): string {
  return `Waits for a person's approval at ${link} . The call has not run.`;
}

/** What the answer says, for clients that only show a failed task's message. */
function failureText(answer: string | null): string {
  if (answer === null) return "The call failed.";
  const response = parseStored(answer) as unknown as JsonRpcResponse;
  if ("error" in response) return response.error.message;
  const { content } = response.result;
  const first = Array.isArray(content) ? objectOf(content[0]) : undefined;
  return typeof first?.text === "string" ? first.text.slice(0, 1_000) : "The call failed.";
}
