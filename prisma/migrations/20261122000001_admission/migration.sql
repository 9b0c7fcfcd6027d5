-- Admission, second form: typed arrays instead of jsonb, one proof for all calls of a batch that make
-- the same claim, one statement for the record, and each rolling window read and written once.

drop function admit_calls(jsonb);

-- Whose call, judged by what: proved once a batch however many calls rest on it.
create type admission_claim as (
  org uuid, agent uuid, token uuid, server uuid, session uuid, revision int, policy uuid, policy_version int
);

-- One judged call. `claim` counts from 1. Admission itself fills approval_id and retry_after_ms.
create type admission_call as (
  claim int, id uuid, method text, tool text, decision text, observed boolean, rule text, reason text,
  explanation text, shape jsonb, bytes int, approval_id uuid, retry_after_ms int
);

-- ── Rolling windows ─────────────────────────────────────────────────────────────────────────
-- As before, without a walk over slots whose number is known.

create or replace function window_at(
  stamps timestamptz[], counts int[], max_slots int, window_seconds int, moment timestamptz
) returns window_state
language plpgsql immutable as $$
declare
  cutoff timestamptz := moment - make_interval(secs => window_seconds);
  size int := cardinality(stamps);
  first int := 1;
  used bigint := 0;
  result window_state;
begin
  while first <= size and stamps[first] <= cutoff loop
    first := first + 1;
  end loop;
  if first > 1 then
    result.stamps := coalesce(stamps[first:size], '{}');
    result.counts := coalesce(counts[first:size], '{}');
  else
    result.stamps := stamps;
    result.counts := counts;
  end if;
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

-- ── Approvals ───────────────────────────────────────────────────────────────────────────────
-- The approval a call rests on, opened when there is none. `wanted` is what the rule asks for. Null
-- columns: there is none, and an observed call opens none.

create function approval_for_call(
  claim admission_claim, call admission_call, wanted jsonb, moment timestamptz
) returns approvals
language plpgsql as $$
declare
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

-- ── Admission ───────────────────────────────────────────────────────────────────────────────
-- For each claim: token, grant, server revision, session. Then, for the calls in order: approval and
-- limits, all or none. Then the record.
--
-- obligations: null, or { windows: [{ org, key }] sorted, calls: [{ call (from 1), approval,
--   limits: [{ window (from 1), max, window_seconds, rule }] }] sorted by call }
-- standings: one a claim: ok, or why none of its calls was recorded
-- recorded: how many calls are on record now
-- details: what was recorded otherwise than asked, or with an approval

create function admit_calls(
  claims admission_claim[], batch admission_call[], obligations jsonb,
  out standings text[], out recorded int, out details jsonb
)
language plpgsql as $$
#variable_conflict use_column
declare
  windows window_state[];
  claim admission_claim := claims[1];
  call admission_call;
