import { CategoryLabel } from "#components/category-label.tsx";
import { RiskMeter } from "#components/risk-meter.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { cn } from "#components/ui/cn.ts";
import type { ProposedRuleRow } from "#lib/proposals/proposals.ts";

/** One line of a proposal: why, and how the policy would read. */
export function ProposedRule({
  line,
  checked,
  onToggle,
}: {
  line: ProposedRuleRow;
  checked: boolean;
  /** Null: only to look at. */
  onToggle: (() => void) | null;
}) {
  const id = `line-${line.tool}`;
  return (
    <li
      className={cn(
        "grid grid-cols-[minmax(0,1fr)] rounded border bg-raised",
        checked && "border-accent/60",
      )}
    >
      <div className="grid gap-1 px-3 py-2.5 sm:px-4">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          {onToggle && (
            <Checkbox
              id={id}
              aria-label={`Accept the rule for ${line.tool}`}
              checked={checked}
              onChange={onToggle}
            />
          )}
          <label htmlFor={id} className="min-w-0 break-all font-mono text-sm">
            {line.tool}
          </label>
          {line.change === "replace" && <Badge tone="caution">Replaces a rule</Badge>}
          <span className="ml-auto flex flex-wrap items-center gap-4 max-sm:ml-0 max-sm:w-full">
            <CategoryLabel category={line.category} />
            <RiskMeter risk={line.riskClass} />
          </span>
        </div>
        <p className="max-w-[80ch] text-muted text-sm">{line.reason}</p>
      </div>
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={`Rule for ${line.tool}`}
        className="max-h-80 overflow-auto rounded-b border-t bg-sunken py-1.5 font-mono text-xs leading-5"
      >
        {line.diff.map(({ kind, text }, at) => (
          <div
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name and never move
            key={at}
            className={cn(
              "whitespace-pre-wrap break-words px-4 pl-10 -indent-6",
              kind === "added" && "bg-positive/10 text-positive",
              kind === "removed" && "bg-danger/10 text-danger",
              kind === "same" && "text-muted",
            )}
          >
            {{ added: "+ ", removed: "− ", same: "  " }[kind]}
            {text}
          </div>
        ))}
      </section>
    </li>
  );
}
