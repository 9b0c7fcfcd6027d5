import { cn } from "./ui/cn.ts";

export type RiskLevel = "low" | "medium" | "high" | "critical";

const looks: Record<RiskLevel, { label: string; steps: number; fill: string }> = {
  low: { label: "Low", steps: 1, fill: "bg-muted" },
  medium: { label: "Medium", steps: 2, fill: "bg-caution" },
  high: { label: "High", steps: 3, fill: "bg-danger" },
  critical: { label: "Critical", steps: 4, fill: "bg-danger" },
};

/** The risk class as four steps and its word. */
export function RiskMeter({
  risk,
  className,
}: {
  risk: RiskLevel;
  className?: string | undefined;
}) {
  const { label, steps, fill } = looks[risk];
  return (
    <span
      className={cn(
        "inline-flex items-center gap-2 whitespace-nowrap align-middle text-sm",
        className,
      )}
    >
      <span aria-hidden="true" className="inline-flex items-end gap-0.5">
        {[1, 2, 3, 4].map((step) => (
          <span
            key={step}
            className={cn(
              "w-1 rounded-[1px]",
              { 1: "h-1.5", 2: "h-2", 3: "h-2.5", 4: "h-3" }[step],
              step <= steps ? fill : "bg-border",
            )}
          />
        ))}
      </span>
      {label}
    </span>
  );
}
