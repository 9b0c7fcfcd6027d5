"use client";

import { X } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import type { Choice } from "#lib/policy/effective.ts";
import { ChoiceControl } from "./choice-control.tsx";

export interface BulkBarProps {
  count: number;
  heldCount: number;
  onChoose: (choice: Choice | null) => void;
  onReview: () => void;
  onClear: () => void;
}

/** What can be done with the selected rows; stays in view while some are selected. */
export function BulkBar({ count, heldCount, onChoose, onReview, onClear }: BulkBarProps) {
  if (count === 0) return null;
  return (
    <section
      aria-label="Selected tools"
      data-bottom-bar=""
      className="sticky bottom-4 z-20 mr-auto flex w-fit max-w-full flex-wrap items-center gap-3 rounded border bg-raised py-2 pr-2 pl-3 text-sm shadow"
    >
      <span role="status" className="whitespace-nowrap font-medium">
        {count} selected
      </span>
      <ChoiceControl label="Rule of the selected tools" value={null} onChoose={onChoose} />
      <Button size="small" variant="ghost" onClick={() => onChoose(null)}>
        Use inherited rule
      </Button>
      {heldCount > 0 && (
        <Button size="small" onClick={onReview}>
          Review {heldCount} held
        </Button>
      )}
      <IconButton
        label="Clear selection"
        shortcut="Esc"
        size="iconSmall"
        icon={<X aria-hidden="true" className="size-4" />}
        onClick={onClear}
      />
    </section>
  );
}
