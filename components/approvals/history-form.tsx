import { Button } from "#components/ui/button.tsx";
import { FilterChip } from "#components/ui/filter-chip.tsx";
import { Input, Select } from "#components/ui/input.tsx";
import {
  type HistoryFilters,
  historyHref,
  historyLabels,
  stateOptions,
} from "./history-filters.ts";

/** Narrows the history; works without JavaScript. */
export function HistoryForm({ base, filters }: { base: string; filters: HistoryFilters }) {
  // The names are those of HistoryFilters: nothing else gets into it.
  const entries = Object.entries(filters) as [keyof HistoryFilters, string][];
  return (
    <div className="grid gap-3">
      <form
        action={base}
        className="grid grid-cols-2 gap-2 sm:flex sm:flex-wrap sm:items-center"
        aria-label="Filter"
      >
        <Select
          name="state"
          aria-label="State"
          options={stateOptions}
          defaultValue={filters.state ?? ""}
          className="w-full sm:w-44"
        />
        {(["agent", "server", "tool"] as const).map((name) => (
          <Input
            key={name}
            name={name}
            aria-label={historyLabels[name]}
            placeholder={name === "server" ? "Server, by its slug" : historyLabels[name]}
            defaultValue={filters[name]}
            className="w-full sm:w-44"
          />
        ))}
        <Button type="submit" className="max-sm:col-span-2">
          Filter
        </Button>
      </form>
      {entries.length > 0 && (
        <div className="flex flex-wrap gap-2">
          {entries.map(([name, value]) => {
            const { [name]: _, ...rest } = filters;
            const shown = stateOptions.find((option) => name === "state" && option.value === value);
            return (
              <FilterChip
                key={name}
                label={historyLabels[name]}
                value={shown?.label ?? value}
                removeHref={historyHref(base, rest)}
              />
            );
          })}
        </div>
      )}
    </div>
  );
}
