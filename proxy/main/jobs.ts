import type { JobStep } from "#lib/jobs/schema.ts";
import { type ClaimedJob, claimJob, finishJob, saveSteps } from "#lib/jobs/worker.ts";
import { log } from "#lib/log.ts";
import { recordTransport } from "#lib/servers/transport.ts";
import { recordHealth, storeDiscovery } from "#lib/tools/store.ts";
import { connectAndList, type Discovery } from "#proxy/discover/discover.ts";
import type { Listener } from "./listener.ts";
import { openTarget, type TargetOptions } from "./targets.ts";

/** How long one answer of a server may take while its tools are read; milliseconds. */
const answerMilliseconds = 20_000;
const pollMilliseconds = 2_000;

export interface JobWorker {
  /** Takes no new job and waits for the one under way. */
  stop(): Promise<void>;
}

/**
 * Does the work that the web and the command line ask for by writing a job: connection tests and
 * discoveries. Two at a time in each proxy, so that one slow server does not hold up all others.
 */
export function startJobs(
  instanceId: string,
  listener: Pick<Listener, "jobWaiting">,
  options: TargetOptions,
): JobWorker {
  let stopped = false;
  const run = async (): Promise<void> => {
    while (!stopped) {
      try {
        const job = await claimJob(instanceId);
        if (job) await work(job, options);
        else await listener.jobWaiting(pollMilliseconds);
      } catch (error) {
        const reason = error instanceof Error ? error.message : "unknown";
        log("warn", "a job could not be worked on", { reason });
        await listener.jobWaiting(pollMilliseconds);
      }
    }
  };
  const running = [run(), run()];
  return {
    async stop() {
      stopped = true;
      await Promise.all(running);
    },
  };
}

async function work(job: ClaimedJob, options: TargetOptions): Promise<void> {
  const steps = new Map<string, JobStep>();
  let saving = Promise.resolve();
  const discovery = await connect(job, options, (step) => {
    steps.set(step.step, step);
    const shown = [...steps.values()];
    saving = saving.then(() => saveSteps(job, shown)).catch(() => {});
  });
  await saving;
  await conclude(job, discovery);
}

/** A secret that cannot be opened is a failure of the job like any other. */
async function connect(
  job: ClaimedJob,
  options: TargetOptions,
  report: (step: JobStep) => void,
): Promise<Discovery> {
  try {
    const target = openTarget(job.target, job.orgId, job.secretOwnerId, options);
    return await connectAndList(target, { allowed: options.allowed, report, answerMilliseconds });
  } catch (error) {
    const message =
      error instanceof Error ? error.message : "The connection could not be prepared.";
    report({ step: "resolve", state: "failed", label: "Prepare", detail: message, fix: null });
    return { kind: "failed", failure: { code: "start_failed", bytesSent: false, message } };
  }
}

async function conclude(job: ClaimedJob, discovery: Discovery): Promise<void> {
  const { orgId, serverId } = job;
  if (discovery.kind === "failed") {
    const { message, code, fix } = discovery.failure;
    const detail = fix === undefined ? message : `${message} ${fix}`;
    if (serverId !== null) await recordHealth(orgId, serverId, "failing", detail);
    return finishJob(job, "failed", { code, message, fix: fix ?? null });
  }
  const { transport, protocolRevision, revisions, serverInfo, tools } = discovery;
  if (serverId === null) {
    return finishJob(job, "done", {
      transport,
      protocolRevision,
      serverInfo,
      tools: tools.length,
    });
  }
  await recordTransport(orgId, serverId, transport, revisions);
  const stored = await storeDiscovery({ orgId, serverId }, { tools, protocolRevision, serverInfo });
  return finishJob(job, "done", { protocolRevision, serverInfo, ...stored });
}
