import type { Exchange } from "#proxy/exchange.ts";
import type { JsonObject } from "#proxy/json/parse-json.ts";
import { objectOf } from "#proxy/receive/era.ts";
import { shownTaskIds } from "./list-tasks.ts";
import { relatedTask } from "./task-answers.ts";
import { ownTaskId } from "./tasks.ts";

/** A message that may say which task it belongs to, in the `_meta` of one of these. */
interface Related {
  jsonrpc: "2.0";
  params?: JsonObject;
  result?: JsonObject;
}

/** Names the task by another id in a message that names one. */
export type RenameTask = (message: Related) => void;

/**
 * For a server's message about a task that the agent knows by an id of ours (MCP 2025-11-25, "Tasks: related
 * task metadata"). Null: it stays as it is.
 */
export async function renameForAgent(
  exchange: Exchange,
  message: Related,
): Promise<RenameTask | null> {
  const taskId = relatedTaskOf(message);
  if (taskId === null) return null;
  return renameTo((await shownTaskIds(exchange, [taskId])).get(taskId));
}

/** The way back: for an agent's message about such a task. Null: it stays as it is. */
export async function renameForServer(
  { state, access }: Exchange,
  message: Related,
): Promise<RenameTask | null> {
  const id = ownTaskId(relatedTaskOf(message));
  if (id === null) return null;
  const task = await state.ports.approvalTasks.find(access, id);
  return renameTo(task?.upstreamTaskId);
}

function relatedTaskOf(message: Related): string | null {
  const taskId = referenceOf(message)?.taskId;
  return typeof taskId === "string" ? taskId : null;
}

function renameTo(taskId: string | null | undefined): RenameTask | null {
  if (taskId === null || taskId === undefined) return null;
  return (message) => {
    const reference = referenceOf(message);
    if (reference) reference.taskId = taskId;
  };
}

function referenceOf({ params, result }: Related): JsonObject | undefined {
  return objectOf(objectOf((params ?? result)?._meta)?.[relatedTask]);
}
