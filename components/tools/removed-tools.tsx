"use client";

import { useState } from "react";
import { CategoryLabel } from "#components/category-label.tsx";
import { RiskMeter } from "#components/risk-meter.tsx";
import { type Action, runAction } from "#components/run-action.ts";
import { Drawer } from "#components/ui/drawer.tsx";
import { ErrorState } from "#components/ui/empty-state.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { DefinitionRow, RemovedToolRow } from "#lib/tools/history.ts";
import { Part } from "./drawer-part.tsx";
import { ToolHistory } from "./tool-history.tsx";

export interface RemovedToolsProps {
  server: string;
  tools: readonly RemovedToolRow[];
  readDefinitions: Action<DefinitionRow[]>;
}

/** Tools that the server no longer offers; their rules, classes and calls stay on record. */
export function RemovedTools({ server, tools, readDefinitions }: RemovedToolsProps) {
  const [opened, setOpened] = useState<RemovedToolRow | null>(null);
  // What was shown last stays while the drawer slides out.
  const [isOpen, setIsOpen] = useState(false);
  const [versions, setVersions] = useState<DefinitionRow[] | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  if (tools.length === 0) return null;

  async function open(tool: RemovedToolRow) {
    setOpened(tool);
    setIsOpen(true);
    setVersions(null);
    setFailure(null);
    const read = await runAction(readDefinitions, { server, tool: tool.name });
    if (read.ok) setVersions(read.data);
    else setFailure(read.error.message);
  }

  return (
    <details className="mt-4 rounded border bg-raised text-sm">
      <summary className="cursor-pointer px-3 py-2 font-medium">
        {tools.length === 1
          ? "1 tool is no longer offered"
          : `${tools.length} tools are no longer offered`}
      </summary>
      <ul className="divide-y border-t">
        {tools.map((tool) => (
          <li
            key={tool.name}
            className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-3 py-2"
          >
            <button
              type="button"
              onClick={() => void open(tool)}
              className="min-w-0 cursor-pointer break-all rounded text-left font-mono text-muted line-through hover:text-accent"
            >
              {tool.name}
            </button>
            <span className="flex items-center gap-4 text-muted">
              <CategoryLabel category={tool.category} />
              <span>
                removed; last seen <RelativeTime at={tool.lastSeenAt.getTime()} />
              </span>
            </span>
          </li>
        ))}
      </ul>
      <Drawer
        open={isOpen}
        onOpenChange={setIsOpen}
        title={<span className="break-all font-mono">{opened?.name}</span>}
        description={
          opened && (
            <span className="flex flex-wrap items-center gap-x-4 gap-y-1">
              <CategoryLabel category={opened.category} />
              <RiskMeter risk={opened.riskClass} />
              <span>No longer offered</span>
            </span>
          )
        }
      >
        <Part title="History">
          {failure === null ? (
            <ToolHistory versions={versions} />
          ) : (
            <ErrorState title="The history was not read" description={failure} />
          )}
        </Part>
      </Drawer>
    </details>
  );
}
