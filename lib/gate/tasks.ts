import type { Pool } from "pg";

export interface UpstreamTask {
  orgId: string;
  serverId: string;
  taskId: string;
  agentId: string;
  callId: string | null;
  tool: string | null;
  expiresSeconds: number;
}

/**
 * Notes whose task this is, before anybody is told of it. An agent's own task may be noted again; a
 * lapsed one may be taken over, because servers number anew.
 *
 * @returns false when the id is another agent's
 */
export async function bindTask(pool: Pool, task: UpstreamTask): Promise<boolean> {
  const { rowCount } = await pool.query({
    name: "bind_task",
    text: `insert into upstream_tasks (org_id, server_id, task_id, agent_id, call_id, tool, expires_at)
      values ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7))
      on conflict (org_id, server_id, task_id) do update set agent_id = excluded.agent_id,
        call_id = coalesce(excluded.call_id, upstream_tasks.call_id),
        tool = coalesce(excluded.tool, upstream_tasks.tool), expires_at = excluded.expires_at
      where upstream_tasks.agent_id = excluded.agent_id or upstream_tasks.expires_at <= now()`,
    values: [
      task.orgId,
      task.serverId,
      task.taskId,
      task.agentId,
      task.callId,
      task.tool,
      task.expiresSeconds,
    ],
  });
  return rowCount === 1;
}

/** Those of these task ids that are the agent's and have not lapsed. */
export async function findTasks(
  pool: Pool,
  orgId: string,
  serverId: string,
  agentId: string,
  taskIds: readonly string[],
): Promise<{ taskId: string; tool: string | null }[]> {
  const { rows } = await pool.query({
    name: "find_tasks",
    text: `select task_id as "taskId", tool from upstream_tasks
      where org_id = $1 and server_id = $2 and agent_id = $3 and task_id = any($4::text[])
        and expires_at > now()`,
    values: [orgId, serverId, agentId, taskIds],
  });
  return rows;
}

/** Forgets tasks whose server has forgotten them as well. */
export async function pruneTasks(pool: Pool): Promise<void> {
  await pool.query("delete from upstream_tasks where expires_at <= now()");
  await pool.query("delete from approval_tasks where expires_at <= now()");
}
