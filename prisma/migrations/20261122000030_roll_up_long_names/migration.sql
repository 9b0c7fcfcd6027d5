-- A name on record may be longer than an index takes: before this release a resource's URI was recorded
-- whole, and a single one of some 2,600 bytes ended every count. Such names are counted by their beginning.

create or replace function roll_up_calls() returns void
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
    select c.org_id, uuid_v7_hour(c.id), c.server_id, c.agent_id,
      case when octet_length(c.tool) > 1200 then left(c.tool, 256) else c.tool end,
      c.decision, c.observed, count(*)
    from calls c
    where c.id >= uuid_v7_floor(since) and c.id < uuid_v7_floor(up_to)
    group by 1, 2, 3, 4, 5, 6, 7;
  insert into call_rollups (id, until) values (1, up_to)
    on conflict (id) do update set until = excluded.until;
end $$;
