import { cn } from "#components/ui/cn.ts";
import { type RiskClass, riskClasses } from "#lib/policy/types.ts";

const looks: Record<RiskClass, { label: string; fill: string }> = {
  low: { label: "Low", fill: "bg-muted/40" },
  medium: { label: "Medium", fill: "bg-caution" },
  high: { label: "High", fill: "bg-danger/70" },
  critical: { label: "Critical", fill: "bg-danger" },
};

/** How many tools of each class, the worst first; classes without any are left out. */
export function ClassCounts({ classes }: { classes: Readonly<Record<RiskClass, number>> }) {
  const present = riskClasses.toReversed().filter((each) => classes[each] > 0);
  return (
    <ul className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
      {present.map((each) => (
        <li key={each} className="inline-flex items-center gap-1.5 whitespace-nowrap">
          <span aria-hidden="true" className={cn("size-2 rounded-[2px]", looks[each].fill)} />
          {classes[each]} <span className="text-muted">{looks[each].label}</span>
        </li>
      ))}
    </ul>
  );
}
