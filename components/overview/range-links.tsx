import { Link } from "#components/ui/link.tsx";
import { type OverviewRange, overviewRanges } from "#lib/orgs/schema.ts";

const labels: Record<OverviewRange, string> = {
  "1h": "1 h",
  "24h": "24 h",
  "7d": "7 d",
  "30d": "30 d",
  "90d": "90 d",
};

/** Chooses how far back the plot goes; each choice has an address of its own. */
export function RangeLinks({ base, current }: { base: string; current: OverviewRange }) {
  return (
    <nav aria-label="Range of the decisions">
      <ul className="flex rounded border bg-sunken p-0.5">
        {overviewRanges.map((range) => (
          <li key={range}>
            <Link
              href={`${base}?range=${range}`}
              scroll={false}
              aria-current={range === current ? "true" : undefined}
              className="inline-flex h-6 items-center whitespace-nowrap rounded-[4px] border border-transparent px-2 text-muted text-sm transition-colors hover:text-text aria-[current=true]:border-border aria-[current=true]:bg-raised aria-[current=true]:font-medium aria-[current=true]:text-text pointer-coarse:h-10 pointer-coarse:px-3"
            >
              {labels[range]}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
