"use client";

import { Button } from "#components/ui/button.tsx";
import { DiffView } from "./diff-view.tsx";
import { lineDiff } from "./line-diff.ts";
import type { Draft } from "./use-draft.ts";

/** Somebody else saved meanwhile: both texts are kept until one is chosen. */
export function ConflictNote({ draft }: { draft: Draft }) {
  const { conflict, base, text } = draft;
  if (conflict === null) return null;
  const diff = lineDiff(conflict.text, text);
  return (
    <section
      aria-label="Another version was saved"
      className="grid min-w-0 gap-2 rounded border border-caution/40 bg-caution/6 p-3"
    >
      <p className="max-w-[72ch] text-sm">
        Version {conflict.version} came into force while you edited version {base.version}. Your
        draft is still here; this is how it differs from version {conflict.version}.
      </p>
      {diff !== "" && <DiffView diff={diff} label="Your draft against the version in force" />}
      <div className="flex flex-wrap gap-2">
        <Button size="small" onClick={() => draft.keepOn(conflict)}>
          Keep my draft, on top of version {conflict.version}
        </Button>
        <Button size="small" variant="ghost" onClick={() => draft.take(conflict)}>
          Take version {conflict.version} instead
        </Button>
      </div>
    </section>
  );
}
