"use client";

import { CodeTabs } from "#components/ui/code-tabs.tsx";
import { type Connection, connectSnippets } from "#lib/agents/snippets.ts";

/** The exact configuration for each client. */
export function Snippets(connection: Connection) {
  return (
    <CodeTabs
      label="Client"
      tabs={connectSnippets(connection).map(({ id, title, file, language, text }) => ({
        id,
        label: title,
        code: text,
        note: file ?? "Run in a terminal",
        wrap: language === "shell",
      }))}
    />
  );
}
