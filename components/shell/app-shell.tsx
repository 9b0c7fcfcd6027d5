import type { ReactNode } from "react";
import { ToastRegion } from "#components/ui/toast.tsx";
import { CommandCenter } from "./command-palette.tsx";
import { KeyboardRows } from "./keyboard.tsx";
import type { PaletteItem, PaletteSearch } from "./palette-item.ts";
import { PhoneBar } from "./phone-bar.tsx";
import { Rail } from "./rail.tsx";
import type { RailProps } from "./rail-props.ts";

export interface AppShellProps extends RailProps {
  /** What the palette offers before and while typing. */
  commands: readonly PaletteItem[];
  /** Finds tools, agents and calls on the server; a server action from a layout. */
  search?: PaletteSearch | undefined;
  children: ReactNode;
}

/** The dashboard's frame: rail or phone bar, palette, shortcuts, toasts. Pages render a Page. */
export function AppShell({ commands, search, children, ...rail }: AppShellProps) {
  return (
    <ToastRegion>
      <CommandCenter items={commands} search={search}>
        <a
          href="#content"
          className="fixed top-2 left-2 z-70 rounded bg-accent-solid px-3 py-2 text-on-solid text-sm not-focus:sr-only"
        >
          Skip to content
        </a>
        <div className="md:grid md:min-h-dvh md:grid-cols-[14rem_minmax(0,1fr)] md:rail-collapsed:grid-cols-[3.25rem_minmax(0,1fr)]">
          <PhoneBar {...rail} />
          <Rail {...rail} />
          <main id="content" tabIndex={-1} className="min-w-0 outline-none">
            {children}
          </main>
        </div>
        <KeyboardRows />
      </CommandCenter>
    </ToastRegion>
  );
}
