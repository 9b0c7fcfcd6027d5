import { z } from "zod";

export const ListApprovals = z.strictObject({
  state: z.enum(["pending", "decided"]).optional(),
  limit: z.int().min(1).max(200).default(100),
});
export type ListApprovals = z.infer<typeof ListApprovals>;

export const ApprovalInput = z.strictObject({ id: z.string() });
export type ApprovalInput = z.infer<typeof ApprovalInput>;

export const DecideApproval = z.strictObject({
  id: z.string(),
  decision: z.enum(["approve", "deny"]),
  /** Shown to the agent. */
  note: z.string().trim().max(500, "Use at most 500 characters").optional(),
});
export type DecideApproval = z.infer<typeof DecideApproval>;
