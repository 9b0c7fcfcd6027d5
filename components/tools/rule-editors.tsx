"use client";

import { type ReactNode, useEffect, useEffectEvent, useRef, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Input, Select } from "#components/ui/input.tsx";
import { limitScopes, longestWindowSeconds, mostCalls, type RateLimit } from "#lib/policy/types.ts";
import { scopeNotes } from "./rule-words.ts";
import { useAfterPress } from "./use-after-press.ts";

interface EditorProps {
  tool: string;
  autoFocus: boolean;
  onClose: () => void;
}

export interface LimitEditorProps extends EditorProps {
  limit: RateLimit;
  onSave: (limit: RateLimit) => void;
}

/** `10 calls in 60 s per session`, editable in the row; Enter or leaving it saves, Esc takes back. */
export function LimitEditor({ tool, limit, autoFocus, onSave, onClose }: LimitEditorProps) {
  const [max, setMax] = useState(String(limit.max));
  const [window, setWindow] = useState(String(limit.window));
  const [per, setPer] = useState(limit.per);
  const problem =
    wholeProblem(max, 0, mostCalls, "calls") ??
    wholeProblem(window, 1, longestWindowSeconds, "seconds");

  function save() {
    if (problem !== null) return;
    const next = { max: Number(max), window: Number(window), per };
    if (next.max !== limit.max || next.window !== limit.window || per !== limit.per) onSave(next);
    onClose();
  }

  return (
    <EditorForm
      label={`Limit of ${tool}`}
      autoFocus={autoFocus}
      isValid={problem === null}
      onSave={save}
      onClose={onClose}
    >
      <Input
        aria-label="Calls"
        inputMode="numeric"
        value={max}
        onChange={(event) => setMax(event.target.value)}
        aria-invalid={problem?.of === "calls" || undefined}
        className="h-7 w-14 px-2 text-right text-sm"
      />
      <span>calls in</span>
      <Input
        aria-label="Seconds"
        inputMode="numeric"
        value={window}
        onChange={(event) => setWindow(event.target.value)}
        aria-invalid={problem?.of === "seconds" || undefined}
        className="h-7 w-14 px-2 text-right text-sm"
      />
      <span>s per</span>
      <Select
        aria-label="Per"
        options={limitScopes.map((scope) => ({ value: scope, label: scope }))}
        value={per}
        onChange={(event) => {
          const scope = limitScopes.find((each) => each === event.target.value);
          if (scope) setPer(scope);
        }}
        className="w-24 [&>select]:h-7 [&>select]:text-sm"
      />
      <Button type="submit" size="small">
        Save
      </Button>
      <span role="status" className="basis-full text-right text-xs max-sm:text-left">
        {problem ? <span className="text-danger">{problem.text}</span> : scopeNotes[per]}
      </span>
    </EditorForm>
  );
}

export interface ReasonEditorProps extends EditorProps {
  reason: string;
  onSave: (reason: string) => void;
}

/** What the agent is told when it is refused. */
export function ReasonEditor({ tool, reason, autoFocus, onSave, onClose }: ReasonEditorProps) {
  const [text, setText] = useState(reason);

  function save() {
    if (text.trim() !== reason) onSave(text.trim());
    onClose();
  }

  return (
    <EditorForm label={`Reason for ${tool}`} autoFocus={autoFocus} onSave={save} onClose={onClose}>
      <Input
        aria-label="Reason the agent is told"
        placeholder="Reason the agent is told, optional"
        maxLength={500}
        value={text}
        onChange={(event) => setText(event.target.value)}
        className="h-7 w-80 max-w-full flex-1 text-sm"
      />
      <Button type="submit" size="small">
        Save
      </Button>
    </EditorForm>
  );
}

function EditorForm({
  label,
  autoFocus,
  isValid = true,
  onSave,
  onClose,
  children,
}: {
  label: string;
  autoFocus: boolean;
  isValid?: boolean;
  onSave: () => void;
  onClose: () => void;
  children: ReactNode;
}) {
  const form = useRef<HTMLFormElement>(null);
  // Closing moves the focus, which would save once more.
  const isClosed = useRef(false);
  const afterPress = useAfterPress();

  function end(how: () => void) {
    if (isClosed.current) return;
    isClosed.current = how === onClose || isValid;
    how();
  }

  useEffect(() => {
    if (!autoFocus) return;
    const input = form.current?.querySelector("input");
    input?.focus();
    input?.select();
  }, [autoFocus]);

  // Left alone, an editor goes when the work goes on in another row; what was typed is kept.
  const leave = useEffectEvent(({ target }: FocusEvent) => {
    const row = form.current?.closest("[data-row]");
    if (!(target instanceof Node && row && !row.contains(target))) return;
    afterPress(() => end(isValid ? onSave : onClose));
  });

  useEffect(() => {
    const onFocus = (event: FocusEvent) => leave(event);
    document.addEventListener("focusin", onFocus);
    return () => document.removeEventListener("focusin", onFocus);
  }, []);

  return (
    <form
      ref={form}
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        end(onSave);
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        end(onClose);
      }}
      onBlur={(event) => {
        if (event.relatedTarget && !event.currentTarget.contains(event.relatedTarget)) {
          afterPress(() => end(onSave));
        }
      }}
      className="flex max-w-full flex-wrap items-center justify-end gap-1.5 pb-1.5 text-muted text-sm max-sm:justify-start"
    >
      {children}
    </form>
  );
}

function wholeProblem(text: string, min: number, max: number, of: "calls" | "seconds") {
  const value = Number(text);
  if (/^\d+$/.test(text.trim()) && value >= min && value <= max) return null;
  return { of, text: `Use a whole number of ${of} from ${min} to ${max.toLocaleString("en")}.` };
}
