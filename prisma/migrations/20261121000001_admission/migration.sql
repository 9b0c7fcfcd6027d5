-- What Prisma cannot express: partitions, append-only triggers, wake-up notifications, and the
-- admission function, which is the one place where a call becomes allowed (design, invariant 1).

-- ── Partitions by month of the UUID v7 ids ──────────────────────────────────────────────────

create function uuid_v7_floor(at timestamptz) returns uuid
language sql immutable as $$
  select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid
$$;

create function ensure_partitions(months_ahead int) returns void
language plpgsql as $$
declare
  parent text;
  lower_bound timestamptz;
  partition text;
begin
  perform pg_advisory_xact_lock(hashtext('callgate.partitions'));
  foreach parent in array array['calls', 'call_outcomes', 'audit_events'] loop
    for ahead in -1 .. months_ahead loop
      lower_bound := date_trunc('month', now() at time zone 'UTC') at time zone 'UTC' + make_interval(months => ahead);
      lower_bound := date_trunc('month', lower_bound at time zone 'UTC') at time zone 'UTC';
      partition := parent || '_' || to_char(lower_bound at time zone 'UTC', 'YYYY_MM');
      if to_regclass(partition) is null then
        execute format(
          'create table %I partition of %I for values from (%L) to (%L)',
          partition, parent, uuid_v7_floor(lower_bound),
          uuid_v7_floor((lower_bound at time zone 'UTC' + interval '1 month') at time zone 'UTC'));
      end if;
    end loop;
  end loop;
end $$;

select ensure_partitions(3);

-- ── The record is append-only ───────────────────────────────────────────────────────────────

create function refuse_change() returns trigger
language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;

create trigger calls_append_only before update or delete on calls
  for each row execute function refuse_change();
create trigger call_outcomes_append_only before update or delete on call_outcomes
  for each row execute function refuse_change();
create trigger audit_events_append_only before update or delete on audit_events
  for each row execute function refuse_change();

-- ── Wake-ups: ids only, and never one per call ──────────────────────────────────────────────

create function notify_job() returns trigger
language plpgsql as $$
begin
  perform pg_notify('callgate_jobs', new.id::text);
  return null;
end $$;
create trigger jobs_notify after insert or update on jobs
  for each row execute function notify_job();

create function notify_approval() returns trigger
language plpgsql as $$
begin
  perform pg_notify('callgate_approvals', new.org_id::text || ' ' || new.id::text);
  return null;
end $$;
create trigger approvals_notify after insert or update of state on approvals
  for each row execute function notify_approval();

-- One approval at a time may be open for the same call.
create unique index approvals_open on approvals (org_id, digest)
  where state in ('pending', 'approved');

-- ── Locks ───────────────────────────────────────────────────────────────────────────────────
-- Admissions of an org share its lock; a verb that changes what admissions are decided by takes it
-- alone. So once such a change has committed, no admission judged by the old state can commit
-- (invariant 11). Order everywhere: org locks, rate windows, approvals; each set sorted.

create function org_lock_key(org uuid) returns bigint
language sql immutable as $$ select hashtextextended('callgate.org:' || org::text, 0) $$;

create function lock_org_for_change(org uuid) returns void
language sql as $$ select pg_advisory_xact_lock(org_lock_key(org)) $$;

-- ── Rolling windows ─────────────────────────────────────────────────────────────────────────

create type window_state as (stamps timestamptz[], counts int[], wait_ms int);

-- The window at `moment`: expired stamps dropped, and how long until a slot is free (null: one is
-- free now; -1: never, because max is 0).
create function window_at(
  stamps timestamptz[], counts int[], max_slots int, window_seconds int, moment timestamptz
) returns window_state
language plpgsql immutable as $$
declare
  cutoff timestamptz := moment - make_interval(secs => window_seconds);
  size int := coalesce(array_length(stamps, 1), 0);
  first int := 1;
  used bigint := 0;
  result window_state;
begin
  while first <= size and stamps[first] <= cutoff loop
    first := first + 1;
  end loop;
  result.stamps := coalesce(stamps[first:size], '{}');
  result.counts := coalesce(counts[first:size], '{}');
  if max_slots <= 0 then
    result.wait_ms := -1;
    return result;
  end if;
  for i in first .. size loop
    used := used + counts[i];
  end loop;
  while used >= max_slots loop
    used := used - counts[first];
    result.wait_ms := greatest(1, ceil(extract(epoch from (stamps[first] - cutoff)) * 1000));
    first := first + 1;
  end loop;
  return result;
end $$;

-- One slot more. Up to 1,000 slots each keeps its own stamp, which is exact. Above, slots of the
-- same 240th of the window share the stamp of the latest, so they free late, never early.
create function window_take(
  state window_state, max_slots int, window_seconds int, moment timestamptz
) returns window_state
language plpgsql immutable as $$
declare
  size int := coalesce(array_length(state.stamps, 1), 0);
  grain float8 := window_seconds / 240.0;
