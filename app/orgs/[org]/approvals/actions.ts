"use server";

import { decideApproval } from "#lib/approvals/approvals.ts";
import { DecideApproval } from "#lib/approvals/schema.ts";
import { orgAction } from "#lib/web/action.ts";

export const decide = orgAction("approvals.decide", DecideApproval, decideApproval);
