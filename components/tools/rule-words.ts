import type { Tone } from "#components/ui/segmented.tsx";
import { describeDuration } from "#lib/policy/duration.ts";
import type { Choice, EffectiveRule } from "#lib/policy/effective.ts";
import type { LimitScope, RateLimit } from "#lib/policy/types.ts";

/** The five everyday choices in the order of the keys 1 to 5. */
export const choiceOptions: readonly { value: Choice; label: string; tone: Tone }[] = [
  { value: "allow", label: "Allow", tone: "positive" },
  { value: "limit", label: "Limit", tone: "caution" },
  { value: "approve", label: "Approve", tone: "info" },
  { value: "deny", label: "Deny", tone: "danger" },
  { value: "hide", label: "Hide", tone: "muted" },
];

/** "valkey_read is now denied". */
export const choiceDone: Record<Choice, string> = {
  allow: "allowed",
  limit: "limited",
  approve: "waiting for approval",
  deny: "denied",
  hide: "hidden",
};

/** "10 in 1 minute", with the scope where it is not the session. */
export function limitText({ max, window, per }: RateLimit): string {
  return `${max.toLocaleString("en")} in ${describeDuration(window)}${per === "session" ? "" : ` · ${per}`}`;
}

/** Where an inherited rule comes from, in one word; null for the tool's own. */
export function inheritedFrom(rule: EffectiveRule): string | null {
  switch (rule.source) {
    case "tool":
      return null;
    case "class":
      return rule.rule.replace(/^classes\./, "");
    case "default":
      return "default";
  }
}

/** What a count is kept for; said because a session can be reopened. */
export const scopeNotes: Record<LimitScope, string> = {
  session: "A new session starts a new count.",
  agent: "Survives a reconnect.",
  server: "All agents of this server share it.",
  org: "All agents of the org share it.",
};
