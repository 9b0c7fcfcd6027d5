-- A rolling window knows how many slots are taken, so that nothing adds them up for each call; and a
-- lone call with one limit, the most common of all, goes without the machinery of sets.

-- ── Rolling windows ─────────────────────────────────────────────────────────────────────────

alter table rate_windows add column total int not null default 0;
alter table throttles add column total int not null default 0;
update rate_windows set total = least(coalesce((select sum(c::bigint) from unnest(counts) c), 0), 2147483647);
update throttles set total = least(coalesce((select sum(c::bigint) from unnest(counts) c), 0), 2147483647);

-- A window of sub-buckets is 3 KB: kept in its row, uncompressed, with room for the next version.
alter table rate_windows set (toast_tuple_target = 8160, fillfactor = 50);

alter type window_state add attribute total int;
drop function window_at(timestamptz[], int[], int, int, timestamptz);

-- The window at `moment`: expired stamps dropped, and how long until a slot is free (null: one is
-- free now; -1: never, because max is 0). Takes time for what expired, not for what stands.
create function window_at(state window_state, max_slots int, window_seconds int, moment timestamptz)
returns window_state
language plpgsql immutable as $$
declare
  cutoff timestamptz := moment - make_interval(secs => window_seconds);
  stamps timestamptz[] := state.stamps;
  counts int[] := state.counts;
  size int := cardinality(stamps);
  used int := state.total;
  first int := 1;
begin
  while first <= size and stamps[first] <= cutoff loop
    used := used - counts[first];
    first := first + 1;
  end loop;
  if first > 1 then
    state.stamps := coalesce(stamps[first:size], '{}');
    state.counts := coalesce(counts[first:size], '{}');
    state.total := used;
  end if;
  state.wait_ms := null;
  if max_slots <= 0 then
    state.wait_ms := -1;
    return state;
  end if;
  while used >= max_slots loop
    used := used - counts[first];
    state.wait_ms := greatest(1, ceil(extract(epoch from (stamps[first] - cutoff)) * 1000));
    first := first + 1;
  end loop;
  return state;
end $$;

-- As before: above 1,000 slots, one stamp for each 240th of the window, moved to its latest call.
create or replace function window_take(
  state window_state, max_slots int, window_seconds int, moment timestamptz
) returns window_state
language plpgsql immutable as $$
declare
  size int := cardinality(state.stamps);
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
  state.total := state.total + 1;
  return state;
end $$;

create or replace function take_throttle(throttle_key text, max_slots int, window_seconds int) returns int
language plpgsql as $$
declare
  state window_state;
  moment timestamptz;
begin
  insert into throttles (key, stamps, counts) values (throttle_key, '{}', '{}') on conflict do nothing;
  select t.stamps, t.counts, null, t.total into state from throttles t where t.key = throttle_key for update;
  moment := clock_timestamp();
  state := window_at(state, max_slots, window_seconds, moment);
  if state.wait_ms is not null then
    return state.wait_ms;
  end if;
  state := window_take(state, max_slots, window_seconds, moment);
  update throttles set stamps = state.stamps, counts = state.counts, total = state.total
    where key = throttle_key;
  if not found then
    raise exception 'throttle vanished' using errcode = 'serialization_failure';
  end if;
  return null;
end $$;

-- ── Admission ───────────────────────────────────────────────────────────────────────────────
-- As before, but a lone call with one limit comes without sets: its window is held in variables.
--
-- obligations: null; or { only: { key, max, window_seconds, rule } }, one call with one limit; or
--   { windows: [{ org, key }] sorted, calls: [{ call (from 1), approval,
--   limits: [{ window (from 1), max, window_seconds, rule }] }] sorted by call }
-- standings: one a claim: ok, or why none of its calls was recorded
-- recorded: how many calls are on record now
-- details: what was recorded otherwise than asked, or with an approval

create or replace function admit_calls(
  claims admission_claim[], batch admission_call[], obligations jsonb,
  out standings text[], out recorded int, out details jsonb
)
language plpgsql as $$
#variable_conflict use_column
declare
  windows window_state[];
  claim admission_claim := claims[1];
  call admission_call := batch[1];
  slot jsonb := obligations -> 'only';
  slot_key text := slot ->> 'key';
  slot_max int := slot ->> 'max';
  slot_seconds int := slot ->> 'window_seconds';
  state window_state;
  moment timestamptz;
begin
  if cardinality(claims) = 1 then
    perform pg_advisory_xact_lock_shared(org_lock_key(claim.org));
  else
    perform pg_advisory_xact_lock_shared(key) from (
      select distinct org_lock_key(c.org) as key from unnest(claims) c order by 1
    ) orgs;
  end if;
  if slot is not null then
    loop
      select w.stamps, w.counts, null, w.total into state
        from rate_windows w where w.org_id = claim.org and w.key = slot_key for update;
      exit when found;
      insert into rate_windows (org_id, key, stamps, counts) values (claim.org, slot_key, '{}', '{}')
        on conflict do nothing;
    end loop;
  elsif obligations is not null then
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

  if slot is not null then
    moment := clock_timestamp();
    state := window_at(state, slot_max, slot_seconds, moment);
    if standings[1] is distinct from 'ok' then
      null; -- Takes nothing and is not recorded.
    elsif state.wait_ms is null then
      state := window_take(state, slot_max, slot_seconds, moment);
      update rate_windows w set stamps = state.stamps, counts = state.counts, total = state.total
        where w.org_id = claim.org and w.key = slot_key;
    else
      call.decision := 'limited';
      call.rule := slot ->> 'rule';
      call.retry_after_ms := state.wait_ms;
      details := jsonb_build_array(jsonb_build_object(
        'call', 1, 'decision', call.decision, 'rule', call.rule, 'reason', call.reason,
        'approval_id', null, 'retry_after_ms', call.retry_after_ms,
        'limit', jsonb_build_object('max', slot_max, 'window_seconds', slot_seconds)));
    end if;
  elsif obligations is not null then
    select d.batch, d.details into batch, details
      from discharge_obligations(claims, batch, standings, obligations, windows) d;
    call := batch[1];
  end if;

  recorded := 0;
  if cardinality(batch) = 1 then
    if standings[1] = 'ok' then
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

-- Locks every window and approval of a batch, in one order everywhere, makes windows that are new, and
-- answers with the windows as they stand.
create or replace function lock_obligations(obligations jsonb) returns window_state[]
language plpgsql as $$
declare
  wanted int := jsonb_array_length(obligations -> 'windows');
  windows window_state[] := '{}';
begin
  while cardinality(windows) < wanted loop
    select coalesce(array_agg(row(l.stamps, l.counts, null, l.total)::window_state order by l.place), '{}')
    into windows
    from (
      select x.place, w.stamps, w.counts, w.total
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
create or replace function discharge_obligations(
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
        state := window_at(windows[slot.window], slot.max, slot.window_seconds, moment);
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
    update rate_windows w set stamps = (windows[x.ordinality]).stamps, counts = (windows[x.ordinality]).counts,
      total = (windows[x.ordinality]).total
      from rows from (jsonb_to_recordset(obligations -> 'windows') as (org uuid, key text))
        with ordinality as x(org, key, ordinality)
      where w.org_id = x.org and w.key = x.key and taken[x.ordinality];
  end if;
end $$;
