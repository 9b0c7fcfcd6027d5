import { SlidersHorizontal } from "lucide-react";
import type { ReactNode } from "react";
import { decisionLooks } from "#components/decision-badge.tsx";
import { cn } from "#components/ui/cn.ts";
import { Input } from "#components/ui/input.tsx";
import { Link } from "#components/ui/link.tsx";
import { dotTones } from "#components/ui/status-dot.tsx";
import { decisions, outcomes } from "#lib/calls/schema.ts";
import { decisionKind } from "./decision-kind.ts";
import { type CallFilters, callsHref, facetLabels, outcomeLabels, toggled } from "./filters.ts";

export interface FacetsProps {
  base: string;
  filters: CallFilters;
  servers: readonly { slug: string; name: string }[];
  agents: readonly string[];
  /** Names to choose from while typing; of the chosen server where there is one. */
  tools: readonly string[];
}

/** The ways to narrow the record down: at the left, and behind "Filters" on small screens. */
export function Facets(props: FacetsProps) {
  return (
    <>
      <div className="w-48 shrink-0 self-start max-lg:hidden lg:sticky lg:top-4">
        <FacetGroups {...props} idPrefix="side" />
      </div>
      <details className="group rounded border lg:hidden">
        <summary className="flex h-9 select-none list-none items-center gap-2 px-3 text-sm pointer-coarse:h-11">
          <SlidersHorizontal aria-hidden="true" className="size-4 text-muted" />
          Filters
        </summary>
        <div className="border-t p-3">
          <FacetGroups {...props} idPrefix="folded" />
        </div>
      </details>
    </>
  );
}

function FacetGroups({
  base,
  filters,
  servers,
  agents,
  tools,
  idPrefix,
}: FacetsProps & { idPrefix: string }) {
  const option = (name: keyof CallFilters, value: string, label: ReactNode) => ({
    value,
    label,
    href: callsHref(base, toggled(filters, name, value)),
    active: filters[name] === value,
  });
  return (
    <nav
      aria-label="Filters"
      className="grid grid-cols-1 gap-5 max-lg:grid-cols-2 max-lg:gap-x-4 [&>*]:min-w-0"
    >
      <Facet
        title={facetLabels.decision}
        options={decisions.map((decision) => {
          const { label, tone } = decisionLooks[decisionKind(decision)];
          return option(
            "decision",
            decision,
            <>
              <span
                aria-hidden="true"
                className={cn(
                  "size-2 shrink-0 rounded-full",
                  decision === "hidden" ? "border-2 border-muted" : dotTones[tone],
                )}
              />
              {label}
            </>,
          );
        })}
      />
      <Facet
        title={facetLabels.outcome}
        options={outcomes.map((outcome) => option("outcome", outcome, outcomeLabels[outcome]))}
      />
      <Facet
        title={facetLabels.server}
        options={servers.map(({ slug, name }) => option("server", slug, name))}
      />
      <Facet
        title={facetLabels.agent}
        options={agents.map((name) => option("agent", name, name))}
      />
      <ToolForm base={base} filters={filters} tools={tools} idPrefix={idPrefix} />
    </nav>
  );
}

interface FacetOption {
  value: string;
  label: ReactNode;
  href: string;
  active: boolean;
}

const shownAtOnce = 8;

function Facet({ title, options }: { title: string; options: readonly FacetOption[] }) {
  if (options.length === 0) return null;
  const rest = options.slice(shownAtOnce);
  return (
    <section aria-label={title} className="grid grid-cols-1 content-start gap-0.5">
      <h2 className="px-2 pb-1 font-medium text-muted text-xs">{title}</h2>
      <ul>{options.slice(0, shownAtOnce).map(facetEntry)}</ul>
      {rest.length > 0 && (
        <details open={rest.some(({ active }) => active)}>
          <summary className="flex h-7 list-none items-center rounded px-2 text-muted text-sm hover:text-text pointer-coarse:h-11">
            {rest.length} more
          </summary>
          <ul className="max-h-64 overflow-y-auto">{rest.map(facetEntry)}</ul>
        </details>
      )}
    </section>
  );
}

function facetEntry({ value, label, href, active }: FacetOption) {
  return (
    <li key={value}>
      <Link
        href={href}
        scroll={false}
        prefetch={false}
        aria-current={active ? "true" : undefined}
        className="flex h-7 min-w-0 items-center gap-2 rounded px-2 text-muted text-sm transition-colors hover:bg-hover hover:text-text focus-visible:-outline-offset-2 aria-[current=true]:bg-hover aria-[current=true]:font-medium aria-[current=true]:text-text pointer-coarse:h-11"
      >
        {typeof label === "string" ? <span className="min-w-0 truncate">{label}</span> : label}
      </Link>
    </li>
  );
}

function ToolForm({
  base,
  filters,
  tools,
  idPrefix,
}: Pick<FacetsProps, "base" | "filters" | "tools"> & { idPrefix: string }) {
  const { tool, ...others } = filters;
  return (
    <form action={base} className="grid content-start gap-1.5">
      <label htmlFor={`${idPrefix}-tool`} className="px-2 font-medium text-muted text-xs">
        {facetLabels.tool}
      </label>
      {Object.entries(others).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <Input
        key={tool}
        id={`${idPrefix}-tool`}
        name="tool"
        list={`${idPrefix}-tools`}
        defaultValue={tool}
        placeholder="Exact name"
        mono
        autoComplete="off"
        spellCheck={false}
        className="text-sm"
      />
      <datalist id={`${idPrefix}-tools`}>
        {tools.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </form>
  );
}
