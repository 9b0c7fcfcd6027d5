"use server";

import { decideApproval, denyApprovals } from "#lib/approvals/approvals.ts";
import { DecideApproval, DenyApprovals } from "#lib/approvals/schema.ts";
import { confirmPassword } from "#lib/auth/confirm.ts";
import type { ActionResult } from "#lib/errors.ts";
import { orgAction } from "#lib/web/action.ts";
import { actionErrorOf } from "#lib/web/errors.ts";
import { orgContextOf } from "#lib/web/session.ts";

export const decide = orgAction("approvals.decide", DecideApproval, decideApproval);
export const denySeveral = orgAction("approvals.decide", DenyApprovals, denyApprovals);

/** Who is there proves it again; approving what is Critical asks for it. */
export async function confirmWho(orgSlug: string, input: unknown): Promise<ActionResult<null>> {
  try {
    const { user } = await orgContextOf(String(orgSlug), "approvals.decide");
    // `unknown` from the browser: the verb parses it.
    await confirmPassword(user, input as { password: string });
    return { ok: true, data: null };
  } catch (error) {
    return { ok: false, error: actionErrorOf(error) };
  }
}
