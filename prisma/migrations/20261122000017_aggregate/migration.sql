-- Sessions of agents that use all their servers through one address. Each server that a session
-- has come to use has a part in it: the ordinary session with that server.

create table aggregate_sessions (
  org_id uuid not null,
  id uuid not null,
  agent_id uuid not null,
  protocol_revision text not null,
  -- What the agent's client said in `initialize`; every server is greeted with it.
  client jsonb not null,
  -- The proxy that holds programs and event streams of it; null while any proxy can go on.
  instance_id uuid,
  created_at timestamptz(3) not null default now(),
  ended_at timestamptz(3),
  constraint aggregate_sessions_pkey primary key (org_id, id),
  constraint aggregate_sessions_org_id_agent_id_fkey foreign key (org_id, agent_id)
    references agents (org_id, id) on delete cascade on update cascade
);

create index aggregate_sessions_org_id_agent_id_created_at_idx
  on aggregate_sessions (org_id, agent_id, created_at);

create table aggregate_parts (
  org_id uuid not null,
  aggregate_id uuid not null,
  server_id uuid not null,
  -- Null where the server has no sessions.
  session_id uuid,
  protocol_revision text not null,
  -- What the server declared in its answer to `initialize`.
  capabilities jsonb not null,
  constraint aggregate_parts_pkey primary key (org_id, aggregate_id, server_id),
  constraint aggregate_parts_org_id_aggregate_id_fkey foreign key (org_id, aggregate_id)
    references aggregate_sessions (org_id, id) on delete cascade on update cascade,
  constraint aggregate_parts_org_id_server_id_fkey foreign key (org_id, server_id)
    references servers (org_id, id) on delete cascade on update cascade,
  constraint aggregate_parts_org_id_session_id_fkey foreign key (org_id, session_id)
    references sessions (org_id, id) on delete cascade on update cascade
);
