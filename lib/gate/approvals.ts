import type { Pool } from "pg";

export type ApprovalDecision =
  | { state: "pending" | "approved" | "expired" | "consumed" | "cancelled" | "void" }
  | { state: "denied"; note: string | null };

/**
 * Where the request of a held call stands now: `cancelled` also when only this call is not held any
 * more, because its agent gave it up. Null when there is no such request in the org.
 */
export async function readApproval(
  pool: Pool,
  orgId: string,
  id: string,
  callId: string,
): Promise<ApprovalDecision | null> {
  const { rows } = await pool.query({
    name: "read_approval",
    text: `select case
        when not exists (select 1 from approval_holds where org_id = $1 and call_id = $3) then 'cancelled'
        when state in ('pending', 'approved') and expires_at <= now() then 'expired'
        else state::text end as state, decision_note as note
      from approvals where org_id = $1 and id = $2`,
    values: [orgId, id, callId],
  });
  return rows[0] ?? null;
}
