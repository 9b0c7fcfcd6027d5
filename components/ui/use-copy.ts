"use client";

import { useEffect, useState } from "react";

export interface Copying {
  copied: boolean;
  /** What the button says. */
  text: string;
  /** The same once something has happened, for screen readers. */
  said: string | null;
  copy: () => Promise<void>;
}

/** Copies a value and says for two seconds what came of it. */
export function useCopy(value: string): Copying {
  const [state, setState] = useState<"idle" | "copied" | "failed">("idle");

  useEffect(() => {
    if (state === "idle") return;
    const timer = setTimeout(() => setState("idle"), 2_000);
    return () => clearTimeout(timer);
  }, [state]);

  async function copy() {
    setState((await writeClipboard(value)) ? "copied" : "failed");
  }

  const text = { idle: "Copy", copied: "Copied", failed: "Select and copy" }[state];
  return { copied: state === "copied", text, said: state === "idle" ? null : text, copy };
}

/** Plain http on another machine has no clipboard interface; the old way still works there. */
async function writeClipboard(value: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(value);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = value;
    const focused = document.activeElement;
    (focused?.closest("[role=dialog], [role=alertdialog]") ?? document.body).append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    if (focused instanceof HTMLElement) focused.focus();
    return copied;
  }
}
