import { cn } from "./ui/cn.ts";
import { dotTones, type StatusTone } from "./ui/status-dot.tsx";

export type DecisionKind = "allowed" | "limited" | "needs_approval" | "denied" | "hidden";

/** The one word and colour of each decision, for tables, badges and plots alike. */
export const decisionLooks: Record<
  DecisionKind,
  { label: string; tone: StatusTone; fill: string; text: string }
> = {
  allowed: { label: "Allowed", tone: "positive", fill: "fill-positive", text: "text-positive" },
  limited: { label: "Limited", tone: "caution", fill: "fill-caution", text: "text-caution" },
  needs_approval: { label: "Needs approval", tone: "info", fill: "fill-info", text: "text-info" },
  denied: { label: "Denied", tone: "danger", fill: "fill-danger", text: "text-danger" },
  hidden: { label: "Hidden", tone: "muted", fill: "fill-muted", text: "text-muted" },
};

export function DecisionBadge({ decision }: { decision: DecisionKind }) {
  const { label, tone, text } = decisionLooks[decision];
  return (
    <span
      className={cn(
        "inline-flex items-center gap-1.5 whitespace-nowrap align-middle font-medium text-sm",
        text,
      )}
    >
      <span
        aria-hidden="true"
        className={cn(
          "size-2 shrink-0 rounded-full",
          decision === "hidden" ? "border-2 border-muted" : dotTones[tone],
        )}
      />
      {label}
    </span>
  );
}
