import type { Pool } from "pg";

/** A call that is held open for a person. */
export interface HeldCall {
  orgId: string;
  callId: string;
  approvalId: string;
  /** The session, or the token where the protocol has no session. */
  scope: string;
  /** The JSON-RPC id, as JSON. */
  requestId: string;
}

/** Which held calls end: one, or those of a session, all or with one JSON-RPC id. */
export type EndedCalls = { callId: string } | { scope: string; requestId: string | null };

/** Notes that a call is held, for every proxy to find. */
export async function enterHold(pool: Pool, hold: HeldCall): Promise<void> {
  await pool.query(
    `insert into approval_holds (org_id, call_id, approval_id, scope, request_id)
     values ($1, $2, $3, $4, $5)`,
    [hold.orgId, hold.callId, hold.approvalId, hold.scope, hold.requestId],
  );
}

export async function leaveHold(pool: Pool, orgId: string, callId: string): Promise<void> {
  await pool.query("delete from approval_holds where org_id = $1 and call_id = $2", [
    orgId,
    callId,
  ]);
}

/**
 * Ends held calls whose agent does not wait for them any more, and withdraws the requests that
 * nobody else is held for. What has been approved already stays approved and lapses by itself, and
 * a task goes on when a request for its result is given up.
 *
 * @returns how many calls were held, and requests for results waited
 */
export async function withdrawApproval(
  pool: Pool,
  orgId: string,
  ended: EndedCalls,
): Promise<number> {
  const [callId, scope, requestId] =
    "callId" in ended ? [ended.callId, null, null] : [null, ended.scope, ended.requestId];
  const { rows } = await pool.query(
    `with ended as (
       delete from approval_holds
       where org_id = $1 and ($2::uuid is null or call_id = $2) and ($3::text is null or scope = $3)
         and ($4::text is null or request_id = $4)
       returning call_id, approval_id
     ), withdrawn as (
       update approvals a set state = 'cancelled', decided_at = now()
       where a.org_id = $1 and a.state = 'pending' and a.id in (select approval_id from ended)
         and not exists (
           select 1 from approval_holds h
           where h.org_id = $1 and h.approval_id = a.id and h.at > now() - interval '1 minute'
             and h.call_id not in (select call_id from ended))
         and not exists (
           select 1 from approval_tasks t
           where t.org_id = $1 and t.approval_id = a.id and t.state = 'waiting' and t.expires_at > now())
     ), given_up as (
       delete from approval_task_waits
       where org_id = $1 and scope = $3 and ($4::text is null or request_id = $4)
       returning id
     )
     select ((select count(*) from ended) + (select count(*) from given_up))::int as count`,
    [orgId, callId, scope, requestId],
  );
  return rows[0]?.count ?? 0;
}

/** Removes the holds of proxies that died; none lasts a minute. */
export async function sweepHolds(pool: Pool): Promise<void> {
  await pool.query("delete from approval_holds where at < now() - interval '2 minutes'");
}
