"use client";

import { ListFilter } from "lucide-react";
import { usePathname, useSearchParams } from "next/navigation";
import { useState } from "react";
import { categoryLooks } from "#components/category-label.tsx";
import { Button } from "#components/ui/button.tsx";
import { FilterChip } from "#components/ui/filter-chip.tsx";
import { Menu, MenuRadioGroup } from "#components/ui/menu.tsx";
import { SearchInput } from "#components/ui/search-input.tsx";
import { categories, riskClasses } from "#lib/policy/types.ts";
import { choiceOptions } from "./rule-words.ts";
import type { ToolFilter } from "./tool-view.ts";

type Facet = "category" | "risk" | "rule";

const facets: readonly {
  name: Facet;
  label: string;
  options: readonly { value: string; label: string }[];
}[] = [
  {
    name: "category",
    label: "Category",
    options: categories.toReversed().map((value) => ({ value, label: categoryLooks[value].label })),
  },
  {
    name: "risk",
    label: "Risk class",
    options: riskClasses
      .toReversed()
      .map((value) => ({ value, label: value.charAt(0).toUpperCase() + value.slice(1) })),
  },
  {
    name: "rule",
    label: "Rule",
    options: [...choiceOptions, { value: "unset", label: "Not set" }],
  },
];

/** The filter that the address holds. */
export function useToolFilter(): ToolFilter {
  const params = useSearchParams();
  return {
    query: params.get("q") ?? "",
    category: params.get("category"),
    risk: params.get("risk"),
    rule: params.get("rule"),
  };
}

/** Search and chips; both live in the address, so a view can be shared and Back works. */
export function ToolFilters({ shown, total }: { shown: number; total: number }) {
  const filter = useToolFilter();
  const params = useSearchParams();
  const pathname = usePathname();
  // The address follows a moment later; typing must not wait for it.
  const [typed, setTyped] = useState<string | null>(null);

  function addressWith(name: string, value: string | null): string {
    const next = new URLSearchParams(params);
    if (value === null || value === "") next.delete(name);
    else next.set(name, value);
    const query = next.toString();
    return query === "" ? pathname : `${pathname}?${query}`;
  }

  const chosen = facets.filter(({ name }) => filter[name] !== null);
  return (
    <search className="flex flex-wrap items-center gap-2">
      <SearchInput
        label="Search tools"
        value={typed ?? filter.query}
        onChange={(event) => {
          setTyped(event.target.value);
          window.history.replaceState(null, "", addressWith("q", event.target.value));
        }}
        onBlur={() => setTyped(null)}
      />
      <Menu
        trigger={
          <Button icon={<ListFilter aria-hidden="true" className="size-4" />}>Filter</Button>
        }
      >
        {facets.map(({ name, label, options }) => (
          <MenuRadioGroup
            key={name}
            label={label}
            options={options}
            value={filter[name] ?? ""}
            onValueChange={(value) =>
              window.history.pushState(
                null,
                "",
                addressWith(name, value === filter[name] ? null : value),
              )
            }
          />
        ))}
      </Menu>
      {chosen.map(({ name, label, options }) => (
        <FilterChip
          key={name}
          label={label}
          value={options.find(({ value }) => value === filter[name])?.label ?? filter[name] ?? ""}
          removeHref={addressWith(name, null)}
        />
      ))}
      <span role="status" className="ml-auto text-muted text-sm">
        {shown === total ? `${total} tools` : `${shown} of ${total} tools`}
      </span>
    </search>
  );
}
