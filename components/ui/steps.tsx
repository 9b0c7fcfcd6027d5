import { Circle, CircleCheck, CircleX } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./cn.ts";
import { Spinner } from "./spinner.tsx";

export type StepState = "pending" | "running" | "ok" | "failed";

export interface Step {
  id: string;
  label: string;
  state: StepState;
  /** What was found, or what went wrong. */
  detail?: ReactNode;
  /** The one thing to do about a failure. */
  fix?: ReactNode;
}

/** Something that happens in steps, as they happen: a connection test, a checklist. */
export function Steps({ label, steps }: { label: string; steps: readonly Step[] }) {
  return (
    <ol aria-label={label} aria-live="polite" className="grid">
      {steps.map((step, index) => (
        <li key={step.id} className="relative grid grid-cols-[1rem_1fr] gap-x-3 pb-4 last:pb-0">
          {index < steps.length - 1 && (
            <span
              aria-hidden="true"
              className="absolute top-6 bottom-0.5 left-[7.5px] w-px bg-border"
            />
          )}
          <span className="mt-0.5">{icons[step.state]}</span>
          <div className="grid min-w-0 gap-0.5">
            <p className={cn("text-base", step.state === "pending" && "text-muted")}>
              {step.label}
              <span className="sr-only">, {words[step.state]}</span>
            </p>
            {step.detail !== undefined && (
              <p className="break-words text-muted text-sm">{step.detail}</p>
            )}
            {step.state === "failed" && step.fix !== undefined && (
              <div className="mt-1.5 rounded border border-danger/40 bg-danger/6 px-3 py-2 text-sm">
                {step.fix}
              </div>
            )}
          </div>
        </li>
      ))}
    </ol>
  );
}

const words: Record<StepState, string> = {
  pending: "not started",
  running: "running",
  ok: "done",
  failed: "failed",
};

const icons: Record<StepState, ReactNode> = {
  pending: <Circle aria-hidden="true" className="size-4 text-edge" />,
  running: <Spinner className="text-accent" />,
  ok: <CircleCheck aria-hidden="true" className="size-4 text-positive" />,
  failed: <CircleX aria-hidden="true" className="size-4 text-danger" />,
};
