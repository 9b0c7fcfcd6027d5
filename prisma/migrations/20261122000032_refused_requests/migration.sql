-- Requests of known agents that were refused before a rule could judge them, counted by the hour: a flood
-- costs one row, and the record of calls holds calls only.
create table refused_requests (
  org_id uuid not null,
  id uuid not null,
  agent_id uuid not null,
  -- Null: at the address of all servers, or of a server that the agent may not use.
  server_id uuid,
  reason text not null,
  -- When the hour begins.
  hour timestamptz(3) not null,
  requests int not null,
  first_at timestamptz(3) not null,
  last_at timestamptz(3) not null,
  -- The last refusal as the agent got it.
  message text not null,
  constraint refused_requests_pkey primary key (org_id, id),
  constraint refused_requests_reason_check check (reason in (
    'content', 'size', 'json', 'keys', 'message', 'revision', 'headers', 'method', 'session', 'state', 'task',
    'unasked', 'server', 'access')),
  constraint refused_requests_requests_check check (requests > 0),
  constraint refused_requests_message_check check (length(message) <= 300),
  constraint refused_requests_org_id_agent_id_fkey
    foreign key (org_id, agent_id) references agents (org_id, id) on delete cascade on update cascade,
  constraint refused_requests_org_id_server_id_fkey
    foreign key (org_id, server_id) references servers (org_id, id) on delete cascade on update cascade
);
create unique index refused_requests_counted
  on refused_requests (org_id, agent_id, server_id, reason, hour) nulls not distinct;
create index refused_requests_hour_idx on refused_requests (hour);
