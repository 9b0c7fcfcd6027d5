import { ApprovalRule } from "#lib/policy/approval.ts";
import type { ApprovalOptions } from "#lib/policy/types.ts";

/** How long an approved call may be repeated by the agent, unless its rule says otherwise. */
export const approvedMinutes = 15;

/** What the rule demanded when the call was made; null when that can no longer be read. */
export function readOptions(stored: unknown): ApprovalOptions | null {
  return ApprovalRule.safeParse(stored).data ?? null;
}

/** How many people have to approve; of what cannot be read, more than there may be. */
export function votesNeeded(options: ApprovalOptions | null): number {
  return options === null ? Number.POSITIVE_INFINITY : (options.count ?? 1);
}
