-- Requests for a task's result that wait (MCP 2025-11-25, "Tasks"): noted for every proxy to find, so
-- that one of them can take the agent's cancellation, or the end of its session, for another.

create table approval_task_waits (
  org_id uuid not null,
  id uuid not null,
  task_id uuid not null,
  -- The session, or the token where the protocol has no session.
  scope text not null,
  -- The JSON-RPC id, as JSON.
  request_id text not null,
  constraint approval_task_waits_pkey primary key (org_id, id),
  constraint approval_task_waits_org_id_task_id_fkey foreign key (org_id, task_id)
    references approval_tasks (org_id, id) on delete cascade on update cascade
);
create index approval_task_waits_org_id_scope_idx on approval_task_waits (org_id, scope);
create index approval_task_waits_org_id_task_id_idx on approval_task_waits (org_id, task_id);

-- An agent's tasks in their order.
create index approval_tasks_org_id_server_id_agent_id_id_idx
  on approval_tasks (org_id, server_id, agent_id, id);
