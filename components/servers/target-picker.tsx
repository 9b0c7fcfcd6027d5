"use client";

import { Globe, Plug, SearchX } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { SearchInput } from "#components/ui/search-input.tsx";
import type { Connector } from "#lib/servers/connectors.ts";

export type TargetChoice = { kind: "url" } | { kind: "connector"; id: string };

export interface TargetPickerProps {
  connectors: readonly Connector[];
  choice: TargetChoice | null;
  onChoose: (choice: TargetChoice) => void;
}

/** A URL, or one of the connectors that the operator vetted, as cards. */
export function TargetPicker({ connectors, choice, onChoose }: TargetPickerProps) {
  const [query, setQuery] = useState("");
  const group = useId();
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = connectors.filter((connector) => {
    const text = `${connector.title} ${connector.package} ${connector.description}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return (
    <fieldset className="grid min-w-0 gap-3">
      <legend className="sr-only">What to register</legend>
      <TargetCard
        group={group}
        icon={<Globe aria-hidden="true" />}
        title="A URL"
        text="Any MCP server that answers over HTTP, yours or a vendor's."
        fact="Streamable HTTP or HTTP+SSE"
        checked={choice?.kind === "url"}
        onChoose={() => onChoose({ kind: "url" })}
      />
      <div className="flex flex-wrap items-end justify-between gap-x-4 gap-y-2 pt-2">
        <p className="text-muted text-sm">Or a connector, which Callgate starts for you</p>
        <SearchInput
          label="Search connectors"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") event.preventDefault();
          }}
        />
      </div>
      <div className="grid gap-3 sm:grid-cols-2">
        {found.map((connector) => (
          <TargetCard
            key={connector.id}
            group={group}
            icon={<Plug aria-hidden="true" />}
            title={connector.title}
            text={connector.description}
            fact={`${connector.package} ${connector.version}`}
            checked={choice?.kind === "connector" && choice.id === connector.id}
            onChoose={() => onChoose({ kind: "connector", id: connector.id })}
          />
        ))}
        {found.length === 0 && (
          <p
            role="status"
            className="flex items-center gap-2 rounded border border-dashed p-4 text-muted text-sm"
          >
            <SearchX aria-hidden="true" className="size-4 shrink-0" />
            No connector matches “{query}”. If the server has a URL, register that.
          </p>
        )}
      </div>
    </fieldset>
  );
}

function TargetCard(props: {
  group: string;
  icon: ReactNode;
  title: string;
  text: string;
  fact: string;
  checked: boolean;
  onChoose: () => void;
}) {
  return (
    <label className="relative flex min-w-0 items-start gap-3 rounded border bg-raised p-4 transition-colors hover:border-edge has-checked:border-accent has-checked:bg-accent/6 has-focus-visible:outline-2 has-focus-visible:outline-accent">
      <input
        type="radio"
        name={props.group}
        checked={props.checked}
        onChange={props.onChoose}
        className="absolute inset-0 appearance-none rounded outline-none"
      />
      <span className="mt-0.5 shrink-0 text-muted [&>svg]:size-4">{props.icon}</span>
      <span className="grid min-w-0 gap-1">
        <span className="font-medium text-base">{props.title}</span>
        <span className="text-muted text-sm">{props.text}</span>
        <span className="break-words font-mono text-muted text-xs">{props.fact}</span>
      </span>
    </label>
  );
}
