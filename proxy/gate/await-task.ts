import type { Exchange } from "#proxy/exchange.ts";
import { lookAgain } from "#proxy/forward/stream-access.ts";
import type { JsonRpcRequest } from "#proxy/json/json-rpc.ts";
import { progress, progressToken, scopeOf } from "./approval-hold.ts";
import { watchDrain } from "./drain-watch.ts";
import type { Settled } from "./run-task.ts";
import type { ApprovalTask } from "./task-ports.ts";

const tickMs = 5_000;
/** A missed notification costs this long at most. */
const lookMs = 2_000;

/** Whether something has to be done about the task now. */
export function isDue({ state, isLost, approval }: ApprovalTask): boolean {
  return isLost || (state === "waiting" && approval.state !== "pending");
}

/**
 * Waits until a task has ended or is the server's, as `tasks/result` is to (MCP 2025-11-25, "Tasks:
 * Result Retrieval"), and has it run here once it is approved; of several requests that wait, on any
 * proxy, one gets to run it and the others wait on. After five seconds the answer is a stream, kept
 * awake by progress where the agent asked for it, else by comments.
 *
 * It waits at most as long as a call may take, and no longer than the agent does: a disconnection,
 * `notifications/cancelled` and the end of the session end the wait and leave the task as it is, as does
 * a proxy that is about to stop; the agent is then told how the task stands. Between its looks it
 * holds no connection of the database, and of the org's share only the place of a stream.
 *
 * @param settle does what is due
 * @returns the task as it stands then; null when it is unknown by then; or that nobody waits for an answer
 */
export async function awaitTask(
  exchange: Exchange,
  request: JsonRpcRequest,
  task: ApprovalTask,
  read: () => Promise<ApprovalTask | null>,
  settle: (task: ApprovalTask) => Promise<Settled>,
): Promise<ApprovalTask | null | "answered"> {
  const { state, access } = exchange;
  if (hasEnded(task)) return task;
  const leaveStream =
    state.pressure() === "normal" && state.capacity.openStream(access.orgId, access.agentId);
  // Where nothing that lasts may begin, the agent asks again.
  if (!leaveStream)
    return isDue(task) && (await settle(task)).kind === "answered" ? "answered" : read();
  exchange.leaveShare();
  const { approvalTasks, newId } = state.ports;
  const wait = {
    orgId: access.orgId,
    id: newId(),
    taskId: task.id,
    scope: scopeOf(access),
    requestId: JSON.stringify(request.id),
  };
  const drain = watchDrain(state);
  const drainBegun = drain.begun;
  try {
    await approvalTasks.enterWait(wait);
    const waits = { task, waitId: wait.id, drainBegun, read, settle };
    return await untilEnded(exchange, request, waits);
  } finally {
    drain.forget();
    leaveStream();
    // What stays behind goes with its task; the answer does not wait for it.
    approvalTasks.leaveWait(wait.orgId, wait.id).catch(() => {});
  }
}

interface Wait {
  task: ApprovalTask;
  waitId: string;
  /** Resolves once this proxy is about to stop. */
  drainBegun: Promise<void>;
  read: () => Promise<ApprovalTask | null>;
  settle: (task: ApprovalTask) => Promise<Settled>;
}

async function untilEnded(
  exchange: Exchange,
  request: JsonRpcRequest,
  { task, waitId, drainBegun, read, settle }: Wait,
): Promise<ApprovalTask | null | "answered"> {
  const { state, reply } = exchange;
  const { orgId } = exchange.access;
  const started = state.now();
  let now: ApprovalTask | null = task;
  let tickAt = started + tickMs;
  let freeAt = started;
  for (;;) {
    if (now === null || hasEnded(now)) return now;
    if (isDue(now) && state.now() >= freeAt) {
      const settled = await settleInShare(exchange, now, settle);
      if (settled.kind === "answered") return "answered";
      freeAt = state.now() + (settled.kind === "limited" ? settled.retryAfterMs : 0);
      now = await read();
      if (settled.kind === "settled") continue;
    }
    const left = started + state.config.callMilliseconds - state.now();
    if (left <= 0 || state.isDraining()) return now;
    const changed = state.ports.approvalMayHaveChanged(task.approvalId, Math.min(left, lookMs));
    await Promise.race([changed, drainBegun]);
    if (reply.gone) return "answered";
    if (!(await state.ports.approvalTasks.isAwaited(orgId, waitId))) {
      // The agent asked for no answer (MCP 2025-11-25, "Cancellation").
      reply.startStream();
      reply.endStream();
      return "answered";
    }
    // Who may know of the task is as of now (invariant 11).
    if (!(await lookAgain(exchange))) return null;
    if (state.now() >= tickAt) {
      tickAt += tickMs;
      await keepAwake(exchange, request, task.approvalId, state.now() - started);
    }
    now = await read();
  }
}

/** What runs counts as a request of its org again, and waits while there is no place for it. */
async function settleInShare(
  { state, access }: Exchange,
  task: ApprovalTask,
  settle: Wait["settle"],
): Promise<Settled> {
  const leave = state.capacity.enter(access.orgId);
  if (!leave) return { kind: "limited", retryAfterMs: lookMs };
  try {
    return await settle(task);
  } finally {
    leave();
  }
}

async function keepAwake(
  { reply }: Exchange,
  request: JsonRpcRequest,
  approvalId: string,
  elapsedMs: number,
): Promise<void> {
  const token = progressToken(request);
  if (token !== null) {
    const ticks = Math.floor(elapsedMs / tickMs);
    return reply.event(progress(token, ticks, approvalId, elapsedMs));
  }
  reply.startStream();
  reply.comment();
}

/** Nothing of ours is left to happen: it ended, or the server has its own task for it. */
function hasEnded({ state, isLost }: ApprovalTask): boolean {
  return !isLost && state !== "waiting" && state !== "running";
}
