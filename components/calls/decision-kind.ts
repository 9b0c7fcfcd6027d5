import type { DecisionKind } from "#components/decision-badge.tsx";
import type { CallDecision } from "#lib/calls/schema.ts";

/** How a decision on record is shown. */
export function decisionKind(decision: CallDecision): DecisionKind {
  return decision === "approval" ? "needs_approval" : decision;
}
