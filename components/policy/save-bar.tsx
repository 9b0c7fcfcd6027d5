"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { runAction } from "#components/run-action.ts";
import { Button } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";
import { showToast } from "#components/ui/toast.tsx";
import type { ActionError } from "#lib/errors.ts";
import { formatPolicy } from "#lib/policy/format.ts";
import type { PolicyActions } from "./policy-answers.ts";
import type { Draft } from "./use-draft.ts";

export interface SaveBarProps {
  server: string;
  draft: Draft;
  /** Why saving has to wait; null: it need not. */
  obstacle: string | null;
  applyPolicy: PolicyActions["applyPolicy"];
}

/** What is not saved yet, with its note. */
export function SaveBar({ server, draft, obstacle, applyPolicy }: SaveBarProps) {
  const router = useRouter();
  const [note, setNote] = useState("");
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<(ActionError & { version: number }) | null>(null);
  const { base, text, cases, conflict, isDirty } = draft;

  async function save() {
    if (obstacle !== null) return;
    setPending(true);
    const saved = await runAction(applyPolicy, { server, text, note, cases, base: base.version });
    setPending(false);
    setFailure(saved.ok ? null : { ...saved.error, version: base.version });
    // Brings the version that was saved meanwhile, so that the two can be compared.
    if (!saved.ok && saved.error.code === "conflict") router.refresh();
    if (!saved.ok) return;
    setNote("");
    draft.take({
      version: saved.data.version,
      text: formatPolicy(draft.document, "yaml"),
      cases,
    });
    showToast({
      title: `Version ${saved.data.version} is in force`,
      description: "Takes effect on the next call.",
    });
  }

  if (!isDirty) {
    return (
      <p role="status" className="text-muted text-sm">
        Version {base.version} is in force; nothing is changed.
      </p>
    );
  }
  // What stood in the way of another version is past, and the note above says more of a conflict.
  const error = conflict === null && failure?.version === base.version ? failure : null;
  const messages = error === null ? [] : Object.values(error.fields).flat();
  return (
    <form
      aria-label="Save the policy"
      className="sticky bottom-0 z-9 grid gap-2 rounded border bg-raised p-3 shadow"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      {error !== null && (
        <div role="alert" className="grid gap-1 text-danger text-sm">
          <p>{messages.length === 0 ? error.message : "Not saved."}</p>
          {messages.map((message) => (
            <p key={message}>{message}</p>
          ))}
        </div>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <p role="status" className="min-w-0 basis-56 text-sm">
          {obstacle ?? `Not saved yet; version ${base.version} is in force.`}
        </p>
        <Input
          aria-label="Note for this version"
          placeholder="Note, such as why"
          maxLength={500}
          value={note}
          onChange={(event) => setNote(event.target.value)}
          className="min-w-40 flex-1"
        />
        <Button variant="ghost" onClick={() => draft.take(conflict ?? base)}>
          Discard
        </Button>
        <Button
          type="submit"
          variant="primary"
          pending={pending}
          pendingText="Saving"
          disabled={obstacle !== null}
        >
          Save version
        </Button>
      </div>
      {/(^|\s)#/m.test(text) && (
        <p className="text-muted text-xs">
          Comments are for you while you edit: a saved version keeps the rules, not the comments.
        </p>
      )}
    </form>
  );
}
