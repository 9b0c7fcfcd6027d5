import type { Pool } from "pg";

export type Outcome = "ok" | "tool_error" | "upstream_error" | "cancelled" | "unknown";

/** What became of an admitted call. */
export interface Settlement {
  orgId: string;
  callId: string;
  outcome: Outcome;
  detail: string | null;
  httpStatus: number | null;
  responseBytes: number | null;
  /** Milliseconds the upstream took, and milliseconds the proxy added. */
  upstreamMs: number | null;
  addedMs: number | null;
}

/**
 * Writes a batch of outcomes; one that exists already stays as it is. Its commit does not wait for the
 * disk, so that admissions, whose commits do, need not queue behind it: an outcome that a crash of
 * the database loses is recorded as unknown by the sweeper.
 */
export async function settleCalls(pool: Pool, batch: Settlement[]): Promise<void> {
  await pool.query({
    name: "settle_calls",
    text: `with commit_later as materialized (select set_config('synchronous_commit', 'off', true))
      insert into call_outcomes (org_id, call_id, at, outcome, detail, http_status, response_bytes,
        upstream_ms, added_ms)
      select "orgId", "callId", clock_timestamp(), outcome, detail, "httpStatus", "responseBytes",
        "upstreamMs", "addedMs"
      from commit_later, jsonb_to_recordset($1::jsonb) as s("orgId" uuid, "callId" uuid, outcome text, detail text,
        "httpStatus" int, "responseBytes" int, "upstreamMs" float8, "addedMs" float8)
      on conflict do nothing`,
    values: [JSON.stringify(batch)],
  });
}

/**
 * Marks forwarded calls that are older than any deadline and have no outcome, as after a crash.
 * @param olderThanSeconds must exceed the longest total deadline of a call
 * @param newerThanSeconds how far back to look: what a proxy that has looked all along has seen to already
 * @returns how many were marked
 */
export async function sweepUnsettledCalls(
  pool: Pool,
  olderThanSeconds: number,
  newerThanSeconds = 86_400,
): Promise<number> {
  const { rowCount } = await pool.query(
    `insert into call_outcomes (org_id, call_id, at, outcome, detail)
     select c.org_id, c.id, clock_timestamp(), 'unknown',
       'The proxy stopped before the answer arrived; the action may or may not have been performed.'
     from calls c
     left join call_outcomes o on o.org_id = c.org_id and o.call_id = c.id
       and o.call_id >= uuid_v7_floor(now() - make_interval(secs => $2))
     where c.id >= uuid_v7_floor(now() - make_interval(secs => $2))
       and c.id < uuid_v7_floor(now() - make_interval(secs => $1))
       and (c.decision = 'allowed' or c.observed) and o.call_id is null
     on conflict do nothing`,
    [olderThanSeconds, newerThanSeconds],
  );
  return rowCount ?? 0;
}
