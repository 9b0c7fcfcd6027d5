"use client";

import { useEffect, useEffectEvent, useRef, useState } from "react";
import { cn } from "#components/ui/cn.ts";
import { Segmented } from "#components/ui/segmented.tsx";
import type { Choice } from "#lib/policy/effective.ts";
import { choiceOptions } from "./rule-words.ts";

export type ChosenBy = "pointer" | "arrows" | "number";

export interface ChoiceControlProps {
  label: string;
  /** Null: nothing is chosen, or several things are. */
  value: Choice | null;
  onChoose: (choice: Choice, by: ChosenBy) => void;
  /** What is shown already was chosen again: for a value that was only inherited. */
  onSameChoice?: (choice: Choice, by: ChosenBy) => void;
  disabled?: boolean;
  numberKeys?: boolean;
  className?: string | undefined;
}

const restMilliseconds = 600;

/**
 * The five everyday choices, saved at once. Arrow keys pass over choices on their way, as radios do:
 * only the one they come to rest on is saved.
 */
export function ChoiceControl(props: ChoiceControlProps) {
  const { label, value, onChoose, onSameChoice, disabled = false, numberKeys = false } = props;
  const root = useRef<HTMLDivElement>(null);
  const by = useRef<ChosenBy>("number");
  const [passing, setPassing] = useState<Choice | null>(null);

  const rest = useEffectEvent(() => {
    if (passing === null) return;
    setPassing(null);
    if (passing !== value) onChoose(passing, "arrows");
  });

  useEffect(() => {
    if (passing === null) return;
    const element = root.current;
    const timer = setTimeout(() => rest(), restMilliseconds);
    function leave({ relatedTarget }: FocusEvent) {
      if (!(relatedTarget instanceof Node && element?.contains(relatedTarget))) rest();
    }
    element?.addEventListener("focusout", leave);
    return () => {
      clearTimeout(timer);
      element?.removeEventListener("focusout", leave);
    };
  }, [passing]);

  function choose(choice: Choice | "none", give: typeof onSameChoice) {
    const how = by.current;
    by.current = "number";
    if (choice === "none") return;
    if (how === "arrows") return setPassing(choice);
    setPassing(null);
    give?.(choice, how);
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only notes how the radios inside are used
    <div
      ref={root}
      className="max-w-full shrink-0 max-sm:w-full"
      onPointerDown={() => {
        by.current = "pointer";
      }}
      onKeyDown={({ key }) => {
        by.current = key.startsWith("Arrow") ? "arrows" : "number";
      }}
    >
      <Segmented<Choice | "none">
        label={label}
        options={choiceOptions}
        value={passing ?? value ?? "none"}
        onValueChange={(choice) => choose(choice, onChoose)}
        onSameValue={(choice) => choose(choice, onSameChoice)}
        disabled={disabled}
        numberKeys={numberKeys}
        className={cn(
          "max-sm:flex max-sm:w-full max-sm:[&>label]:flex-1 max-sm:[&>label]:px-1",
          passing === null && props.className,
        )}
      />
    </div>
  );
}
