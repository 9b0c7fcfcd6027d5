"use client";

import { Tabs } from "@base-ui/react/tabs";
import type { ReactNode } from "react";

export interface PanelsProps<Id extends string> {
  label: string;
  value: Id;
  onChange: (id: Id) => void;
  panels: readonly { id: Id; label: string; mark?: ReactNode; content: ReactNode }[];
}

/** Tabs inside a page; every panel keeps what was typed into it. */
export function Panels<Id extends string>({ label, value, onChange, panels }: PanelsProps<Id>) {
  return (
    <Tabs.Root
      value={value}
      onValueChange={(next: unknown) => {
        const panel = panels.find(({ id }) => id === next);
        if (panel !== undefined) onChange(panel.id);
      }}
      className="grid min-w-0 gap-4"
    >
      <Tabs.List aria-label={label} className="flex gap-5 overflow-x-auto border-b">
        {panels.map(({ id, label: name, mark }) => (
          <Tabs.Tab
            key={id}
            value={id}
            className="-mb-px flex h-9 items-center gap-1.5 whitespace-nowrap border-transparent border-b-2 text-muted text-sm transition-colors hover:text-text focus-visible:-outline-offset-2 data-active:border-text data-active:font-medium data-active:text-text pointer-coarse:h-11"
          >
            {name}
            {mark}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {panels.map(({ id, content }) => (
        <Tabs.Panel
          key={id}
          value={id}
          keepMounted
          className="min-w-0 focus-visible:outline-offset-2"
        >
          {content}
        </Tabs.Panel>
      ))}
    </Tabs.Root>
  );
}
