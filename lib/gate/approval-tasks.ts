import type { Pool } from "pg";

/** A call that asked to be run as a task and has to wait for a person. */
export interface WaitingTask {
  orgId: string;
  id: string;
  serverId: string;
  agentId: string;
  approvalId: string;
  /** The call on record that was not forwarded. */
  callId: string;
  tool: string;
  /** The params of the call, as JSON text. */
  request: string;
}

/** A task as it stands, with the request for approval that it waits for. */
export interface ApprovalTask {
  id: string;
  approvalId: string;
  callId: string;
  tool: string;
  request: string | null;
  state: "waiting" | "running" | "started" | "completed" | "failed" | "cancelled";
  upstreamTaskId: string | null;
  /** The result or error it ended in, as the JSON text of a response. */
  answer: string | null;
  createdAt: Date;
  updatedAt: Date;
  /** It has been running for so long that whatever ran it must have died. */
  isLost: boolean;
  approval: {
    state: "pending" | "approved" | "denied" | "consumed" | "expired" | "cancelled" | "void";
    note: string | null;
    rule: string;
  };
}

/** What became of a task that was run, or that never will be. */
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

/** How long a task and its answer are kept; seconds. */
export const taskSeconds = 86_400;

/** How many tasks of one agent on one server may wait or run: each keeps its call. */
export const mostOpenTasks = 20;

/**
 * Notes a waiting task, before its agent is told of it.
 * @returns when it was created; null when the agent has as many open as it may
 */
export async function openApprovalTask(pool: Pool, task: WaitingTask): Promise<Date | null> {
  const { orgId, id, serverId, agentId, approvalId, callId, tool, request } = task;
  const client = await pool.connect();
  try {
    await client.query("begin");
    // A statement of its own: the next one then sees what the agent opened before this.
    await client.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [
      `approval tasks ${serverId} ${agentId}`,
    ]);
    const { rows } = await client.query(
      `insert into approval_tasks
         (org_id, id, server_id, agent_id, approval_id, call_id, tool, request, expires_at)
       select $1, $2, $3, $4, $5, $6, $7, $8, now() + make_interval(secs => $9)
       where (select count(*) from approval_tasks
         where org_id = $1 and server_id = $3 and agent_id = $4
           and state in ('waiting', 'running') and expires_at > now()) < $10
       returning created_at as "createdAt"`,
      [
        ...[orgId, id, serverId, agentId, approvalId, callId, tool, request],
        ...[taskSeconds, mostOpenTasks],
      ],
    );
    await client.query("commit");
    return rows[0]?.createdAt ?? null;
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}

/** The agent's task on this server; null when it has none of this id. */
export async function findApprovalTask(
  pool: Pool,
  owner: TaskOwner,
  id: string,
): Promise<ApprovalTask | null> {
  const { rows } = await pool.query(`${ownTasks} and t.id = $4`, [...valuesOf(owner), id]);
  return rows[0] ?? null;
}

/**
 * The agent's tasks on this server that are not the server's as well, oldest first: those that the
 * server has started stand in its own list.
 *
 * @param after the id of the task before the first one; null for the first page
 */
export async function listApprovalTasks(
  pool: Pool,
  owner: TaskOwner,
  after: string | null,
  limit: number,
): Promise<ApprovalTask[]> {
  const { rows } = await pool.query(
    `${ownTasks} and t.state <> 'started' and ($4::uuid is null or t.id > $4) order by t.id limit $5`,
    [...valuesOf(owner), after, limit],
  );
  return rows;
}

/**
 * Our ids of those of the server's tasks that the agent knows by ours. Until the server's id stands with
 * ours, the call tells: it has consumed the approval, and the server's task was bound to it.
 */
export async function findStartedTasks(
  pool: Pool,
  owner: TaskOwner,
  upstreamTaskIds: readonly string[],
): Promise<{ id: string; upstreamTaskId: string }[]> {
  const { rows } = await pool.query(
    `select id, upstream_task_id as "upstreamTaskId" from approval_tasks
     where org_id = $1 and server_id = $2 and agent_id = $3 and upstream_task_id = any($4)
       and expires_at > now()
     union
     select t.id, u.task_id from approval_tasks t
     join approvals a on a.org_id = t.org_id and a.id = t.approval_id
     join upstream_tasks u on u.org_id = t.org_id and u.server_id = t.server_id
       and u.agent_id = t.agent_id and u.call_id = a.call_id and u.task_id = any($4)
     where t.org_id = $1 and t.server_id = $2 and t.agent_id = $3 and t.state = 'running'
       and t.expires_at > now()`,
    [...valuesOf(owner), upstreamTaskIds],
  );
  return rows;
}

