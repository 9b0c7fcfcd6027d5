import type { Pool } from "pg";
import { newId } from "#lib/ids.ts";
import type { RefusalReason } from "#lib/policy/refusal-reasons.ts";
import { toStorableText } from "#lib/tools/storable.ts";

const keptDays = 90;

/** Requests of one agent that were refused for one reason within an hour. */
export interface RefusedCount {
  orgId: string;
  agentId: string;
  /** Null: at the address of all servers, or of a server that the agent may not use. */
  serverId: string | null;
  reason: RefusalReason;
  /** When the hour begins. */
  hour: Date;
  requests: number;
  firstAt: Date;
  lastAt: Date;
  /** The last refusal as the agent got it; 300 characters at most. */
  message: string;
}

/**
 * Adds to what is on record of these hours, whichever proxy counted it. Counts of agents and servers
 * that are gone go with them. In one order, so that two proxies do not wait for each other.
 */
export async function recordRefused(
  pool: Pick<Pool, "query">,
  counted: readonly RefusedCount[],
): Promise<void> {
  const entries = counted.map((entry) => ({
    ...entry,
    id: newId(),
    message: toStorableText(entry.message),
  }));
  await pool.query(
    `insert into refused_requests as r (
       org_id, id, agent_id, server_id, reason, hour, requests, first_at, last_at, message)
     select a.org_id, e.id, a.id, s.id, e.reason, e.hour, e.requests, e."firstAt", e."lastAt", e.message
     from jsonb_to_recordset($1::jsonb) as e("orgId" uuid, id uuid, "agentId" uuid, "serverId" uuid, reason text,
       hour timestamptz, requests int, "firstAt" timestamptz, "lastAt" timestamptz, message text)
     join agents a on a.org_id = e."orgId" and a.id = e."agentId"
     left join servers s on s.org_id = a.org_id and s.id = e."serverId"
     where e."serverId" is null or s.id is not null
     order by a.org_id, a.id, s.id, e.reason, e.hour
     on conflict (org_id, agent_id, server_id, reason, hour) do update set
       requests = r.requests + excluded.requests,
       first_at = least(r.first_at, excluded.first_at),
       last_at = greatest(r.last_at, excluded.last_at),
       message = case when excluded.last_at >= r.last_at then excluded.message else r.message end`,
    [JSON.stringify(entries)],
  );
}

/**
 * Forgets hours more than 90 days ago (no tenant: the sweeper's).
 * @returns how many rows
 */
export async function pruneRefused(pool: Pick<Pool, "query">): Promise<number> {
  const { rowCount } = await pool.query(
    "delete from refused_requests where hour < now() - make_interval(days => $1)",
    [keptDays],
  );
  return rowCount ?? 0;
}