begin
  if max_slots > 1000 and size > 0
     and floor(extract(epoch from state.stamps[size]) / grain) = floor(extract(epoch from moment) / grain) then
    state.stamps[size] := moment;
    state.counts[size] := state.counts[size] + 1;
  else
    state.stamps := state.stamps || moment;
    state.counts := state.counts || 1;
  end if;
  return state;
end $$;

-- Takes a slot of a window without a tenant. Null: taken; otherwise milliseconds to wait.
create function take_throttle(throttle_key text, max_slots int, window_seconds int) returns int
language plpgsql as $$
declare
  row_now throttles;
  state window_state;
  moment timestamptz;
begin
  insert into throttles (key, stamps, counts) values (throttle_key, '{}', '{}') on conflict do nothing;
  select * into row_now from throttles where key = throttle_key for update;
  moment := clock_timestamp();
  state := window_at(row_now.stamps, row_now.counts, max_slots, window_seconds, moment);
  if state.wait_ms is not null then
    return state.wait_ms;
  end if;
  state := window_take(state, max_slots, window_seconds, moment);
  update throttles set stamps = state.stamps, counts = state.counts where key = throttle_key;
  if not found then
    raise exception 'throttle vanished' using errcode = 'serialization_failure';
  end if;
  return null;
end $$;

-- ── Admission ───────────────────────────────────────────────────────────────────────────────
-- For each call of the batch, in order: token, grant, server revision, session; then approval and
-- limits, all or none; then the record. `failure` is set when the call could not be judged by what
-- the proxy knew (nothing is recorded then); otherwise `decision` says what was recorded and
-- `forward` whether the upstream may receive it.

create function admit_calls(batch jsonb)
returns table (
  i int, failure text, decision text, forward boolean,
  rule text, reason text, retry_after_ms int, approval_id uuid, max_slots int, window_seconds int
)
language plpgsql as $$
#variable_conflict use_column
declare
  call record;
  limit_ record;
  approval approvals;
  row_now rate_windows;
  states window_state[];
  state window_state;
  recorded jsonb := '[]';
  has_limits boolean := batch @? '$[*].limits[*]';
  has_approvals boolean := batch @? '$[*].approval ? (@ != null)';
  moment timestamptz;
