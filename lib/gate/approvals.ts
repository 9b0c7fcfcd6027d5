import type { Pool } from "pg";

export type ApprovalDecision =
  | { state: "pending" | "approved" | "expired" | "consumed" | "cancelled" | "void" }
  | { state: "denied"; note: string | null };

/** Where a request stands now; null when there is no such request in the org. */
export async function readApproval(
  pool: Pool,
  orgId: string,
  id: string,
): Promise<ApprovalDecision | null> {
  const { rows } = await pool.query({
    name: "read_approval",
    text: `select case when state in ('pending', 'approved') and expires_at <= now() then 'expired' else state::text end
        as state, decision_note as note
      from approvals where org_id = $1 and id = $2`,
    values: [orgId, id],
  });
  return rows[0] ?? null;
}
