import { FilterChip } from "#components/ui/filter-chip.tsx";
import { Link } from "#components/ui/link.tsx";
import { type CallFilters, callsHref, facetLabels, filterValue, toggled } from "./filters.ts";

/** The filters that hold now, each with its way out. */
export function FilterChips({ base, filters }: { base: string; filters: CallFilters }) {
  // The names are those of CallFilters: nothing else gets into it.
  const entries = Object.entries(filters) as [keyof CallFilters, string][];
  if (entries.length === 0) return null;
  return (
    <>
      {entries.map(([name, value]) => (
        <FilterChip
          key={name}
          label={facetLabels[name]}
          value={filterValue(name, value)}
          removeHref={callsHref(base, toggled(filters, name, value))}
        />
      ))}
      {entries.length > 1 && (
        <Link href={base} className="rounded px-1 text-muted text-sm hover:text-text">
          Clear all
        </Link>
      )}
    </>
  );
}
