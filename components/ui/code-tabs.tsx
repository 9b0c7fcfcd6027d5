"use client";

import { Tabs } from "@base-ui/react/tabs";
import { Code } from "./code-block.tsx";
import { CopyButton } from "./copy-button.tsx";

export interface CodeTab {
  id: string;
  label: string;
  code: string;
  /** One line above the code: which file it goes into. */
  note?: string;
  /** Breaks long lines instead of scrolling: for a command, which is one line. */
  wrap?: boolean;
}

/** The same thing for several clients; the chosen one can be copied whole. */
export function CodeTabs({ label, tabs }: { label: string; tabs: readonly CodeTab[] }) {
  return (
    <Tabs.Root
      defaultValue={tabs[0]?.id}
      className="min-w-0 overflow-hidden rounded border bg-sunken"
    >
      <Tabs.List
        aria-label={label}
        className="flex gap-1 overflow-x-auto border-b bg-surface px-1.5 pt-1"
      >
        {tabs.map((tab) => (
          <Tabs.Tab
            key={tab.id}
            value={tab.id}
            className="-mb-px h-8 whitespace-nowrap border-transparent border-b-2 px-2 text-muted text-sm transition-colors hover:text-text focus-visible:-outline-offset-2 data-active:border-text data-active:text-text pointer-coarse:h-11"
          >
            {tab.label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {tabs.map((tab) => (
        <Tabs.Panel key={tab.id} value={tab.id} className="focus-visible:-outline-offset-2">
          <div className="flex items-center justify-between gap-2 border-b py-1 pr-1 pl-3 text-muted text-xs">
            <span className="min-w-0">{tab.note}</span>
            <CopyButton value={tab.code} what={`${tab.label} snippet`} variant="ghost" />
          </div>
          <Code code={tab.code} what={`${tab.label} snippet`} wrap={tab.wrap ?? false} />
        </Tabs.Panel>
      ))}
    </Tabs.Root>
  );
}