begin
  if cardinality(claims) = 1 then
    perform pg_advisory_xact_lock_shared(org_lock_key(claim.org));
  else
    perform pg_advisory_xact_lock_shared(key) from (
      select distinct org_lock_key(c.org) as key from unnest(claims) c order by 1
    ) orgs;
  end if;
  if obligations is not null then
    windows := lock_obligations(obligations);
  end if;

  -- The locks above come first: these queries see every change that committed before them. A lone
  -- call goes without the machinery of sets, which costs more than its work.
  if cardinality(claims) = 1 then
    select array[s.standing] into standings
      from standing_of(claim.org, claim.agent, claim.token, claim.server, claim.session, claim.revision) s;
    standings := coalesce(standings, array['unauthenticated']);
  else
    select array_agg(coalesce(s.standing, 'unauthenticated') order by c.ordinality) into standings
      from unnest(claims) with ordinality c
      left join lateral standing_of(c.org, c.agent, c.token, c.server, c.session, c.revision) s on true;
  end if;

  if obligations is not null then
    select d.batch, d.details into batch, details
      from discharge_obligations(claims, batch, standings, obligations, windows) d;
  end if;

  recorded := 0;
  if cardinality(batch) = 1 then
    if standings[1] = 'ok' then
      call := batch[1];
      insert into calls (
        org_id, id, at, agent_id, token_id, server_id, session_id, method, tool, decision, observed, rule,
        reason, explanation, policy_id, policy_version, approval_id, retry_after_ms, argument_shape, request_bytes)
      values (
        claim.org, call.id, clock_timestamp(), claim.agent, claim.token, claim.server, claim.session, call.method,
        call.tool, call.decision, call.observed, call.rule, call.reason, call.explanation, claim.policy,
        claim.policy_version, call.approval_id, nullif(call.retry_after_ms, -1), call.shape, call.bytes);
      recorded := 1;
    end if;
  else
    insert into calls (
      org_id, id, at, agent_id, token_id, server_id, session_id, method, tool, decision, observed, rule,
      reason, explanation, policy_id, policy_version, approval_id, retry_after_ms, argument_shape, request_bytes)
    select
      k.org, c.id, clock_timestamp(), k.agent, k.token, k.server, k.session, c.method, c.tool, c.decision,
      c.observed, c.rule, c.reason, c.explanation, k.policy, k.policy_version, c.approval_id,
      nullif(c.retry_after_ms, -1), c.shape, c.bytes
    from unnest(batch) c join unnest(claims) with ordinality k on k.ordinality = c.claim
    where standings[c.claim] = 'ok';
    get diagnostics recorded = row_count;
  end if;
end $$;

-- How a claim stands now: ok or a failure; no row when there is no such token. `limit 1` keeps the
-- look-ups by key, whatever the planner believes of the tables' sizes.
create function standing_of(
  org uuid, agent uuid, token uuid, server uuid, session uuid, revision int
) returns table (standing text)
language sql stable as $$
  select case
    when t.revoked_at is not null or a.revoked_at is not null
      or t.expires_at <= clock_timestamp() then 'unauthenticated'
    when g.agent_id is null or s.id is null or s.removed_at is not null then 'not_granted'
    when s.revision is distinct from standing_of.revision then 'stale'
    when standing_of.session is not null and not exists (
      select 1 from sessions ss
      where ss.org_id = standing_of.org and ss.id = standing_of.session
        and ss.agent_id = standing_of.agent and ss.server_id = standing_of.server and ss.ended_at is null
    ) then 'session_ended'
    else 'ok'
  end
  from agent_tokens t
  join agents a on a.org_id = t.org_id and a.id = t.agent_id
  left join grants g on g.org_id = t.org_id and g.agent_id = t.agent_id and g.server_id = standing_of.server
  left join servers s on s.org_id = t.org_id and s.id = standing_of.server
  where t.org_id = standing_of.org and t.id = standing_of.token and t.agent_id = standing_of.agent
  limit 1
$$;

-- Locks every window and approval of a batch, in one order everywhere, makes windows that are new, and
-- answers with the windows as they stand.
create function lock_obligations(obligations jsonb) returns window_state[]
language plpgsql as $$
declare
  wanted int := jsonb_array_length(obligations -> 'windows');
  windows window_state[] := '{}';
begin
  while cardinality(windows) < wanted loop
    select coalesce(array_agg(row(l.stamps, l.counts, null)::window_state order by l.place), '{}')
    into windows
    from (
      select x.place, w.stamps, w.counts
      from rows from (jsonb_to_recordset(obligations -> 'windows') as (org uuid, key text))
        with ordinality as x(org, key, place)
      join rate_windows w on w.org_id = x.org and w.key = x.key
      order by w.org_id, w.key
      for update of w
    ) l;
    if cardinality(windows) < wanted then
      insert into rate_windows (org_id, key, stamps, counts)
        select x.org, x.key, '{}', '{}'
        from jsonb_to_recordset(obligations -> 'windows') as x(org uuid, key text)
        order by 1, 2
        on conflict do nothing;
    end if;
  end loop;
  if obligations @? '$.calls[*].approval.digest' then
    perform pg_advisory_xact_lock(key) from (
      select distinct hashtextextended(x.approval ->> 'digest', 1) as key
      from jsonb_to_recordset(obligations -> 'calls') as x(approval jsonb)
      where x.approval ->> 'digest' is not null order by 1
    ) digests;
  end if;
  return windows;
