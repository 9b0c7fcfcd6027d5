"use client";

import { RefreshCw } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { Action } from "#components/run-action.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { FormSummary } from "#components/ui/form-summary.tsx";
import { Link } from "#components/ui/link.tsx";
import { JobLive, JobSteps } from "./job-steps.tsx";
import { useJob } from "./use-job.ts";

export interface DiscoveryProps {
  org: string;
  server: string;
  kind: "url" | "connector";
  canDiscover: boolean;
  requestDiscovery: Action<{ jobId: string }>;
  /** Said before anything was done here. */
  text: string;
}

/** Reads a server's tools again, with its steps as they happen. */
export function Discovery(props: DiscoveryProps) {
  const router = useRouter();
  const [failure, setFailure] = useState<string>();
  const { job, isRunning, live, start } = useJob(props.org, () => router.refresh());
  const held = job?.state === "done" ? heldOf(job.result) : 0;
  return (
    <Card className="grid max-w-3xl gap-4 p-4">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <p className="min-w-0 max-w-[56ch] flex-1 text-sm">{props.text}</p>
        {props.canDiscover && (
          <Button
            pending={isRunning}
            pendingText="Reading the tools"
            icon={<RefreshCw aria-hidden="true" className="size-3.5" />}
            onClick={async () => {
              setFailure(undefined);
              const refused = await start(props.requestDiscovery, { server: props.server });
              setFailure(refused?.message);
            }}
          >
            Read tools now
          </Button>
        )}
      </div>
      <FormSummary message={failure} />
      {(job || isRunning) && (
        <div className="grid gap-3 border-t pt-4">
          <JobSteps label="Reading the tools" kind={props.kind} job={job} isRunning={isRunning} />
          <JobLive isRunning={isRunning} live={live} />
          {held > 0 && (
            <p role="status" className="text-sm">
              {held === 1 ? "1 tool is" : `${held} tools are`} held for review.{" "}
              <Link
                href={`/orgs/${props.org}/servers/${props.server}`}
                className="rounded text-accent underline-offset-2 hover:underline"
              >
                Review {held === 1 ? "it" : "them"}
              </Link>
            </p>
          )}
        </div>
      )}
    </Card>
  );
}

function heldOf(result: unknown): number {
  const has = typeof result === "object" && result !== null && "held" in result;
  return has && typeof result.held === "number" ? result.held : 0;
}
