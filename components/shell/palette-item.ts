import type { ReactNode } from "react";

export interface PaletteItem {
  id: string;
  label: string;
  /** "Go to", "Servers", "Tools", "Actions". */
  group: string;
  /** Shown at the right: the server of a tool, the state of a call. */
  hint?: string | undefined;
  /** Other words that find it. */
  keywords?: string | undefined;
  icon?: ReactNode;
  /** Names of tools, ids and URLs are set in mono. */
  mono?: boolean;
  target: { href: string } | { run: () => void | Promise<void> };
}

export type PaletteSearch = (query: string) => Promise<readonly PaletteItem[]>;
