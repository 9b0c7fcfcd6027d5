"use client";

import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { runAction } from "#components/run-action.ts";
import { Button } from "#components/ui/button.tsx";
import { FormSummary } from "#components/ui/form-summary.tsx";
import { Input } from "#components/ui/input.tsx";
import { showToast } from "#components/ui/toast.tsx";
import type { ActionResult } from "#lib/errors.ts";

export type DenySeveralAction = (
  input: unknown,
) => Promise<ActionResult<{ denied: string[]; failed: { id: string; message: string }[] }>>;

export interface DenySeveralProps {
  ids: readonly string[];
  deny: DenySeveralAction;
  onDone: () => void;
}

/** One reason for everything that is chosen. */
export function DenySeveral({ ids, deny, onDone }: DenySeveralProps) {
  const router = useRouter();
  const [problem, setProblem] = useState<string | null>(null);
  const [pending, startTransition] = useTransition();

  function send(data: FormData) {
    const note = String(data.get("note") ?? "").trim();
    startTransition(async () => {
      const result = await runAction(deny, { ids, ...(note !== "" && { note }) });
      if (!result.ok) return setProblem(result.error.message);
      const { denied, failed } = result.data;
      const late = failed.length === 0 ? "" : ` ${failed.length} did not wait any more.`;
      showToast({
        title: `Denied ${denied.length} ${denied.length === 1 ? "call" : "calls"}`,
        description: `The agents are told so.${late}`,
      });
      onDone();
      router.refresh();
    });
  }

  return (
    <form
      action={send}
      aria-label="Deny the selected calls"
      className="sticky bottom-0 z-10 grid gap-2 border-t bg-raised p-3 max-lg:fixed max-lg:inset-x-0 max-lg:pb-[max(0.75rem,env(safe-area-inset-bottom))] lg:rounded lg:border lg:shadow"
    >
      {problem !== null && <FormSummary message={problem} />}
      <Input
        name="note"
        aria-label="Reason for the agents, optional"
        placeholder="Reason for the agents, optional"
        maxLength={500}
        autoComplete="off"
        className="h-9 max-lg:h-11"
      />
      <div className="grid grid-cols-2 gap-2">
        <Button className="h-9 max-lg:h-11" onClick={onDone} type="button">
          Cancel
        </Button>
        <Button
          variant="danger"
          type="submit"
          className="h-9 max-lg:h-11"
          disabled={ids.length === 0}
          pending={pending}
          pendingText="Denying"
        >
          Deny {ids.length} selected
        </Button>
      </div>
    </form>
  );
}
