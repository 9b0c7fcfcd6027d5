"use client";

import { Dialog as Base } from "@base-ui/react/dialog";
import { Search } from "lucide-react";
import type { Route } from "next";
import { useRouter } from "next/navigation";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { cn } from "#components/ui/cn.ts";
import { backdropStyles } from "#components/ui/dialog.tsx";
import { Kbd } from "#components/ui/kbd.tsx";
import { Spinner } from "#components/ui/spinner.tsx";
import type { PaletteItem, PaletteSearch } from "./palette-item.ts";
import { groupItems, matchItems } from "./palette-match.ts";

export interface PaletteDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  items: readonly PaletteItem[];
  search: PaletteSearch | undefined;
}

export function PaletteDialog({ open, onOpenChange, items, search }: PaletteDialogProps) {
  return (
    <Base.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <Base.Portal>
        <Base.Backdrop className={backdropStyles} />
        <Base.Popup className="fixed inset-x-3 top-[max(0.75rem,12dvh)] z-60 mx-auto flex max-h-[min(28rem,76dvh)] max-w-xl flex-col overflow-hidden rounded border bg-raised shadow outline-none transition-[opacity,scale] data-ending-style:scale-98 data-starting-style:scale-98 data-ending-style:opacity-0 data-starting-style:opacity-0">
          <Base.Title className="sr-only">Go to anything</Base.Title>
          <Palette items={items} search={search} onDone={() => onOpenChange(false)} />
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

interface PaletteProps {
  items: readonly PaletteItem[];
  search: PaletteSearch | undefined;
  onDone: () => void;
}

function Palette({ items, search, onDone }: PaletteProps) {
  const router = useRouter();
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const found = useFound(query, search);
  const groups = groupItems([...matchItems(items, query), ...found.items]);
  const flat = groups.flatMap((group) => group.items);
  const current = flat[Math.min(active, flat.length - 1)];

  function choose(item: PaletteItem) {
    onDone();
    // The address was built from slugs at run time, which the route types cannot know.
    if ("href" in item.target) router.push(item.target.href as Route);
    else void item.target.run();
  }

  function move(to: number) {
    const index = (to + flat.length) % Math.max(1, flat.length);
    setActive(index);
    list.current?.querySelectorAll("[role=option]")[index]?.scrollIntoView({ block: "nearest" });
  }

  function handleKey(event: KeyboardEvent) {
    const moves: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: Math.min(active + 8, flat.length - 1),
      PageUp: Math.max(active - 8, 0),
    };
    const to = moves[event.key];
    if (to !== undefined) {
      event.preventDefault();
      move(to);
    } else if (event.key === "Enter" && current && !event.nativeEvent.isComposing) {
      event.preventDefault();
      choose(current);
    }
  }

  return (
    <>
      <div className="flex items-center gap-2.5 border-b px-3.5">
        <Search aria-hidden="true" className="size-4 shrink-0 text-muted" />
        <input
          type="text"
          role="combobox"
          aria-label="Go to a server, tool, agent or call, or run an action"
          aria-expanded="true"
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={current && `${listId}-${current.id}`}
          placeholder="Server, tool, agent, call id or action"
          autoComplete="off"
          spellCheck={false}
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setActive(0);
          }}
          onKeyDown={handleKey}
          className="h-12 min-w-0 flex-1 bg-transparent text-lg outline-none"
        />
        {found.searching && (
          <span className="animate-late text-muted">
            <Spinner />
          </span>
        )}
        <Kbd className="pointer-coarse:hidden">Esc</Kbd>
      </div>
      <div
        ref={list}
        id={listId}
        role="listbox"
        aria-label="Results"
        className="min-h-24 overflow-y-auto overscroll-contain p-1.5"
      >
        {groups.map((group) => (
          // biome-ignore lint/a11y/useSemanticElements: a listbox groups its options by role
          <div key={group.label} role="group" aria-label={group.label} className="pb-1">
            <p aria-hidden="true" className="px-2 pt-2 pb-1 text-muted text-xs">
              {group.label}
            </p>
            {group.items.map((item) => (
              <Option
                key={item.id}
                id={`${listId}-${item.id}`}
                item={item}
                active={item === current}
                onChoose={() => choose(item)}
                onPoint={() => setActive(flat.indexOf(item))}
              />
            ))}
          </div>
        ))}
      </div>
      <p
        role="status"
        className={cn("px-4 pb-6 text-center text-muted text-sm", flat.length > 0 && "sr-only")}
      >
        {statusText(flat.length, query, found)}
      </p>
    </>
  );
}

interface OptionProps {
  id: string;
  item: PaletteItem;
  active: boolean;
  onChoose: () => void;
  onPoint: () => void;
}

function Option({ id, item, active, onChoose, onPoint }: OptionProps) {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: focus stays in the input, which names the active option
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter in the input does the same
    <div
      id={id}
      role="option"
      aria-selected={active}
      onClick={onChoose}
      onPointerMove={onPoint}
      className="flex h-9 cursor-default select-none items-center gap-2.5 rounded px-2 text-base aria-selected:bg-hover pointer-coarse:h-11 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-muted"
    >
      {item.icon}
      <span className={cn("min-w-0 flex-1 truncate", item.mono === true && "font-mono text-sm")}>
        {item.label}
      </span>
      {item.hint !== undefined && (
        <span className="max-w-2/5 truncate text-muted text-sm">{item.hint}</span>
      )}
    </div>
  );
}

interface Found {
  items: readonly PaletteItem[];
  searching: boolean;
  failed: boolean;
}

const nothing: Found = { items: [], searching: false, failed: false };

/** Asks the server once typing pauses for 120 ms; an answer to an older query is dropped. */
function useFound(query: string, search: PaletteSearch | undefined): Found {
  const [found, setFound] = useState<Found>(nothing);
  const text = query.trim();
  useEffect(() => {
    if (!search || text.length < 2) {
      setFound(nothing);
      return;
    }
    let stale = false;
    setFound((before) => ({ ...before, searching: true, failed: false }));
    const timer = setTimeout(() => {
      search(text).then(
        (items) => stale || setFound({ items, searching: false, failed: false }),
        () => stale || setFound({ items: [], searching: false, failed: true }),
      );
    }, 120);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [text, search]);
  return found;
}

function statusText(count: number, query: string, found: Found): string {
  if (found.failed) return "The search did not answer. What is listed comes from this page only.";
  if (found.searching && count === 0) return "Searching";
  if (count === 0) return `Nothing matches “${query.trim()}”`;
  return count === 1 ? "1 result" : `${count} results`;
}
