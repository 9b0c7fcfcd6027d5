"use client";

import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from "react";
import { isPlainKey } from "./keyboard.tsx";
import { PaletteDialog } from "./palette-dialog.tsx";
import type { PaletteItem, PaletteSearch } from "./palette-item.ts";
import { ShortcutsDialog } from "./shortcuts-dialog.tsx";

interface Commands {
  openPalette: () => void;
  openShortcuts: () => void;
  /** How this platform writes the palette's keys. */
  paletteKeys: string;
}

const CommandsContext = createContext<Commands>({
  openPalette: () => {},
  openShortcuts: () => {},
  paletteKeys: "Ctrl K",
});

export function useCommands(): Commands {
  return useContext(CommandsContext);
}

export interface CommandCenterProps {
  items: readonly PaletteItem[];
  search?: PaletteSearch | undefined;
  children: ReactNode;
}

/** The palette on ⌘K or Ctrl+K and the shortcuts on "?", for everything inside it. */
export function CommandCenter({ items, search, children }: CommandCenterProps) {
  const [open, setOpen] = useState<"palette" | "shortcuts" | null>(null);
  const paletteKeys = useSyncExternalStore(
    subscribeToNothing,
    () => (/mac|iphone|ipad/i.test(navigator.platform) ? "⌘K" : "Ctrl K"),
    () => "Ctrl K",
  );

  useEffect(() => {
    function handle(event: KeyboardEvent) {
      if (event.key.toLowerCase() === "k" && (event.metaKey || event.ctrlKey)) {
        event.preventDefault();
        setOpen((now) => (now === "palette" ? null : "palette"));
      } else if (event.key === "?" && isPlainKey(event)) {
        event.preventDefault();
        setOpen("shortcuts");
      }
    }
    document.addEventListener("keydown", handle);
    return () => document.removeEventListener("keydown", handle);
  }, []);

  const commands = useMemo(
    () => ({
      openPalette: () => setOpen("palette"),
      openShortcuts: () => setOpen("shortcuts"),
      paletteKeys,
    }),
    [paletteKeys],
  );

  return (
    <CommandsContext value={commands}>
      {children}
      <PaletteDialog
        open={open === "palette"}
        onOpenChange={(next) => setOpen(next ? "palette" : null)}
        items={items}
        search={search}
      />
      <ShortcutsDialog
        open={open === "shortcuts"}
        onOpenChange={(next) => setOpen(next ? "shortcuts" : null)}
        paletteKeys={paletteKeys}
      />
    </CommandsContext>
  );
}

function subscribeToNothing() {
  return () => {};
}
