import { setTimeout as wait } from "node:timers/promises";
import type { Client } from "pg";
import { rollUpCalls } from "#lib/calls/roll-up.ts";

/** Adds orgs, each with a policy, a server, an agent, a token and a grant. */
export async function fillOrgs(database: Client, amount: number): Promise<void> {
  await database.query(
    `create temp table new_orgs as
     select uuidv7() as org, uuidv7() as policy, uuidv7() as server, uuidv7() as agent, uuidv7() as token, n
     from generate_series(1, $1::int) n`,
    [amount],
  );
  for (const statement of [
    `insert into orgs (id, slug, name) select org, 'filler-' || n, 'Filler ' || n from new_orgs`,
    `insert into policies (org_id, id, name) select org, policy, 'Policy' from new_orgs`,
    `insert into policy_versions (org_id, policy_id, version, document, author)
     select org, policy, 1, '{"version": 1, "default": "deny"}', 'system:bench' from new_orgs`,
    `insert into servers (org_id, id, slug, name, kind, url, policy_id)
     select org, server, 'filler', 'Filler', 'url', 'http://127.0.0.1:9/mcp', policy from new_orgs`,
    `insert into agents (org_id, id, name, created_by) select org, agent, 'filler', 'system:bench' from new_orgs`,
    `insert into agent_tokens (org_id, id, agent_id, digest, last4)
     select org, token, agent, sha256(token::text::bytea), 'last' from new_orgs`,
    `insert into grants (org_id, agent_id, server_id) select org, agent, server from new_orgs`,
    "analyze orgs, policies, policy_versions, servers, agents, agent_tokens, grants",
    "drop table new_orgs",
    // What was just written goes to disk now, not while calls are measured.
    "checkpoint",
  ]) {
    await database.query(statement);
  }
}

/**
 * Sees to it that the org that has called most has so many calls with outcomes on record: over the last seven
 * days, a fifth of them today, spread over twenty tools. They are counted when this returns, as calls that
 * came one by one would be: counting a million at once would be measured as well.
 */
export async function fillCalls(database: Client, amount: number): Promise<string> {
  const { rows } = await database.query<{ org: string; calls: string }>(
    "select org_id as org, count(*) as calls from calls group by 1 order by 2 desc limit 1",
  );
  const [most] = rows;
  if (most === undefined) throw new Error("no org has called yet");
  const missing = amount - Number(most.calls);
  if (missing > 0) {
    for (let left = missing; left > 0; left -= million) {
      await database.query(fillSql, [most.org, Math.min(million, left)]);
    }
    await database.query("vacuum analyze calls, call_outcomes");
    // What is behind the count already is not looked at again.
    await database.query("truncate call_hours, call_rollups");
  }
  await countCalls(database);
  await database.query("checkpoint");
  return most.org;
}

const million = 1_000_000;

/** The proxy counts now and then as well; only one of the two does, and this waits for either. */
async function countCalls(database: Client): Promise<void> {
  for (;;) {
    await rollUpCalls(database);
    const { rows } = await database.query<{ done: boolean }>(
      `select coalesce(max(until), '-infinity') >= date_trunc('hour', now() - interval '5 minutes', 'UTC') as done
       from call_rollups`,
    );
    if (rows[0]?.done) return;
    await wait(500);
  }
}

const fillSql = `
  with moments as (
    select n, now() - case when n % 5 = 0 then interval '1 day' else interval '7 days' end
      * (n::float8 / $2::int) as at
    from generate_series(1, $2::int) n
  ), identified as (
    select n, at, (substr(uuid_v7_floor(at)::text, 1, 14) || substr(uuidv7()::text, 15))::uuid as id from moments
  ), recorded as (
    insert into calls (org_id, id, at, agent_id, token_id, server_id, tool, decision, rule, explanation, policy_id,
      policy_version, argument_shape, request_bytes)
    select $1::uuid, i.id, i.at, c.agent_id, c.token_id, c.server_id, 'tool_' || i.n % 20,
      case when i.n % 50 = 0 then 'limited' when i.n % 10 = 0 then 'denied' else 'allowed' end,
      'tools.echo', 'Allowed by tools.echo.', c.policy_id, 1,
      '[{"path": "text", "type": "string", "length": 5, "digest": "0123456789abcdef0123456789abcdef"}]', 120
    from identified i, (select * from calls where org_id = $1::uuid limit 1) c
    returning org_id, id, decision
  )
  insert into call_outcomes (org_id, call_id, outcome, http_status, response_bytes, upstream_ms, added_ms)
  select org_id, id, 'ok', 200, 80, 3.5, 0.9 from recorded where decision = 'allowed'`;
