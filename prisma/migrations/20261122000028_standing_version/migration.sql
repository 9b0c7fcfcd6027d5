-- What one admission proved of a token, agent, grant and server holds for the next as long as none of
-- them changed. Each change that may end a standing moves its org's version; a call whose standing was
-- proved at the version that still is needs no further look at the four.

alter table orgs add column standing_version int not null default 0;

create function move_standing_version() returns trigger
language plpgsql as $$
begin
  update orgs set standing_version = standing_version + 1 where id = old.org_id;
  return null;
end $$;

-- Columns of which no standing depends, such as when an agent was last seen, move nothing.
create trigger moves_standings after update on agent_tokens for each row
  when ((old.revoked_at, old.expires_at, old.agent_id) is distinct from (new.revoked_at, new.expires_at, new.agent_id))
  execute function move_standing_version();
create trigger moves_standings after update on agents for each row
  when (old.revoked_at is distinct from new.revoked_at)
  execute function move_standing_version();
create trigger moves_standings after update on grants for each row
  execute function move_standing_version();
create trigger moves_standings after update on servers for each row
  when ((old.revision, old.removed_at) is distinct from (new.revision, new.removed_at))
  execute function move_standing_version();
create trigger moves_standings_by_delete after delete on agent_tokens for each row
  execute function move_standing_version();
create trigger moves_standings_by_delete after delete on agents for each row
  execute function move_standing_version();
create trigger moves_standings_by_delete after delete on grants for each row
  execute function move_standing_version();
create trigger moves_standings_by_delete after delete on servers for each row
  execute function move_standing_version();

-- ── Rolling windows ─────────────────────────────────────────────────────────────────────────

-- Takes a slot of a window, one that is new included. Null when it took one; otherwise the milliseconds
-- until one is free, -1 when none ever is.
create function take_slot(org uuid, slot_key text, max_slots int, window_seconds int) returns int
language plpgsql as $$
declare
  state window_state;
  moment timestamptz;
begin
  loop
    select w.stamps, w.counts, null, w.total into state
      from rate_windows w where w.org_id = org and w.key = slot_key for update;
    exit when found;
    insert into rate_windows (org_id, key, stamps, counts) values (org, slot_key, '{}', '{}')
      on conflict do nothing;
  end loop;
  moment := clock_timestamp();
  state := window_at(state, max_slots, window_seconds, moment);
  if state.wait_ms is not null then
    return state.wait_ms;
  end if;
  state := window_take(state, max_slots, window_seconds, moment);
  update rate_windows w set stamps = state.stamps, counts = state.counts, total = state.total
    where w.org_id = org and w.key = slot_key;
  return null;
end $$;

-- ── Admission ───────────────────────────────────────────────────────────────────────────────
-- As before, and it tells how long a standing counts. A lone call with one limit needs no way of its own
-- here any more: once its claim is proved, it does not come this way.

drop function admit_calls(admission_claim[], admission_call[], jsonb);
drop function standing_of(uuid, uuid, uuid, uuid, uuid, int);

-- Whether calls of this claim count now: ok, or why not. ok of token, agent, grant and server holds while the
-- org has this version and until the token expires; a session is to be looked at each time.
create function standing_of(
  org uuid, agent uuid, token uuid, server uuid, session uuid, revision int
) returns table (standing text, version int, until timestamptz)
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
  end, o.standing_version, coalesce(t.expires_at, 'infinity')
  from agent_tokens t
  join agents a on a.org_id = t.org_id and a.id = t.agent_id
  join orgs o on o.id = t.org_id
  left join grants g on g.org_id = t.org_id and g.agent_id = t.agent_id and g.server_id = standing_of.server
  left join servers s on s.org_id = t.org_id and s.id = standing_of.server
  where t.org_id = standing_of.org and t.id = standing_of.token and t.agent_id = standing_of.agent
  limit 1
$$;

-- obligations: null or { windows: [{ org, key }] sorted, calls: [{ call (from 1), approval,
--   limits: [{ window (from 1), max, window_seconds, rule }] }] sorted by call }
-- standings: one a claim: ok, or why none of its calls was recorded
-- versions, untils: one a claim: how long an ok counts
-- recorded: how many calls are on record now
-- details: what was recorded otherwise than asked, or with an approval

create function admit_calls(
  claims admission_claim[], batch admission_call[], obligations jsonb,
  out standings text[], out versions int[], out untils timestamptz[], out recorded int, out details jsonb
)
language plpgsql as $$
#variable_conflict use_column
declare
  windows window_state[];
  claim admission_claim := claims[1];
  call admission_call := batch[1];
begin
  if cardinality(claims) = 1 then
    perform pg_advisory_xact_lock_shared(org_lock_key(claim.org));
  else
    perform pg_advisory_xact_lock_shared(key) from (
      select distinct org_lock_key(c.org) as key from unnest(claims) c order by 1
    ) orgs;
  end if;
  if obligations ? 'only' then
    -- How a proxy from before this migration says what a lone call owes.
    obligations := jsonb_build_object(
      'windows', jsonb_build_array(jsonb_build_object('org', claim.org, 'key', obligations -> 'only' -> 'key')),
      'calls', jsonb_build_array(jsonb_build_object(
        'call', 1, 'limits', jsonb_build_array(obligations -> 'only' || '{"window": 1}'))));
  end if;
  if obligations is not null then
    windows := lock_obligations(obligations);
  end if;

  -- The locks above come first: these queries see every change that committed before them. A lone
  -- call goes without the machinery of sets, which costs more than its work.
  if cardinality(claims) = 1 then
    select array[s.standing], array[s.version], array[s.until] into standings, versions, untils
      from standing_of(claim.org, claim.agent, claim.token, claim.server, claim.session, claim.revision) s;
    standings := coalesce(standings, array['unauthenticated']);
  else
    select array_agg(coalesce(s.standing, 'unauthenticated') order by c.ordinality),
        array_agg(s.version order by c.ordinality), array_agg(s.until order by c.ordinality)
      into standings, versions, untils
      from unnest(claims) with ordinality c
      left join lateral standing_of(c.org, c.agent, c.token, c.server, c.session, c.revision) s on true;
  end if;

  if obligations is not null then
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