const valuesOf = ({ orgId, serverId, agentId }: TaskOwner) => [orgId, serverId, agentId];

const ownTasks = `
  select t.id, t.approval_id as "approvalId", t.call_id as "callId", t.tool, t.request, t.state,
    t.upstream_task_id as "upstreamTaskId", t.answer, t.created_at as "createdAt",
    t.updated_at as "updatedAt",
    t.state = 'running' and t.updated_at < now() - interval '5 minutes' as "isLost",
    json_build_object('note', a.decision_note, 'rule', a.rule, 'state', case
      when a.state in ('pending', 'approved') and a.expires_at <= now() then 'expired'
      else a.state::text end) as approval
  from approval_tasks t
  join approvals a on a.org_id = t.org_id and a.id = t.approval_id
  where t.org_id = $1 and t.server_id = $2 and t.agent_id = $3 and t.expires_at > now()`;

/** Notes that a request waits for a task's result, for every proxy to find. */
export async function enterTaskWait(pool: Pool, wait: TaskWait): Promise<void> {
  await pool.query(
    `insert into approval_task_waits (org_id, id, task_id, scope, request_id)
     values ($1, $2, $3, $4, $5)`,
    [wait.orgId, wait.id, wait.taskId, wait.scope, wait.requestId],
  );
}

/** Whether the request still waits: its agent has neither cancelled it nor ended its session. */
export async function isTaskAwaited(pool: Pool, orgId: string, id: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    "select 1 from approval_task_waits where org_id = $1 and id = $2",
    [orgId, id],
  );
  return rowCount === 1;
}

export async function leaveTaskWait(pool: Pool, orgId: string, id: string): Promise<void> {
  await pool.query("delete from approval_task_waits where org_id = $1 and id = $2", [orgId, id]);
}

/** Takes a waiting task to run it: of all who try, in any process, one gets it. */
export async function takeApprovalTask(pool: Pool, orgId: string, id: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `update approval_tasks set state = 'running', updated_at = now()
     where org_id = $1 and id = $2 and state = 'waiting'`,
    [orgId, id],
  );
  return rowCount === 1;
}

/** Gives a task back that could not be admitted yet. */
export async function returnApprovalTask(pool: Pool, orgId: string, id: string): Promise<void> {
  await pool.query(
    `update approval_tasks set state = 'waiting', updated_at = now()
     where org_id = $1 and id = $2 and state = 'running'`,
    [orgId, id],
  );
}

/** Notes what became of a task; its arguments are not kept any longer. */
export async function endApprovalTask(
  pool: Pool,
  orgId: string,
  id: string,
  end: EndedTask,
): Promise<void> {
  const upstreamTaskId = end.state === "started" ? end.upstreamTaskId : null;
  const answer = end.state === "started" ? null : end.answer;
  await pool.query(
    `update approval_tasks
     set state = $3, upstream_task_id = $4, answer = $5, request = null, updated_at = now()
     where org_id = $1 and id = $2 and state in ('waiting', 'running')`,
    [orgId, id, end.state, upstreamTaskId, answer],
  );
}

/**
 * Cancels a waiting task, and withdraws its request for approval unless another call waits for it.
 * What has been approved already stays approved and lapses by itself.
 *
 * @returns false when the task was not waiting any more
 */
export async function cancelApprovalTask(pool: Pool, orgId: string, id: string): Promise<boolean> {
  const { rows } = await pool.query(
    `with ended as (
       update approval_tasks set state = 'cancelled', request = null, updated_at = now()
       where org_id = $1 and id = $2 and state = 'waiting'
       returning approval_id
     ), withdrawn as (
       update approvals a set state = 'cancelled', decided_at = now()
       where a.org_id = $1 and a.state = 'pending' and a.id in (select approval_id from ended)
         and not exists (
           select 1 from approval_holds h
           where h.org_id = $1 and h.approval_id = a.id and h.at > now() - interval '1 minute')
         and not exists (
           select 1 from approval_tasks t
           where t.org_id = $1 and t.approval_id = a.id and t.id <> $2 and t.state = 'waiting'
             and t.expires_at > now())
     )
     select 1 from ended`,
    [orgId, id],
  );
  return rows.length > 0;
}
