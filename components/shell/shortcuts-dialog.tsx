"use client";

import { Dialog } from "#components/ui/dialog.tsx";
import { Kbd } from "#components/ui/kbd.tsx";

export interface ShortcutsDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  paletteKeys: string;
}

export function ShortcutsDialog({ open, onOpenChange, paletteKeys }: ShortcutsDialogProps) {
  const shortcuts: readonly [string, readonly string[]][] = [
    ["Go to anything, run any action", [paletteKeys]],
    ["Search this table", ["/"]],
    ["Next row, previous row", ["j", "k"]],
    ["Open the row", ["Enter"]],
    ["Set the rule of the row", ["1", "…", "5"]],
    ["Approve, deny a request", ["a", "d"]],
    ["Close, let go", ["Esc"]],
    ["These shortcuts", ["?"]],
  ];
  return (
    <Dialog title="Keyboard shortcuts" size="small" open={open} onOpenChange={onOpenChange}>
      <dl className="grid">
        {shortcuts.map(([what, keys]) => (
          <div key={what} className="flex h-9 items-center justify-between gap-4 border-t text-sm">
            <dt>{what}</dt>
            <dd className="flex gap-1">
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
