import {
  approvalLink,
  deniedAnswer,
  errorAnswer,
  unknownTaskAnswer,
} from "#proxy/answer/answers.ts";
import { refuseRequest } from "#proxy/answer/refuse.ts";
import type { Exchange } from "#proxy/exchange.ts";
import type { JsonRpcRequest, JsonRpcResponse, RequestId } from "#proxy/json/json-rpc.ts";
import type { Admitted } from "./admit-call.ts";
import type { Ask } from "./ask.ts";
import { awaitTask, isDue } from "./await-task.ts";
import { askStartedTask, runTask, type Settled } from "./run-task.ts";
import { cancelAnswer, idPrefix, openedTask, resultAnswer, stateOf } from "./task-answers.ts";
import type { ApprovalTask } from "./task-ports.ts";
import { isHidden, ownTaskId, taskIdOf } from "./tasks.ts";

/**
 * The answer to a call that asks to be run as a task and has to wait for a person: a task, at once.
 * It is `working`, because what is awaited is not the client's to give.
 *
 * Approved, the call runs in the first of the agent's requests about the task: in a `tasks/result` that
 * waits already, at once; else in the next `tasks/get` or `tasks/result`. No proxy runs it by itself:
 * only such a request brings the agent's session with the server (of a program, the one proxy that
 * has it), its token for admission to prove, and somebody for the server to ask questions of.
 *
 * @returns null when the agent has as many tasks open as it may: the request for approval waits all the same
 */
export async function openTask(
  exchange: Exchange,
  request: JsonRpcRequest,
  ask: Ask,
  { callId, approvalId }: { callId: string; approvalId: string },
): Promise<JsonRpcResponse | null> {
  const { state, access } = exchange;
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
  if (createdAt === null) return null;
  const link = approvalLink(state.config.publicUrl, access, approvalId);
  const task = openedTask(exchange, id, createdAt, link);
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
  const { state, reply } = exchange;
  const id = ownTaskId(taskIdOf(request.params));
  if (id === null) return false;
  const read = () => readTask(exchange, id);
  let task = await read();
  if (task !== null && request.method === "tasks/cancel" && task.state !== "started") {
    const isCancelled = await state.ports.approvalTasks.cancel(exchange.access.orgId, id);
    const now = await read();
    await reply.finish(cancelAnswer(exchange, request.id, now ?? task, isCancelled));
    return true;
  }
  const settle = (due: ApprovalTask) => settleTask(exchange, due, request.id);
  if (task !== null && request.method === "tasks/result") {
    const awaited = await awaitTask(exchange, request, task, read, settle);
    if (awaited === "answered") return true;
    task = awaited;
  } else if (task !== null && isDue(task)) {
    if ((await settle(task)).kind === "answered") return true;
    task = await read();
  }
  if (task === null) {
    await refuseRequest(exchange, "task", unknownTaskAnswer(request.id));
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

/** The agent's task, unless its tool is hidden by now. */
async function readTask(exchange: Exchange, id: string): Promise<ApprovalTask | null> {
  const { state, access, gate } = exchange;
  const task = await state.ports.approvalTasks.find(access, id);
  return task === null || isHidden(gate, task.tool) ? null : task;
}

/**
 * Does what the decision asks for: what was denied ends, and everything else is judged anew by what
 * holds now.
 */
async function settleTask(exchange: Exchange, task: ApprovalTask, id: RequestId): Promise<Settled> {
  const { state, access } = exchange;
  const { approvalTasks } = state.ports;
  if (task.isLost) {
    const text = "The call was approved, and the proxy that ran it stopped. ";
    const lost = errorAnswer(id, -32_603, `${text}It may or may not have been performed.`);
    await approvalTasks.end(access.orgId, task.id, {
      state: "failed",
      answer: JSON.stringify(lost),
    });
    return { kind: "settled" };
  }
  if (task.approval.state === "denied") {
    const answer = deniedAnswer(refusedOf(exchange, task, id));
    const end = { state: "failed", answer: JSON.stringify(answer) } as const;
    await approvalTasks.end(access.orgId, task.id, end);
    return { kind: "settled" };
  }
  const isTaken = await approvalTasks.take(access.orgId, task.id);
  return isTaken ? runTask(exchange, task, id) : { kind: "settled" };
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