end $$;

-- Consumes approvals and takes slots for the calls that have obligations; their decisions are set in
-- the batch it returns. Under the locks of lock_obligations.
create function discharge_obligations(
  claims admission_claim[], inout batch admission_call[], standings text[], obligations jsonb,
  windows window_state[], out details jsonb
)
language plpgsql as $$
#variable_conflict use_column
declare
  due record;
  slot record;
  call admission_call;
  claim admission_claim;
  approval approvals;
  taken boolean[] := array_fill(false, array[cardinality(windows)]);
  state window_state;
  forward boolean;
  limited jsonb;
  moment timestamptz;
begin
  for due in
    select * from jsonb_to_recordset(obligations -> 'calls') as x(call int, approval jsonb, limits jsonb)
  loop
    call := batch[due.call];
    claim := claims[call.claim];
    continue when standings[call.claim] is distinct from 'ok';
    moment := clock_timestamp();
    forward := true;
    limited := null;

    if due.approval is not null then
      approval := approval_for_call(claim, call, due.approval, moment);
      call.approval_id := approval.id;
      if approval.state is distinct from 'approved' then
        forward := false;
        call.rule := due.approval ->> 'rule';
        if approval.state = 'denied' then
          call.decision := 'denied';
          call.reason := approval.decision_note;
        else
          call.decision := 'approval';
          call.reason := due.approval ->> 'reason';
        end if;
      end if;
    end if;

    if forward then
      for slot in
        select * from jsonb_to_recordset(due.limits) as l("window" int, max int, window_seconds int, rule text)
      loop
        state := windows[slot.window];
        state := window_at(state.stamps, state.counts, slot.max, slot.window_seconds, moment);
        windows[slot.window] := state;
        if state.wait_ms is not null
           and (forward or call.retry_after_ms <> -1
             and (state.wait_ms = -1 or state.wait_ms > call.retry_after_ms)) then
          forward := false;
          call.decision := 'limited';
          call.rule := slot.rule;
          call.retry_after_ms := state.wait_ms;
          limited := jsonb_build_object('max', slot.max, 'window_seconds', slot.window_seconds);
        end if;
      end loop;
    end if;

    if forward then
      for slot in
        select * from jsonb_to_recordset(due.limits) as l("window" int, max int, window_seconds int)
      loop
        windows[slot.window] := window_take(windows[slot.window], slot.max, slot.window_seconds, moment);
        taken[slot.window] := true;
      end loop;
      if due.approval is not null then
        update approvals a set state = 'consumed', call_id = call.id
          where a.org_id = claim.org and a.id = call.approval_id;
      end if;
    end if;

    batch[due.call] := call;
    if call.decision <> 'allowed' or call.approval_id is not null then
      details := coalesce(details, '[]') || jsonb_build_object(
        'call', due.call, 'decision', call.decision, 'rule', call.rule, 'reason', call.reason,
        'approval_id', call.approval_id, 'retry_after_ms', call.retry_after_ms, 'limit', limited);
    end if;
  end loop;

  if true = any (taken) then
    update rate_windows w set stamps = (windows[x.ordinality]).stamps, counts = (windows[x.ordinality]).counts
      from rows from (jsonb_to_recordset(obligations -> 'windows') as (org uuid, key text))
        with ordinality as x(org, key, ordinality)
      where w.org_id = x.org and w.key = x.key and taken[x.ordinality];
  end if;
end $$;

-- ── Indexes of the record ───────────────────────────────────────────────────────────────────
-- Most calls are allowed, and allowed ones are found along the key: only the others need an index.

