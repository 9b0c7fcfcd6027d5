import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import type { OrgContext } from "#lib/auth/context.ts";
import { AppError } from "#lib/errors.ts";
import { getJob, type JobRow, requestDiscovery } from "#lib/jobs/jobs.ts";
import type { JobStep } from "#lib/jobs/schema.ts";
import { printable, say } from "./output.ts";

const pollMilliseconds = 150;
/** A proxy that is just starting gets this long before we stop waiting for one. */
const proxyPatienceMilliseconds = 15_000;

const Discovered = z.object({
  tools: z.number(),
  held: z.number(),
  protocolRevision: z.string(),
});
const Failed = z.object({ message: z.string() });

/**
 * Asks for a discovery and waits for it, with every step on standard error as it happens.
 * @throws AppError `unavailable` with what to do, when it fails or nobody does it in time
 */
export async function discover(
  context: OrgContext,
  server: string,
  timeoutMilliseconds: number,
): Promise<{ tools: number; held: number; protocol: string }> {
  const { jobId } = await requestDiscovery(context, { server });
  const job = await watch(context, jobId, timeoutMilliseconds);
  if (job.state === "done") {
    const { tools, held, protocolRevision } = Discovered.parse(job.result);
    return { tools, held, protocol: protocolRevision };
  }
  const failed = job.steps.find(({ state }) => state === "failed");
  const message = Failed.safeParse(job.result).data?.message ?? failed?.detail ?? "";
  const words = [`The tools of ${server} could not be read.`, message, failed?.fix ?? ""];
  throw new AppError("unavailable", printable(words.filter((word) => word !== "").join(" ")));
}

/** The job when it has ended. */
async function watch(
  context: OrgContext,
  id: string,
  timeoutMilliseconds: number,
): Promise<JobRow> {
  const began = performance.now();
  const shown = new Set<string>();
  for (;;) {
    const job = await getJob(context, { id });
    for (const step of job.steps) showOnce(shown, describeStep(step));
    if (job.state === "done" || job.state === "failed") return job;
    const waited = performance.now() - began;
    if (job.waitingForProxy) {
      showOnce(
        shown,
        "No proxy is running. The proxy reads the tools: start Callgate (npm start).",
      );
      if (waited > Math.min(proxyPatienceMilliseconds, timeoutMilliseconds)) throw noProxy();
    }
    if (waited > timeoutMilliseconds) throw tooLate(timeoutMilliseconds);
    await setTimeout(pollMilliseconds);
  }
}

function showOnce(shown: Set<string>, line: string): void {
  if (shown.has(line)) return;
  shown.add(line);
  say(line);
}

const marks = { running: "…", ok: "✓", failed: "✗" } as const;

function describeStep({ state, label, detail }: JobStep): string {
  return printable(`${marks[state]} ${label}${detail === "" ? "" : `: ${detail}`}`);
}

function noProxy(): AppError {
  return new AppError(
    "unavailable",
    "No proxy took the request. Start Callgate (npm start); the request stays queued, so the tools are read then.",
  );
}

function tooLate(timeoutMilliseconds: number): AppError {
  return new AppError(
    "unavailable",
    `The tools were not read within ${timeoutMilliseconds / 1000} seconds; the proxy goes on. See callgate server list for the result, or wait longer with --timeout.`,
  );
}
