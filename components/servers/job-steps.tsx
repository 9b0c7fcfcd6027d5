"use client";

import { LiveMark, type LiveState } from "#components/ui/live-mark.tsx";
import { type Step, Steps } from "#components/ui/steps.tsx";
import type { JobRow } from "#lib/jobs/jobs.ts";
import type { JobStep } from "#lib/jobs/schema.ts";

const planned: Record<"url" | "connector", readonly [JobStep["step"], string][]> = {
  url: [
    ["resolve", "Look up the address"],
    ["connect", "Connect"],
    ["initialize", "Initialise the session"],
    ["list_tools", "Read the tools"],
  ],
  connector: [
    ["start", "Start the program"],
    ["initialize", "Initialise the session"],
    ["list_tools", "Read the tools"],
  ],
};

/** What the proxy does for a connection, step by step; the steps ahead are named in advance. */
export function JobSteps({
  label,
  kind,
  job,
  isRunning,
}: {
  label: string;
  kind: "url" | "connector";
  job: JobRow | null;
  isRunning: boolean;
}) {
  return (
    <div className="grid gap-3">
      <Steps label={label} steps={stepsOf(kind, job, isRunning)} />
      {job?.waitingForProxy && (
        <p
          role="status"
          className="rounded border border-caution/40 bg-caution/6 px-3 py-2 text-sm"
        >
          No proxy is running, so nothing can connect yet. Start it with{" "}
          <code className="font-mono text-xs">npm start</code>; this goes on by itself then.
        </p>
      )}
      {job?.state === "failed" && !job.steps.some((step) => step.state === "failed") && (
        <p role="alert" className="rounded border border-danger/40 bg-danger/6 px-3 py-2 text-sm">
          {messageOf(job.result)}
        </p>
      )}
    </div>
  );
}

/** The live mark of a job, only while it runs. */
export function JobLive({ isRunning, live }: { isRunning: boolean; live: LiveState }) {
  return isRunning && live !== "paused" ? <LiveMark state={live} /> : null;
}

function stepsOf(kind: "url" | "connector", job: JobRow | null, isRunning: boolean): Step[] {
  const done = job?.steps ?? [];
  const seen: Step[] = done.map(({ step, state, label, detail, fix }) => ({
    id: step,
    label,
    state,
    ...(detail !== "" && { detail }),
    ...(fix !== null && { fix }),
  }));
  const ahead = planned[kind]
    .filter(([step]) => !done.some((each) => each.step === step))
    .map(([step, label]): Step => ({ id: step, label, state: "pending" }));
  const [next, ...rest] = ahead;
  if (!isRunning || job?.waitingForProxy || done.length > 0 || !next) return [...seen, ...ahead];
  return [{ ...next, state: "running", detail: "Waiting for the proxy to take it up" }, ...rest];
}

function messageOf(result: unknown): string {
  const has = typeof result === "object" && result !== null && "message" in result;
  return has && typeof result.message === "string"
    ? result.message
    : "The proxy could not finish this. Try again; its log names the reason.";
}
