"use client";

import { CircleAlert } from "lucide-react";
import { useState } from "react";
import { CheckboxField } from "#components/ui/checkbox.tsx";
import { Input } from "#components/ui/input.tsx";
import type { ServerChoice } from "./agent-types.ts";

export interface ServerChecksProps {
  legend: string;
  servers: readonly ServerChoice[];
  chosen: readonly string[];
  onChange: (chosen: readonly string[]) => void;
  error?: string | undefined;
  disabled?: boolean;
}

const searchFrom = 9;

/** Any number of servers, searchable once they are many. */
export function ServerChecks(props: ServerChecksProps) {
  const { legend, servers, chosen, onChange, error, disabled = false } = props;
  const [query, setQuery] = useState("");
  const text = query.trim().toLowerCase();
  const shown = servers.filter(({ slug, name }) => `${name} ${slug}`.toLowerCase().includes(text));
  return (
    <fieldset id="servers" disabled={disabled} className="grid min-w-0 gap-2">
      <legend className="mb-2 font-medium text-sm">{legend}</legend>
      {servers.length >= searchFrom && (
        <Input
          type="search"
          aria-label="Search servers"
          placeholder="Search servers"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") event.preventDefault();
          }}
        />
      )}
      <div className="grid max-h-56 gap-2.5 overflow-y-auto rounded border px-3 py-2.5">
        {shown.map(({ slug, name }) => (
          <CheckboxField
            key={slug}
            label={
              <span className="flex flex-wrap items-baseline gap-x-2">
                {name} <span className="font-mono text-muted text-xs">{slug}</span>
              </span>
            }
            checked={chosen.includes(slug)}
            onChange={(event) =>
              onChange(
                event.target.checked
                  ? [...chosen, slug]
                  : chosen.filter((granted) => granted !== slug),
              )
            }
          />
        ))}
        {shown.length === 0 && <p className="text-muted text-sm">No server matches “{query}”.</p>}
      </div>
      {error !== undefined && error !== "" && (
        <p className="flex items-start gap-1.5 text-danger text-sm">
          <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
          {error}
        </p>
      )}
    </fieldset>
  );
}
