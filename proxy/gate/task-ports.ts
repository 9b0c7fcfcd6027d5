import type { ApprovalNews } from "#proxy/ports.ts";

/** A task as it stands, with the request for approval that it waits for. */
export interface ApprovalTask {
  id: string;
  approvalId: string;
  /** The call on record that was not forwarded. */
  callId: string;
  tool: string;
  /** The params of the call as JSON text; null once it has run or never will. */
  request: string | null;
  state: "waiting" | "running" | "started" | "completed" | "failed" | "cancelled";
  /** The server's id of what was started. */
  upstreamTaskId: string | null;
  /** The response it ended in, as JSON text. */
  answer: string | null;
  createdAt: Date;
  updatedAt: Date;
  /** Whatever ran it must have died. */
  isLost: boolean;
  approval: { state: ApprovalNews["state"]; note: string | null; rule: string };
}

export type EndedTask =
  | { state: "started"; upstreamTaskId: string }
  | { state: "completed" | "failed"; answer: string };

/** An agent on a server: nobody else knows of its tasks. */
export interface TaskOwner {
  orgId: string;
  serverId: string;
  agentId: string;
}

/** A request for a task's result that waits. */
export interface TaskWait {
  orgId: string;
  id: string;
  taskId: string;
  /** The session, or the token where the protocol has no session. */
  scope: string;
  /** The JSON-RPC id, as JSON. */
  requestId: string;
}

/** Calls that wait for a person as tasks; every proxy sees the same ones. */
export interface ApprovalTaskPorts {
  /** Notes a waiting task; when it was created, null when the agent has too many open. */
  open(
    task: TaskOwner & {
      id: string;
      approvalId: string;
      callId: string;
      tool: string;
      request: string;
    },
  ): Promise<Date | null>;
  /** The agent's task on this server; null when it has none of this id. */
  find(owner: TaskOwner, id: string): Promise<ApprovalTask | null>;
  /** Its tasks that are not the server's as well, oldest first, from the one after this id on. */
  list(owner: TaskOwner, after: string | null, limit: number): Promise<ApprovalTask[]>;
  /** Our ids of those of the server's tasks that the agent knows by ours. */
  started(
    owner: TaskOwner,
    upstreamTaskIds: readonly string[],
  ): Promise<{ id: string; upstreamTaskId: string }[]>;
  /** Takes a waiting task to run it: of all who try, one gets it. */
  take(orgId: string, id: string): Promise<boolean>;
  /** Gives a task back that could not be admitted yet. */
  giveBack(orgId: string, id: string): Promise<void>;
  end(orgId: string, id: string, end: EndedTask): Promise<void>;
  /** Cancels a waiting task and withdraws its request; false when it was not waiting any more. */
  cancel(orgId: string, id: string): Promise<boolean>;
  /** Notes that a request waits for a task's result; its cancellation and its session's end undo it. */
  enterWait(wait: TaskWait): Promise<void>;
  isAwaited(orgId: string, waitId: string): Promise<boolean>;
  leaveWait(orgId: string, waitId: string): Promise<void>;
  /** How long a task and its answer are kept; seconds. */
  keptSeconds: number;
}
