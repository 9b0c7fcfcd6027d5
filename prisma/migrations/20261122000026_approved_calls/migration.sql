-- An approved call costs little more than an allowed one.

-- Who waits is told of a decision. That the approved call has run is news to nobody in a hurry, and
-- a notification is the dearest part of such a call: its commit takes a lock, and every proxy wakes up.
drop trigger approvals_notify on approvals;
create trigger approvals_notify after insert or update of state on approvals
  for each row when (new.state <> 'consumed') execute function notify_approval();

-- As before, but one look finds the approval; that it has lapsed is noted where it has.
create or replace function approval_for_call(
  claim admission_claim, call admission_call, wanted jsonb, moment timestamptz
) returns approvals
language plpgsql as $$
declare
  most_waiting constant int := 20;
  digest_ bytea := decode(wanted ->> 'digest', 'hex');
  approval approvals;
begin
  select * into approval from approvals a
    where a.org_id = claim.org and a.digest = digest_ and a.state in ('pending', 'approved')
    for update;
  if approval.expires_at <= moment then
    update approvals a set state = 'expired' where a.org_id = claim.org and a.id = approval.id;
    approval := null;
  end if;
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
