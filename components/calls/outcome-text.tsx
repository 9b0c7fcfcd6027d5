import { cn } from "#components/ui/cn.ts";
import type { CallOutcome } from "#lib/calls/schema.ts";
import { outcomeLabels } from "./filters.ts";

/** What became of a call; a dash where it was never sent. */
export function OutcomeText({ outcome }: { outcome: CallOutcome | null }) {
  if (outcome === null) {
    return (
      <span className="text-muted">
        <span aria-hidden="true">–</span>
        <span className="sr-only">Not sent</span>
      </span>
    );
  }
  const wrong = outcome === "tool_error" || outcome === "upstream_error";
  return (
    <span
      className={cn(
        wrong && "text-danger",
        outcome === "ok" ? "text-text" : !wrong && "text-muted",
      )}
    >
      {outcomeLabels[outcome]}
    </span>
  );
}
