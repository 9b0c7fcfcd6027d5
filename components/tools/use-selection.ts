"use client";

import { useState } from "react";

export interface Selection {
  /** Selected rows that are in view. */
  names: ReadonlySet<string>;
  /** With shift, everything from the row chosen before to this one. */
  toggle: (name: string, shift: boolean) => void;
  selectAll: (names: readonly string[], select: boolean) => void;
  stateOf: (names: readonly string[]) => "none" | "some" | "all";
  clear: () => void;
}

/** Rows chosen for one action; a row that a filter hides is not acted on. */
export function useSelection(inView: readonly string[]): Selection {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [anchor, setAnchor] = useState<string | null>(null);
  const names = new Set(inView.filter((name) => chosen.has(name)));

  function selectAll(these: readonly string[], select: boolean) {
    const next = new Set(chosen);
    for (const name of these) {
      if (select) next.add(name);
      else next.delete(name);
    }
    setChosen(next);
  }

  return {
    names,
    toggle: (name, shift) => {
      const from = anchor === null ? -1 : inView.indexOf(anchor);
      const to = inView.indexOf(name);
      const range =
        shift && from !== -1 ? inView.slice(Math.min(from, to), Math.max(from, to) + 1) : [name];
      selectAll(range, !chosen.has(name));
      setAnchor(name);
    },
    selectAll,
    stateOf: (these) => {
      const count = these.filter((name) => chosen.has(name)).length;
      return count === 0 ? "none" : count === these.length ? "all" : "some";
    },
    clear: () => setChosen(new Set()),
  };
}
