-- Who created which task (MCP 2025-11-25): a task id is good for its agent alone.
create table upstream_tasks (
  org_id uuid not null,
  server_id uuid not null,
  task_id text not null,
  agent_id uuid not null,
  -- The call that was accepted as this task; none when only its late answer was seen.
  call_id uuid,
  tool text,
  created_at timestamptz(3) not null default current_timestamp,
  expires_at timestamptz(3) not null,
  constraint upstream_tasks_pkey primary key (org_id, server_id, task_id),
  constraint upstream_tasks_task_id_check check (length(task_id) between 1 and 512),
  constraint upstream_tasks_org_id_server_id_fkey
    foreign key (org_id, server_id) references servers (org_id, id) on delete cascade on update cascade,
  constraint upstream_tasks_org_id_agent_id_fkey
    foreign key (org_id, agent_id) references agents (org_id, id) on delete cascade on update cascade
);
create index upstream_tasks_expires_at_idx on upstream_tasks (expires_at);

-- What of the agent this server may not use: sampling, elicitation, roots.
alter table servers add column stripped_capabilities text[] default '{}';
