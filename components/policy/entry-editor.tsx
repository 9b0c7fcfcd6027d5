"use client";

import { ChevronRight, Plus, Trash2 } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { Input } from "#components/ui/input.tsx";
import { parseToolKey } from "#lib/policy/tool-key.ts";
import { Labelled } from "./labelled.tsx";

export interface EntryEditorProps {
  /** A name or a pattern. */
  name: string;
  sentences: readonly string[];
  startOpen?: boolean;
  /** It was added or renamed just now: it begins open, with the focus on it. */
  isNew?: boolean;
  canEdit: boolean;
  children: ReactNode;
  addLabel?: string;
  onAdd?: () => void;
  /** False: the name is taken. */
  onRename?: (name: string) => boolean;
  onRemove: () => void;
}

/** The rules of one key: as sentences, and opened as forms. */
export function EntryEditor(props: EntryEditorProps) {
  const { name, sentences, isNew = false, canEdit, children, onAdd, onRename, onRemove } = props;
  const [isOpen, setIsOpen] = useState(isNew || props.startOpen === true);
  const region = useId();
  const entry = useRef<HTMLLIElement>(null);
  const heading = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    if (!isNew) return;
    // Unless a click that ended the typing of a name has put the focus elsewhere.
    const frame = requestAnimationFrame(() => {
      if (document.activeElement !== document.body) return;
      heading.current?.focus();
      entry.current?.scrollIntoView({ block: "nearest" });
    });
    return () => cancelAnimationFrame(frame);
  }, [isNew]);

  function toggle() {
    setIsOpen(!isOpen);
    // What opens below the edge would look as if nothing had happened.
    if (!isOpen) requestAnimationFrame(() => entry.current?.scrollIntoView({ block: "nearest" }));
  }

  return (
    <li ref={entry} className="min-w-0 first:rounded-t last:rounded-b">
      <button
        ref={heading}
        type="button"
        aria-expanded={isOpen}
        aria-controls={region}
        disabled={!canEdit}
        onClick={toggle}
        className="flex w-full min-w-0 items-start gap-2 px-3 py-1.5 text-left focus-visible:-outline-offset-2 not-disabled:hover:bg-hover pointer-coarse:min-h-11"
      >
        <ChevronRight
          aria-hidden="true"
          className={cn("mt-0.5 size-4 shrink-0 text-muted", isOpen && "rotate-90")}
        />
        <span className="grid min-w-0 gap-0.5">
          <span className="break-all font-mono text-sm">{name}</span>
          {sentences.map((sentence, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two rules may say the same
            <span key={index} className="text-pretty break-words text-muted text-sm">
              {sentence}
            </span>
          ))}
        </span>
      </button>
      {isOpen && (
        <div id={region} className="grid min-w-0 gap-3 border-t p-3">
          {onRename && <NameField name={name} onRename={onRename} />}
          {children}
          <div className="flex flex-wrap gap-2">
            {onAdd && (
              <Button
                size="small"
                icon={<Plus aria-hidden="true" className="size-3.5" />}
                onClick={onAdd}
              >
                {props.addLabel ?? "Add rule"}
              </Button>
            )}
            <Button
              size="small"
              variant="ghost"
              icon={<Trash2 aria-hidden="true" className="size-3.5" />}
              onClick={onRemove}
            >
              Remove {name}
            </Button>
          </div>
        </div>
      )}
    </li>
  );
}

function NameField({ name, onRename }: { name: string; onRename: (name: string) => boolean }) {
  const [text, setText] = useState(name);
  const [problem, setProblem] = useState<string | null>(null);

  function rename() {
    if (text === name) return setProblem(null);
    if (text === "" || parseToolKey(text) === null) {
      return setProblem("A backslash takes the next character literally: write one after it.");
    }
    setProblem(onRename(text) ? null : `${text} has rules already: edit them there.`);
  }

  return (
    <Labelled title="Name, or a pattern with *">
      <Input
        mono
        value={text}
        aria-invalid={problem !== null || undefined}
        onChange={(event) => setText(event.target.value)}
        onBlur={rename}
        onKeyDown={(event) => {
          if (event.key === "Enter") rename();
        }}
      />
      {problem !== null && <span className="text-danger">{problem}</span>}
    </Labelled>
  );
}
