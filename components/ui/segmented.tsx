"use client";

import { clsx } from "clsx";
import { type ReactNode, useEffect, useId, useRef } from "react";

export type Tone = "neutral" | "accent" | "positive" | "caution" | "danger" | "info" | "muted";

export interface SegmentedOption<Value extends string> {
  value: Value;
  label: string;
  icon?: ReactNode;
  /** Colour of the segment while chosen. */
  tone?: Tone;
  disabled?: boolean;
}

export interface SegmentedProps<Value extends string> {
  /** Names the group for screen readers. */
  label: string;
  options: readonly SegmentedOption<Value>[];
  name?: string;
  value: Value;
  onValueChange?: (value: Value) => void;
  /** The segment that is chosen already was chosen again: for a value that was only inherited. */
  onSameValue?: (value: Value) => void;
  disabled?: boolean;
  /** Keys 1 to 9 choose a segment while focus is anywhere in the surrounding [data-row]. */
  numberKeys?: boolean;
  /** Beside its own classes; it cannot replace any of them. */
  className?: string;
}

/** One of a few, as native radios: arrow keys, forms and no JavaScript all work. */
export function Segmented<Value extends string>({
  label,
  options,
  name,
  value,
  onValueChange,
  onSameValue,
  disabled = false,
  numberKeys = false,
  className,
}: SegmentedProps<Value>) {
  const generatedName = useId();
  const group = useRef<HTMLFieldSetElement>(null);
  useNumberKeys(group, numberKeys && !disabled);
  return (
    <fieldset
      ref={group}
      disabled={disabled}
      className={clsx(
        "inline-flex w-fit min-w-0 max-w-full overflow-x-auto rounded border border-border bg-sunken p-0.5 disabled:opacity-55",
        className,
      )}
    >
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <label
          key={option.value}
          className={clsx(
            "relative inline-flex h-6 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-[4px] border border-transparent px-2 text-muted text-sm transition-colors hover:text-text has-focus-visible:outline-2 has-focus-visible:outline-accent has-checked:border-border has-checked:bg-raised has-checked:font-medium has-disabled:opacity-55 pointer-coarse:h-10 pointer-coarse:px-3",
            checkedTone[option.tone ?? "neutral"],
          )}
        >
          <input
            type="radio"
            name={name ?? generatedName}
            value={option.value}
            disabled={option.disabled}
            className="absolute inset-0 appearance-none rounded-[4px] focus-visible:outline-none"
            checked={option.value === value}
            onChange={() => onValueChange?.(option.value)}
            onClick={() => {
              if (option.value === value) onSameValue?.(option.value);
            }}
          />
          {option.icon}
          {option.label}
        </label>
      ))}
    </fieldset>
  );
}

const checkedTone: Record<Tone, string> = {
  neutral: "has-checked:text-text",
  accent: "has-checked:text-accent",
  positive: "has-checked:text-positive",
  caution: "has-checked:text-caution",
  danger: "has-checked:text-danger",
  info: "has-checked:text-info",
  muted: "has-checked:text-text",
};

function useNumberKeys(group: React.RefObject<HTMLFieldSetElement | null>, enabled: boolean) {
  useEffect(() => {
    const row = group.current?.closest<HTMLElement>("[data-row]");
    if (!enabled || !row) return;
    function choose(event: KeyboardEvent) {
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
      const inputs = group.current?.querySelectorAll<HTMLInputElement>("input[type=radio]");
      const input = inputs?.[Number(event.key) - 1];
      if (!/^[1-9]$/.test(event.key) || !input || input.disabled) return;
      event.preventDefault();
      input.click();
    }
    row.addEventListener("keydown", choose);
    return () => row.removeEventListener("keydown", choose);
  }, [group, enabled]);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.matches(
      "textarea, select, [contenteditable=true], input:not([type=radio], [type=checkbox])",
    )
  );
}
