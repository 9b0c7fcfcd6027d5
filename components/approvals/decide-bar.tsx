"use client";

import { Check, X } from "lucide-react";
import type { Route } from "next";
import { useRouter } from "next/navigation";
import { useEffect, useEffectEvent, useRef, useState, useTransition } from "react";
import { isPlainKey } from "#components/shell/keyboard.tsx";
import { Button } from "#components/ui/button.tsx";
import { FormSummary } from "#components/ui/form-summary.tsx";
import { Input } from "#components/ui/input.tsx";
import { Kbd } from "#components/ui/kbd.tsx";
import { showToast } from "#components/ui/toast.tsx";
import type { ActionResult } from "#lib/errors.ts";

export interface DecideBarProps {
  orgSlug: string;
  id: string;
  tool: string;
  agent: string;
  /** Where to go on after the decision. */
  nextHref: string;
  decide: (orgSlug: string, input: unknown) => Promise<ActionResult<unknown>>;
}

/** A key that was meant for the request before must not decide this one. */
const settleMilliseconds = 500;

/** Approve and Deny, within reach on every screen; keys a and d. */
export function DecideBar({ orgSlug, id, tool, agent, nextHref, decide }: DecideBarProps) {
  const router = useRouter();
  const reason = useRef<HTMLInputElement>(null);
  const [going, setGoing] = useState<"approve" | "deny" | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [pending, startTransition] = useTransition();

  function send(decision: "approve" | "deny") {
    if (pending) return;
    setGoing(decision);
    setProblem(null);
    startTransition(async () => {
      const note = reason.current?.value.trim() ?? "";
      const result = await decide(orgSlug, { id, decision, ...(note !== "" && { note }) });
      if (!result.ok) {
        setProblem(result.error.message);
        return;
      }
      showToast(
        decision === "approve"
          ? {
              title: `Approved ${tool} for ${agent}`,
              description: "This call may run once within 15 minutes.",
            }
          : { title: `Denied ${tool} for ${agent}`, description: "The agent is told so." },
      );
      // The address was built from slugs at run time, which the route types cannot know.
      router.push(nextHref as Route);
    });
  }

  const handleKey = useEffectEvent((event: KeyboardEvent) => {
    if (!isPlainKey(event) || event.repeat || event.shiftKey) return;
    if (event.key !== "a" && event.key !== "d") return;
    event.preventDefault();
    send(event.key === "a" ? "approve" : "deny");
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: another request starts the wait again
  useEffect(() => {
    const listener = (event: KeyboardEvent) => handleKey(event);
    const timer = setTimeout(
      () => document.addEventListener("keydown", listener),
      settleMilliseconds,
    );
    return () => {
      clearTimeout(timer);
      document.removeEventListener("keydown", listener);
    };
  }, [id]);

  return (
    <div className="fixed inset-x-0 bottom-0 z-10 grid gap-2 border-t bg-raised p-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] lg:sticky lg:rounded lg:border lg:shadow">
      {problem !== null && <FormSummary message={problem} />}
      <div className="grid grid-cols-2 gap-2 lg:grid-cols-[1fr_auto_auto]">
        <Input
          ref={reason}
          aria-label="Reason for the agent, optional"
          placeholder="Reason for the agent, optional"
          maxLength={500}
          autoComplete="off"
          className="h-9 max-lg:col-span-2"
          onKeyDown={(event) => {
            if (event.key === "Escape") event.currentTarget.blur();
          }}
        />
        <Button
          className="h-9 max-lg:h-11"
          pending={pending && going === "deny"}
          pendingText="Denying"
          onClick={() => send("deny")}
          icon={<X aria-hidden="true" className="size-4 text-danger" />}
        >
          Deny
          <Kbd className="pointer-coarse:hidden">d</Kbd>
        </Button>
        <Button
          variant="primary"
          className="h-9 max-lg:h-11"
          pending={pending && going === "approve"}
          pendingText="Approving"
          onClick={() => send("approve")}
          icon={<Check aria-hidden="true" className="size-4" />}
        >
          Approve
          <Kbd className="border-on-solid/40 bg-transparent text-on-solid pointer-coarse:hidden">
            a
          </Kbd>
        </Button>
      </div>
    </div>
  );
}
