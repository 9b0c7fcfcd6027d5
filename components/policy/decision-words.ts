import { count } from "#components/count.ts";
import type { DecisionKind } from "#components/decision-badge.tsx";
import type { Expectation } from "#lib/policy/cases.ts";
import { describeDuration } from "#lib/policy/duration.ts";
import type { TrialDetail } from "#lib/rules/try.ts";
import type { CallEnding } from "./policy-answers.ts";

/** The one look of each decision. */
export const kindOf: Readonly<Record<Expectation | CallEnding, DecisionKind>> = {
  allow: "allowed",
  limit: "limited",
  require_approval: "needs_approval",
  approve: "needs_approval",
  deny: "denied",
  hide: "hidden",
};

/** What a case can expect, in words. */
export const expectationOptions: readonly { value: Expectation; label: string }[] = [
  { value: "allow", label: "Allowed" },
  { value: "limit", label: "Allowed, counted by a limit" },
  { value: "require_approval", label: "Needs approval" },
  { value: "deny", label: "Denied" },
  { value: "hide", label: "Hidden" },
];

/** "10 calls in 1 minute per session, by tools.x; a new session starts a new count". */
export function limitWords(limit: TrialDetail["limits"][number]): string {
  const { max, windowSeconds, per, rule } = limit;
  const reconnect = limit.survivesReconnect
    ? "survives a reconnect"
    : "a new session starts a new count";
  return `${count(max, "call")} in ${describeDuration(windowSeconds)} per ${per}, by ${rule}; ${reconnect}`;
}
