"use client";

import { useEffect } from "react";

/** Whether a key belongs to a field, a menu or a modifier, and is no shortcut. */
export function isPlainKey(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return false;
  const target = event.target;
  return !(
    target instanceof HTMLElement &&
    target.closest(
      "textarea, select, [contenteditable=true], [role=menu], [role=listbox], input:not([type=checkbox], [type=radio])",
    )
  );
}

/**
 * j and k move through elements marked data-row, Enter opens the data-row-link inside, Esc lets go.
 * While a dialog is open only its rows take part.
 */
export function KeyboardRows() {
  useEffect(() => {
    function handle(event: KeyboardEvent) {
      if (!isPlainKey(event)) return;
      const current = document.activeElement?.closest<HTMLElement>("[data-row]") ?? null;
      switch (event.key) {
        case "j":
        case "k": {
          const next = neighbour(current, event.key === "j" ? 1 : -1);
          if (!next) return;
          event.preventDefault();
          focusTarget(next).focus({ preventScroll: true });
          next.scrollIntoView({ block: "nearest" });
          return;
        }
        case "Enter":
          if (current && document.activeElement === current) {
            current.querySelector<HTMLElement>("[data-row-link]")?.click();
          }
          return;
        case "Escape":
          if (current && document.activeElement instanceof HTMLElement) {
            document.activeElement.blur();
          }
          return;
        default:
          return;
      }
    }
    document.addEventListener("keydown", handle);
    return () => document.removeEventListener("keydown", handle);
  }, []);
  return null;
}

function neighbour(current: HTMLElement | null, step: 1 | -1): HTMLElement | undefined {
  // A toast is a dialog by its role, and never takes the keys from the page.
  const dialogs = document.querySelectorAll(
    ":is([role=dialog], [role=alertdialog]):not([aria-modal=false])",
  );
  const scope = dialogs[dialogs.length - 1] ?? document;
  const rows = [...scope.querySelectorAll<HTMLElement>("[data-row]")].filter(
    (row) => row.offsetParent !== null,
  );
  const index = current ? rows.indexOf(current) : -1;
  if (index === -1) return rows[0];
  return rows[Math.min(rows.length - 1, Math.max(0, index + step))];
}

function focusTarget(row: HTMLElement): HTMLElement {
  return row.querySelector<HTMLElement>("[data-row-link]") ?? row;
}
