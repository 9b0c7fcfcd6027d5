import { Link } from "#components/ui/link.tsx";
import { RISK_CLASS_LABEL } from "#lib/catalog/describe.ts";
import type { RiskClass } from "#lib/policy/types.ts";
import { toolHref } from "./hrefs.ts";

export interface RelatedListProps {
  server: string;
  tools: readonly { name: string; riskClass: RiskClass }[];
}

/** Other tools of the same server, each with its class. */
export function RelatedList({ server, tools }: RelatedListProps) {
  return (
    <ul className="grid gap-1 [&_a]:min-w-0 [&_a]:truncate [&_a]:rounded [&_a]:font-mono [&_a]:text-accent [&_b]:mr-1.5 [&_b]:inline-block [&_b]:size-2 [&_b]:rounded-[2px] [&_li]:flex [&_li]:items-center [&_li]:justify-between [&_li]:gap-3 [&_span]:whitespace-nowrap">
      {tools.map(({ name, riskClass }) => (
        <li key={name}>
          <Link href={toolHref(server, name)}>{name}</Link>
          <span>
            <b className={fills[riskClass]} />
            {RISK_CLASS_LABEL[riskClass]}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** As in class-counts.tsx. */
const fills: Record<RiskClass, string> = {
  low: "bg-muted/40",
  medium: "bg-caution",
  high: "bg-danger/70",
  critical: "bg-danger",
};
