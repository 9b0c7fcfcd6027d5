import { approvalLink, errorAnswer } from "#proxy/answer/answers.ts";
import type { Exchange } from "#proxy/exchange.ts";
import type { JsonRpcResponse, RequestId } from "#proxy/json/json-rpc.ts";
import type { JsonObject } from "#proxy/json/parse-json.ts";
import { parseStored } from "#proxy/json/read-by-hand.ts";
import { objectOf } from "#proxy/receive/era.ts";
import type { ApprovalTask } from "./task-ports.ts";

/** Begins our own tasks' ids; what follows is a UUID. */
export const idPrefix = "callgate.approval-task.";

/** Names the task that a result or message belongs to, in its `_meta`. */
export const relatedTask = "io.modelcontextprotocol/related-task";

const pollMilliseconds = 5_000;

/** A task that was just opened, as the agent is told of it. */
export function openedTask(exchange: Exchange, id: string, createdAt: Date, link: string) {
  const { keptSeconds } = exchange.state.ports.approvalTasks;
  return shown({ id, createdAt, updatedAt: createdAt }, keptSeconds, "working", waitingText(link));
}

/** The task as `tasks/get` tells of it. */
export function stateOf({ state, access }: Exchange, task: ApprovalTask): JsonObject {
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

/** The result, or why there is none yet or never will be. */
export function resultAnswer(
  exchange: Exchange,
  id: RequestId,
  task: ApprovalTask,
): JsonRpcResponse {
  if (task.answer === null) {
    const { statusMessage } = stateOf(exchange, task);
    const isOver = task.state === "cancelled";
    const text = `There is no result${isOver ? "" : " yet"}. ${statusMessage}`;
    return errorAnswer(id, -32_603, isOver ? text : `${text} Ask again.`);
  }
  const answer = storedAnswer(task.answer);
  if ("error" in answer) return { ...answer, id };
  const related = {
    ...objectOf(answer.result._meta),
    [relatedTask]: { taskId: idPrefix + task.id },
  };
  return { jsonrpc: "2.0", id, result: { ...answer.result, _meta: related } };
}

/** The task as it was cancelled, or why it could not be any more. */
export function cancelAnswer(
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
  const response = storedAnswer(answer);
  if ("error" in response) return response.error.message;
  const { content } = response.result;
  const first = Array.isArray(content) ? objectOf(content[0]) : undefined;
  return typeof first?.text === "string" ? first.text.slice(0, 1_000) : "The call failed.";
}

function storedAnswer(text: string): JsonRpcResponse {
  // The cast: written by `end` alone, as the text of a response.
  return parseStored(text) as unknown as JsonRpcResponse;
}
