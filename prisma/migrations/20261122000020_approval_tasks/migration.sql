-- Calls that wait for a person as tasks, versions that only have other cases, and a bound on what one
-- agent may put before people.

-- ── Tasks ───────────────────────────────────────────────────────────────────────────────────
-- A call that asked to be run as a task (MCP 2025-11-25) and waits for a person: the agent holds our
-- task's id and asks for its state, on any proxy. What runs becomes the server's own task.

create table approval_tasks (
  org_id uuid not null,
  id uuid not null,
  server_id uuid not null,
  agent_id uuid not null,
  approval_id uuid not null,
  -- The call on record that was not forwarded; another one when what was approved ran.
  call_id uuid not null,
  tool text not null,
  -- The params of the call as JSON text, until it has run or never will.
  request text,
  state text not null default 'waiting'
    check (state in ('waiting', 'running', 'started', 'completed', 'failed', 'cancelled')),
  -- The server's id of what was started.
  upstream_task_id text,
  -- The result or error of a call that ended without a task of the server's.
  answer text,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  constraint approval_tasks_pkey primary key (org_id, id),
  constraint approval_tasks_org_id_approval_id_fkey foreign key (org_id, approval_id)
    references approvals (org_id, id) on delete cascade on update cascade
);
create index approval_tasks_org_id_approval_id_idx on approval_tasks (org_id, approval_id);
create index approval_tasks_expires_at_idx on approval_tasks (expires_at);

-- ── Cases ───────────────────────────────────────────────────────────────────────────────────
-- A version with the document of an earlier one and other cases: that one goes on deciding, so that
-- approvals and records that name it stay true.

alter table policy_versions add column decides_as int;

-- ── Approvals ───────────────────────────────────────────────────────────────────────────────
-- As before, but an agent that has 20 requests waiting opens no more: one in a loop would bury what
-- people have to read. The answer is then a denial without an id. Proxies that admit for one agent at
-- the same moment may each open a last one.

create or replace function approval_for_call(
  claim admission_claim, call admission_call, wanted jsonb, moment timestamptz
) returns approvals
language plpgsql as $$
declare
  most_waiting constant int := 20;
  digest_ bytea := decode(wanted ->> 'digest', 'hex');
  approval approvals;
begin
  update approvals a set state = 'expired'
    where a.org_id = claim.org and a.digest = digest_
      and a.state in ('pending', 'approved') and a.expires_at <= moment;
  select * into approval from approvals a
    where a.org_id = claim.org and a.digest = digest_ and a.state in ('pending', 'approved')
    for update;
  if approval.id is not null or call.observed then
    return approval;
  end if;
  -- A refusal that the agent has not heard yet is told once, before a new request may open.
  update approvals a set call_id = call.id
    where a.org_id = claim.org and a.digest = digest_
      and a.state = 'denied' and a.call_id is null and a.decided_at > moment - interval '1 hour'
    returning * into approval;
  if approval.id is not null then
    return approval;
  end if;
  if most_waiting <= (
    select count(*) from (
      select 1 from approvals a
      where a.org_id = claim.org and a.agent_id = claim.agent and a.state = 'pending'
        and a.expires_at > moment
      limit most_waiting
    ) waiting
  ) then
    approval.state := 'denied';
    approval.decision_note := most_waiting || ' calls of this agent wait for a person already.';
    return approval;
  end if;
  insert into approvals (
    org_id, id, agent_id, server_id, tool, digest, arguments, rule, reason, explanation, options,
    policy_id, policy_version, expires_at)
  values (
    claim.org, (wanted ->> 'id')::uuid, claim.agent, claim.server, call.tool, digest_, wanted -> 'arguments',
    wanted ->> 'rule', wanted ->> 'reason', wanted ->> 'explanation', wanted -> 'options',
    claim.policy, claim.policy_version,
    moment + make_interval(secs => (wanted ->> 'expires_seconds')::int))
  returning * into approval;
  return approval;
end $$;

create index approvals_waiting on approvals (org_id, agent_id) where state = 'pending';
