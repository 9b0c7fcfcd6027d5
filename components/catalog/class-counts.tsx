import { type RiskClass, riskClasses } from "#lib/policy/types.ts";

const looks: Record<RiskClass, { label: string; fill: string }> = {
  low: { label: "Low", fill: "before:bg-muted/40" },
  medium: { label: "Medium", fill: "before:bg-caution" },
  high: { label: "High", fill: "before:bg-danger/70" },
  critical: { label: "Critical", fill: "before:bg-danger" },
};

/** How many tools of each class, the worst first; classes without any are left out. */
export function ClassCounts({ classes }: { classes: Readonly<Record<RiskClass, number>> }) {
  const present = riskClasses.toReversed().filter((each) => classes[each] > 0);
  return (
    <ul className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm [&_i]:text-muted [&_i]:not-italic [&_li]:inline-flex [&_li]:items-center [&_li]:gap-1.5 [&_li]:whitespace-nowrap [&_li]:before:size-2 [&_li]:before:rounded-[2px] [&_li]:before:content-['']">
      {present.map((each) => (
        <li key={each} className={looks[each].fill}>
          {classes[each]} <i>{looks[each].label}</i>
        </li>
      ))}
    </ul>
  );
}
