"use client";

import { Check, X } from "lucide-react";
import type { Route } from "next";
import { useRouter } from "next/navigation";
import { useEffect, useEffectEvent, useRef, useState, useTransition } from "react";
import { runAction } from "#components/run-action.ts";
import { isPlainKey } from "#components/shell/keyboard.tsx";
import { Button } from "#components/ui/button.tsx";
import { FormSummary } from "#components/ui/form-summary.tsx";
import { Input } from "#components/ui/input.tsx";
import { Kbd } from "#components/ui/kbd.tsx";
import { showToast } from "#components/ui/toast.tsx";
import type { ApprovalDetail, ApprovalRow } from "#lib/approvals/approvals.ts";
import type { ActionResult } from "#lib/errors.ts";
import { ConfirmSignIn, type SignInWays } from "./confirm-sign-in.tsx";
import { answerToast } from "./state-words.ts";

export interface DecideBarProps {
  id: string;
  tool: string;
  agent: string;
  standing: ApprovalDetail["standing"];
  /** This request's page. */
  href: string;
  /** Where to go on after the decision. */
  nextHref: string;
  signInWays: SignInWays;
  decide: (input: unknown) => Promise<ActionResult<ApprovalRow>>;
  confirm: (input: unknown) => Promise<ActionResult<unknown>>;
}

/** A key that was meant for the request before must not decide this one. */
const settleMilliseconds = 500;

/** Approve and Deny, within reach on every screen; keys a and d. */
export function DecideBar(props: DecideBarProps) {
  const { id, tool, agent, standing, href, nextHref, signInWays, decide, confirm } = props;
  const router = useRouter();
  const reason = useRef<HTMLInputElement>(null);
  const [going, setGoing] = useState<"approve" | "deny" | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [asksWho, setAsksWho] = useState(false);
  const [pending, startTransition] = useTransition();

  function send(decision: "approve" | "deny", confirmed = false) {
    if (pending || (decision === "approve" && standing.obstacle !== null)) return;
    if (decision === "approve" && standing.needsSignIn && !confirmed) return setAsksWho(true);
    setGoing(decision);
    setProblem(null);
    startTransition(async () => {
      const note = reason.current?.value.trim() ?? "";
      const result = await runAction(decide, { id, decision, ...(note !== "" && { note }) });
      if (!result.ok) {
        // The sign-in may have grown old since the page was read.
        if (result.error.fields.signIn !== undefined) return setAsksWho(true);
        return setProblem(result.error.message);
      }
      showToast(answerToast(result.data, agent, tool));
      // The address was built from slugs at run time, which the route types cannot know.
      if (result.data.state === "pending") router.refresh();
      else router.push(nextHref as Route);
    });
  }

  const handleKey = useEffectEvent((event: KeyboardEvent) => {
    if (!isPlainKey(event) || event.repeat || event.shiftKey || asksWho) return;
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
      {standing.obstacle !== null && (
        <p id="obstacle" className="max-w-[72ch] text-muted text-sm">
          {standing.obstacle}
        </p>
      )}
      <div className="grid grid-cols-2 gap-2 lg:grid-cols-[1fr_auto_auto]">
        <Input
          ref={reason}
          aria-label="Reason for the agent, optional"
          placeholder="Reason for the agent, optional"
          maxLength={500}
          autoComplete="off"
          className="h-9 max-lg:col-span-2 max-lg:h-11"
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
          disabled={standing.obstacle !== null}
          {...(standing.obstacle !== null && { "aria-describedby": "obstacle" })}
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
      <ConfirmSignIn
        open={asksWho}
        onOpenChange={setAsksWho}
        ways={signInWays}
        returnHref={href}
        confirm={confirm}
        onConfirmed={() => {
          setAsksWho(false);
          send("approve", true);
        }}
      />
    </div>
  );
}
