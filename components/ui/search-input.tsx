"use client";

import { Search } from "lucide-react";
import { type ComponentProps, useEffect, useRef } from "react";
import { cn } from "./cn.ts";
import { Input } from "./input.tsx";
import { Kbd } from "./kbd.tsx";

export type SearchInputProps = Omit<ComponentProps<"input">, "type" | "aria-label"> & {
  /** "Search tools": the accessible name and the placeholder. */
  label: string;
};

/** The search of a table; "/" brings focus here. Put it into a GET form to work everywhere. */
export function SearchInput({ label, className, ...props }: SearchInputProps) {
  const input = useRef<HTMLInputElement>(null);

  useEffect(() => {
    function focus(event: KeyboardEvent) {
      const inField =
        event.target instanceof HTMLElement &&
        event.target.matches("input, textarea, select, [contenteditable=true]");
      if (event.key !== "/" || event.metaKey || event.ctrlKey || event.altKey || inField) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    }
    document.addEventListener("keydown", focus);
    return () => document.removeEventListener("keydown", focus);
  }, []);

  return (
    <div className={cn("relative w-full sm:max-w-72", className)}>
      <Search
        aria-hidden="true"
        className="-translate-y-1/2 pointer-events-none absolute top-1/2 left-2.5 size-4 text-muted"
      />
      <Input
        ref={input}
        type="search"
        aria-label={label}
        placeholder={label}
        autoComplete="off"
        spellCheck={false}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
        }}
        className="peer px-8 text-sm [&::-webkit-search-cancel-button]:hidden"
        {...props}
      />
      <Kbd className="-translate-y-1/2 pointer-events-none absolute top-1/2 right-1.5 peer-focus:hidden pointer-coarse:hidden">
        /
      </Kbd>
    </div>
  );
}
