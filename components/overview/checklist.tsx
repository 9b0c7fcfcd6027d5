"use client";

import { Check } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { ButtonLink } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { cn } from "#components/ui/cn.ts";
import { LiveMark } from "#components/ui/live-mark.tsx";
import { useLive } from "#components/use-live.ts";

export interface ChecklistItem {
  id: "register" | "review" | "rules" | "agent" | "first_call";
  label: string;
  done: boolean;
  href: string;
}

export interface ChecklistProps {
  orgSlug: string;
  initial: readonly ChecklistItem[];
}

/** The way of a new org to its first decided call; ticks itself. */
export function Checklist({ orgSlug, initial }: ChecklistProps) {
  const router = useRouter();
  const [steps, setSteps] = useState(initial);
  const state = useLive<ChecklistItem[]>(`/api/orgs/${orgSlug}/checklist`, (latest) => {
    setSteps(latest);
    // With the first call on record, the overview has something else to show.
    if (latest.every(({ done }) => done)) router.refresh();
  });
  const current = steps.find(({ done }) => !done);
  const done = steps.filter((step) => step.done).length;
  return (
    <section aria-labelledby="checklist" className="grid gap-3">
      <div className="flex items-end justify-between gap-4">
        <h2 id="checklist" className="font-semibold text-lg">
          Get to the first decided call
        </h2>
        <span className="flex items-center gap-4 text-muted text-sm">
          {done} of {steps.length}
          <LiveMark state={state} />
        </span>
      </div>
      <Card>
        <ol aria-live="polite" className="divide-y">
          {steps.map((step, index) => (
            <li
              key={step.id}
              aria-current={step === current ? "step" : undefined}
              className="grid grid-cols-[1.5rem_1fr] gap-x-3 px-4 py-3.5 sm:grid-cols-[1.5rem_1fr_auto] sm:items-center"
            >
              <StepMark number={index + 1} done={step.done} current={step === current} />
              <div className="grid gap-0.5">
                <p className={cn("font-medium text-base", step.done && "text-muted")}>
                  {step.label}
                  {step.done && <span className="sr-only">, done</span>}
                </p>
                {step === current && (
                  <p className="max-w-[64ch] text-muted text-sm">{explanations[step.id]}</p>
                )}
              </div>
              {step === current && (
                <div className="max-sm:col-start-2 max-sm:pt-3">
                  <ButtonLink href={step.href} variant="primary">
                    {actions[step.id]}
                  </ButtonLink>
                </div>
              )}
            </li>
          ))}
        </ol>
      </Card>
    </section>
  );
}

function StepMark({ number, done, current }: { number: number; done: boolean; current: boolean }) {
  return (
    <span
      aria-hidden="true"
      className={cn(
        "grid size-6 place-items-center rounded-full border text-xs transition-colors",
        done && "border-transparent bg-positive/12 text-positive",
        current && "border-accent text-accent",
        !done && !current && "text-muted",
      )}
    >
      {done ? <Check className="size-3.5" /> : number}
    </span>
  );
}

const explanations: Record<ChecklistItem["id"], string> = {
  register:
    "By its URL, or through a connector that starts it. Its tools are listed and classed at once.",
  review: "Tools that are new or changed are held: no agent sees them until somebody accepts them.",
  rules:
    "Without a rule, every call is denied. Callgate proposes one for each tool, with the reason; take over what you like.",
  agent: "Name it, copy its token once, and paste the configuration into its client.",
  first_call: "Let the agent call a tool. The call and its decision appear here and under Calls.",
};

const actions: Record<ChecklistItem["id"], string> = {
  register: "Register server",
  review: "Review tools",
  rules: "Review the proposal",
  agent: "Connect an agent",
  first_call: "Open calls",
};
