"use client";

import { Tabs } from "@base-ui/react/tabs";
import { cn } from "./cn.ts";
import { CopyButton } from "./copy-button.tsx";

export interface CodeBlockProps {
  code: string;
  /** What the code is, for the Copy button and screen readers: "policy", "configuration". */
  what: string;
  /** A file name or a language, above the code. */
  title?: string;
  /** Breaks long lines instead of scrolling. */
  wrap?: boolean;
  className?: string;
}

export function CodeBlock({ code, what, title, wrap = false, className }: CodeBlockProps) {
  return (
    <figure className={cn("min-w-0 overflow-hidden rounded border bg-sunken", className)}>
      {title !== undefined && (
        <figcaption className="flex items-center justify-between gap-2 border-b py-1 pr-1 pl-3 text-muted text-xs">
          <span className="min-w-0 truncate" title={title}>
            {title}
          </span>
          <CopyButton value={code} what={what} variant="ghost" />
        </figcaption>
      )}
      <div className="relative">
        <Code code={code} what={what} wrap={wrap} />
        {title === undefined && (
          <CopyButton value={code} what={what} className="absolute top-1.5 right-1.5" />
        )}
      </div>
    </figure>
  );
}

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

function Code({ code, what, wrap }: { code: string; what: string; wrap: boolean }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a section cannot be preformatted
    <pre
      role="region"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={what}
      className={cn(
        "overflow-x-auto p-3 font-mono text-sm focus-visible:-outline-offset-2",
        wrap && "whitespace-pre-wrap break-words",
      )}
    >
      <code>{code}</code>
    </pre>
  );
}
