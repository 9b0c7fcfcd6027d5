"use client";

import { Plus } from "lucide-react";
import { useId, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";
import { parseToolKey } from "#lib/policy/tool-key.ts";

export interface AddEntryProps {
  label: string;
  suggestions: readonly string[];
  taken: readonly string[];
  onAdd: (key: string) => void;
}

/** A new key: it begins denied, so nothing is opened by a rule that is half written. */
export function AddEntry({ label, suggestions, taken, onAdd }: AddEntryProps) {
  const [key, setKey] = useState("");
  const list = useId();
  const isTaken = taken.includes(key);
  const isBroken = key !== "" && parseToolKey(key) === null;
  return (
    <form
      className="grid gap-1"
      onSubmit={(event) => {
        event.preventDefault();
        if (key === "" || isTaken || isBroken) return;
        // What is added takes the focus.
        if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
        onAdd(key);
        setKey("");
      }}
    >
      <div className="flex min-w-0 items-center gap-2">
        <Input
          mono
          aria-label={label}
          placeholder={label}
          list={list}
          value={key}
          onChange={(event) => setKey(event.target.value)}
          className="min-w-0 flex-1"
        />
        <datalist id={list}>
          {suggestions
            .filter((each) => !taken.includes(each))
            .map((each) => (
              <option key={each} value={each} />
            ))}
        </datalist>
        <Button type="submit" icon={<Plus aria-hidden="true" className="size-3.5" />}>
          Add
        </Button>
      </div>
      {isTaken && <p className="text-danger text-sm">{key} has rules already.</p>}
      {isBroken && (
        <p className="text-danger text-sm">
          A backslash takes the next character literally: write one after it.
        </p>
      )}
    </form>
  );
}