begin
  perform pg_advisory_xact_lock_shared(key) from (
    select distinct org_lock_key((item ->> 'org')::uuid) as key
    from jsonb_array_elements(batch) item order by 1
  ) orgs;

  if has_limits then
    insert into rate_windows (org_id, key, stamps, counts)
      select distinct (item ->> 'org')::uuid, slot ->> 'key', '{}'::timestamptz[], '{}'::int[]
      from jsonb_array_elements(batch) item, jsonb_array_elements(item -> 'limits') slot
      order by 1, 2
      on conflict do nothing;
    perform 1 from rate_windows w
      join (
        select distinct (item ->> 'org')::uuid as org, slot ->> 'key' as key
        from jsonb_array_elements(batch) item, jsonb_array_elements(item -> 'limits') slot
      ) wanted on wanted.org = w.org_id and wanted.key = w.key
      order by w.org_id, w.key
      for update of w;
  end if;

  if has_approvals then
    perform pg_advisory_xact_lock(key) from (
      select distinct hashtextextended(item -> 'approval' ->> 'digest', 1) as key
      from jsonb_array_elements(batch) item
      where item -> 'approval' ->> 'digest' is not null order by 1
    ) digests;
  end if;

  -- The locks above come first: this query sees every change that committed before them. `limit 1`
  -- keeps the look-ups by key, whatever the planner believes of the tables' sizes.
  for call in
    select c.*, gate.*
    from jsonb_to_recordset(batch) as c(
      i int, id uuid, org uuid, agent uuid, token uuid, server uuid, session uuid, revision int,
      tool text, decision text, observed boolean, rule text, reason text,
      limits jsonb, approval jsonb, policy_version int)
    left join lateral (
      select
        t.revoked_at is null and a.revoked_at is null
          and (t.expires_at is null or t.expires_at > clock_timestamp()) as token_ok,
        g.agent_id is not null and s.id is not null and s.removed_at is null as grant_ok,
        s.revision as revision_now,
        c.session is null or (ss.id is not null and ss.ended_at is null) as session_ok
      from agent_tokens t
      join agents a on a.org_id = t.org_id and a.id = t.agent_id
      left join grants g on g.org_id = t.org_id and g.agent_id = t.agent_id and g.server_id = c.server
      left join servers s on s.org_id = t.org_id and s.id = c.server
      left join sessions ss on ss.org_id = t.org_id and ss.id = c.session and ss.agent_id = t.agent_id
        and ss.server_id = c.server
      where t.org_id = c.org and t.id = c.token and t.agent_id = c.agent
      limit 1
    ) gate on true
  loop
    i := call.i;
    decision := call.decision; forward := false; rule := call.rule; reason := call.reason;
    retry_after_ms := null; approval_id := null; max_slots := null; window_seconds := null;

    failure := case
      when call.token_ok is not true then 'unauthenticated'
      when call.grant_ok is not true then 'not_granted'
      when call.revision_now is distinct from call.revision then 'stale'
      when call.session_ok is not true then 'session_ended'
    end;
    if failure is not null then
      return next;
      continue;
    end if;

    if call.decision = 'allowed' then
      forward := true;
      moment := clock_timestamp();

      if call.approval is not null and jsonb_typeof(call.approval) = 'object' then
        update approvals a set state = 'expired'
          where a.org_id = call.org and a.digest = decode(call.approval ->> 'digest', 'hex')
            and a.state in ('pending', 'approved') and a.expires_at <= moment;
        select * into approval from approvals a
          where a.org_id = call.org and a.digest = decode(call.approval ->> 'digest', 'hex')
            and a.state in ('pending', 'approved')
          for update;
        if approval.id is null and not call.observed then
          -- A refusal that the agent has not heard yet is told once, before a new request may open.
          update approvals a set call_id = call.id
            where a.org_id = call.org and a.digest = decode(call.approval ->> 'digest', 'hex')
              and a.state = 'denied' and a.call_id is null and a.decided_at > moment - interval '1 hour'
            returning * into approval;
        end if;
        if approval.state = 'denied' then
          decision := 'denied';
          reason := approval.decision_note;
        elsif approval.id is null and not call.observed then
          insert into approvals (
            org_id, id, agent_id, server_id, tool, digest, arguments, rule, reason, policy_version, expires_at)
          values (
            call.org, (call.approval ->> 'id')::uuid, call.agent, call.server, call.tool,
            decode(call.approval ->> 'digest', 'hex'), call.approval -> 'arguments', call.approval ->> 'rule',
            call.approval ->> 'reason', call.policy_version,
            moment + make_interval(secs => (call.approval ->> 'expires_seconds')::int))
          returning * into approval;
        end if;
        approval_id := approval.id;
        if approval.state is distinct from 'approved' then
          rule := call.approval ->> 'rule';
          forward := false;
          if decision = 'allowed' then
            decision := 'approval';
            reason := call.approval ->> 'reason';
          end if;
        end if;
      end if;

      if forward and jsonb_array_length(coalesce(call.limits, '[]')) > 0 then
        states := '{}';
        for limit_ in select * from jsonb_to_recordset(call.limits)
          as l(key text, max int, window_seconds int, rule text)
        loop
          select * into row_now from rate_windows w where w.org_id = call.org and w.key = limit_.key;
          state := window_at(row_now.stamps, row_now.counts, limit_.max, limit_.window_seconds, moment);
          states := states || state;
          if state.wait_ms is not null
             and (forward or retry_after_ms <> -1 and (state.wait_ms = -1 or state.wait_ms > retry_after_ms)) then
            decision := 'limited';
            forward := false;
            rule := limit_.rule;
            retry_after_ms := state.wait_ms;
            max_slots := limit_.max;
            window_seconds := limit_.window_seconds;
          end if;
        end loop;
        if forward then
          for limit_ in select * from rows from (
              jsonb_to_recordset(call.limits) as (key text, max int, window_seconds int, rule text)
            ) with ordinality as l(key, max, window_seconds, rule, n)
          loop
            state := window_take(states[limit_.n], limit_.max, limit_.window_seconds, moment);
            update rate_windows w set stamps = state.stamps, counts = state.counts
              where w.org_id = call.org and w.key = limit_.key;
            -- Housekeeping may have removed the row in between; a slot that is not kept is not taken.
            if not found then
              raise exception 'rate window vanished' using errcode = 'serialization_failure';
            end if;
          end loop;
        end if;
      end if;

      if forward and approval_id is not null then
        update approvals a set state = 'consumed', call_id = call.id
          where a.org_id = call.org and a.id = approval_id;
      end if;
    end if;

    forward := forward or call.observed;

    recorded := recorded || jsonb_build_object(
      'i', i, 'decision', decision, 'rule', rule, 'reason', reason,
      'approval_id', approval_id, 'retry_after_ms', nullif(retry_after_ms, -1));
    return next;
  end loop;

  insert into calls (
    org_id, id, at, agent_id, token_id, server_id, session_id, tool, decision, observed, rule, reason,
    explanation, policy_id, policy_version, approval_id, retry_after_ms, argument_shape, request_bytes)
  select
    c.org, c.id, clock_timestamp(), c.agent, c.token, c.server, c.session, c.tool, r.decision, c.observed,
    r.rule, r.reason, c.explanation, c.policy, c.policy_version, r.approval_id, r.retry_after_ms, c.shape, c.bytes
  from jsonb_to_recordset(recorded) as r(
    i int, decision text, rule text, reason text, approval_id uuid, retry_after_ms int)
  join jsonb_to_recordset(batch) as c(
    i int, id uuid, org uuid, agent uuid, token uuid, server uuid, session uuid, policy uuid,
    policy_version int, tool text, observed boolean, explanation text, shape jsonb, bytes int)
    on c.i = r.i;
end $$;
