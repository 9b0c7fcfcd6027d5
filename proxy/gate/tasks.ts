import { evaluate, isListed } from "#lib/policy/evaluate.ts";
import type { Exchange } from "#proxy/exchange.ts";
import type { JsonRpcRequest } from "#proxy/json/json-rpc.ts";
import type { JsonObject, JsonValue } from "#proxy/json/parse-json.ts";
import { objectOf } from "#proxy/receive/era.ts";
import type { Ask } from "./ask.ts";
import type { Gate } from "./gates.ts";
import { idPrefix } from "./task-answers.ts";

const longestTaskId = 512;
/** A server may keep a result a little longer than it said. */
const graceSeconds = 3_600;
/** For tasks that their server keeps without limit. */
const longestSeconds = 30 * 86_400;

/** The call that an answer belongs to, where that is known. */
export interface TaskOrigin {
  callId: string;
  tool: string;
}

/** Whether a call asks to be run as a task of a tool that can be (MCP 2025-11-25, "Tasks"). */
export function asksForTask({ era, gate }: Exchange, request: JsonRpcRequest, ask: Ask): boolean {
  return (
    era === "legacy" &&
    objectOf(request.params?.task) !== undefined &&
    gate.tools.get(ask.name)?.runsAsTask === true
  );
}

/**
 * Binds the task that an answer creates to the agent, before the agent learns its id
 * (MCP 2025-11-25, "Tasks: access control"). Null when there is none or it is bound; else why the
 * answer cannot be delivered.
 */
export async function bindTaskOf(
  { state, access }: Exchange,
  result: JsonObject,
  origin: TaskOrigin | null,
): Promise<string | null> {
  const task = objectOf(result.task);
  if (task === undefined) return null;
  const { taskId, ttl } = task;
  if (typeof taskId !== "string" || taskId === "" || taskId.length > longestTaskId) {
    return `creates a task without an id of 1 to ${longestTaskId} characters`;
  }
  if (taskId.includes("\0") || !taskId.isWellFormed()) return "creates a task with an invalid id";
  const isBound = await state.ports.bindTask({
    orgId: access.orgId,
    serverId: access.serverId,
    taskId,
    agentId: access.agentId,
    callId: origin?.callId ?? null,
    tool: origin?.tool ?? null,
    expiresSeconds: lifetimeSeconds(ttl),
  });
  return isBound ? null : "creates a task under an id that is in use";
}

/**
 * Which of these are the agent's tasks and may be told of. The task of a call that was admitted stays
 * with its agent when a rule denies the tool later, as the answer of a plain call on its way would;
 * the task of a tool that is hidden by now is as unknown as the tool.
 */
export async function ownTasks(
  { state, access, gate }: Exchange,
  taskIds: readonly string[],
): Promise<Set<string>> {
  const asked = taskIds.filter((id) => id.length <= longestTaskId && !id.includes("\0"));
  if (asked.length === 0) return new Set();
  const { orgId, serverId, agentId } = access;
  const found = await state.ports.findTasks(orgId, serverId, agentId, asked);
  return new Set(found.filter(({ tool }) => !isHidden(gate, tool)).map(({ taskId }) => taskId));
}

/** The id in the params of `tasks/get`, `tasks/result`, `tasks/cancel` and status notifications. */
export function taskIdOf(params: JsonObject | undefined): string | null {
  const taskId = params?.taskId;
  return typeof taskId === "string" ? taskId : null;
}

/** The id of a task of ours, without what begins it; null when it is none. */
export function ownTaskId(taskId: string | null): string | null {
  const id = taskId?.startsWith(idPrefix) ? taskId.slice(idPrefix.length) : null;
  return id !== null && uuid.test(id) ? id : null;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether the agent may not know of the tool that a task came from. */
export function isHidden(gate: Gate, name: string | null): boolean {
  if (name === null || gate.observe) return false;
  const tool = gate.tools.get(name);
  if (!tool) return true;
  if (isListed(gate.policy, tool)) return false;
  return evaluate(gate.policy, { tool, arguments: {} }).effect === "hide";
}

/** @param ttl milliseconds from creation; anything else means without limit */
function lifetimeSeconds(ttl: JsonValue | undefined): number {
  if (typeof ttl !== "number" || ttl < 0) return longestSeconds;
  return Math.min(longestSeconds, Math.ceil(ttl / 1_000) + graceSeconds);
}
