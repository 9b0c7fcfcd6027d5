"use client";

import { useState } from "react";
import { type Action, runAction } from "#components/run-action.ts";
import type { LiveState } from "#components/ui/live-mark.tsx";
import { useLive } from "#components/use-live.ts";
import type { JobRow } from "#lib/jobs/jobs.ts";

export interface LiveJob {
  /** Null before the first answer. */
  job: JobRow | null;
  isRunning: boolean;
  live: LiveState;
  /** Asks for the work; a returned text says why it could not even be asked for. */
  start: (request: Action<{ jobId: string }>, input: unknown) => Promise<JobFailure | null>;
  /** Forgets the last job. */
  clear: () => void;
}

export interface JobFailure {
  message: string;
  fields: Record<string, string[]>;
}

/** One job of the proxy at a time, followed live. `onEnd` is called once for each that ends. */
export function useJob(org: string, onEnd: (job: JobRow) => void): LiveJob {
  const [id, setId] = useState<string | null>(null);
  const [job, setJob] = useState<JobRow | null>(null);
  const [isAsking, setIsAsking] = useState(false);
  const isOver = job?.state === "done" || job?.state === "failed";

  const url = id === null || isOver ? null : `/api/orgs/${org}/jobs/${id}`;
  const live = useLive<JobRow>(url, (next) => {
    if (next.id !== id) return;
    setJob(next);
    if (next.state === "done" || next.state === "failed") onEnd(next);
  });

  function clear() {
    setJob(null);
    setId(null);
  }

  return {
    job,
    clear,
    live,
    isRunning: isAsking || (id !== null && !isOver),
    start: async (request, input) => {
      setIsAsking(true);
      clear();
      const asked = await runAction(request, input);
      setIsAsking(false);
      if (!asked.ok) return asked.error;
      setId(asked.data.jobId);
      return null;
    },
  };
}
