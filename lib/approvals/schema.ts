import { z } from "zod";

export const approvalStates = [
  "pending",
  "approved",
  "denied",
  "consumed",
  "expired",
  "cancelled",
  "void",
] as const;
export type ApprovalState = (typeof approvalStates)[number];

export const ListApprovals = z.strictObject({
  /** `decided`: whatever does not wait any more. */
  state: z.enum(["decided", ...approvalStates]).optional(),
  /** A name. */
  agent: z.string().max(200).optional(),
  /** A slug. */
  server: z.string().max(64).optional(),
  tool: z.string().max(256).optional(),
  /** Only requests older than this one: the last id of a page. */
  before: z.string().optional(),
  limit: z.int().min(1).max(200).default(100),
});
export type ListApprovals = z.infer<typeof ListApprovals>;

export const ApprovalInput = z.strictObject({ id: z.string() });
export type ApprovalInput = z.infer<typeof ApprovalInput>;

/** Shown to the agent. */
const Note = z.string().trim().max(500, "Use at most 500 characters").optional();

export const DecideApproval = z.strictObject({
  id: z.string(),
  decision: z.enum(["approve", "deny"]),
  note: Note,
});
export type DecideApproval = z.infer<typeof DecideApproval>;

export const DenyApprovals = z.strictObject({
  ids: z.array(z.string()).min(1, "Choose at least one request").max(100, "Choose at most 100"),
  note: Note,
});
export type DenyApprovals = z.infer<typeof DenyApprovals>;