drop index calls_org_id_decision_id_idx;
create index calls_refused on calls (org_id, decision, id) where decision <> 'allowed';

-- ── Counts by hour ──────────────────────────────────────────────────────────────────────────
-- Hours that are over are counted once, so that pages which count calls cost the same however many
-- there are. Like the record they count, they have no foreign keys.

create table call_hours (
  org_id uuid not null,
  hour timestamptz(3) not null,
  server_id uuid not null,
  agent_id uuid not null,
  tool text not null,
  decision text not null,
  observed boolean not null,
  calls int not null,
  constraint call_hours_pkey primary key (org_id, hour, server_id, agent_id, tool, decision, observed)
);

-- One row: calls whose ids are of an earlier time are in call_hours.
create table call_rollups (
  id int not null,
  until timestamptz(3) not null,
  constraint call_rollups_pkey primary key (id)
);

create function uuid_v7_hour(id uuid) returns timestamptz
language sql immutable as $$
  select to_timestamp(('x' || translate(left(id::text, 13), '-', ''))::bit(48)::bigint / 3600000 * 3600)
$$;

-- Counts the hours that are over. An hour counts as over five minutes late: longer than any call is on
-- its way between its id and its record.
create function roll_up_calls() returns void
language plpgsql as $$
declare
  since timestamptz;
  up_to timestamptz := date_trunc('hour', now() - interval '5 minutes', 'UTC');
begin
  if not pg_try_advisory_xact_lock(hashtext('callgate.rollup')) then
    return;
  end if;
  select until into since from call_rollups;
  if since is null then
    select coalesce(uuid_v7_hour(min(c.id::text)::uuid), up_to) into since from calls c;
  end if;
  if since >= up_to then
    return;
  end if;
  insert into call_hours (org_id, hour, server_id, agent_id, tool, decision, observed, calls)
    select c.org_id, uuid_v7_hour(c.id), c.server_id, c.agent_id, c.tool, c.decision, c.observed, count(*)
    from calls c
    where c.id >= uuid_v7_floor(since) and c.id < uuid_v7_floor(up_to)
    group by 1, 2, 3, 4, 5, 6, 7;
  insert into call_rollups (id, until) values (1, up_to)
    on conflict (id) do update set until = excluded.until;
end $$;

-- An org's calls from a moment on, counted: hours that are over from their counts, and the rest, at
-- most the part of the first hour and what came after the last roll-up, from the record.
create function call_counts(for_org uuid, since timestamptz)
returns table (hour timestamptz, server_id uuid, agent_id uuid, tool text, decision text, observed boolean, calls int)
language plpgsql stable as $$
#variable_conflict use_column
declare
  counted_from timestamptz := date_trunc('hour', since + interval '1 hour' - interval '1 microsecond', 'UTC');
  counted_to timestamptz := (select until from call_rollups);
begin
  if counted_to is null or counted_to <= counted_from then
    counted_from := since;
    counted_to := since;
  end if;
  return query
    select h.hour, h.server_id, h.agent_id, h.tool, h.decision, h.observed, h.calls
    from call_hours h
    where h.org_id = for_org and h.hour >= counted_from and h.hour < counted_to
    union all
    select uuid_v7_hour(c.id), c.server_id, c.agent_id, c.tool, c.decision, c.observed, count(*)::int
    from calls c
    where c.org_id = for_org and c.id >= uuid_v7_floor(since) and c.id < uuid_v7_floor(counted_from)
    group by 1, 2, 3, 4, 5, 6
    union all
    select uuid_v7_hour(c.id), c.server_id, c.agent_id, c.tool, c.decision, c.observed, count(*)::int
    from calls c
    where c.org_id = for_org and c.id >= uuid_v7_floor(counted_to)
    group by 1, 2, 3, 4, 5, 6;
end $$;

-- ── Outcomes that are looked for ────────────────────────────────────────────────────────────

create index call_outcomes_other on call_outcomes (org_id, outcome, call_id) where outcome <> 'ok';
