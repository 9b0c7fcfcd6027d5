import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { Pool } from "pg";
import { isWorkWaiting } from "#lib/jobs/waiting.ts";
import { log } from "#lib/log.ts";
import type { Listener } from "./listener.ts";

const pollMilliseconds = 2_000;
/** How long the worker stays when there is nothing left to do. */
const idleMilliseconds = 30_000;

export interface Background {
  /** Starts nothing more and waits for what is under way. */
  stop(): Promise<void>;
}

/**
 * Sees to it that what is not a call is done by a process of its own (`worker.ts`), there only while
 * there is work: reading the tools of a large server must not delay anybody's call, and the data
 * path need not carry what only that work loads.
 *
 * @param mail whether there is a mail server for messages of the contact page and sign-in links
 */
export function startBackground(
  pool: Pool,
  instanceId: string,
  listener: Pick<Listener, "jobWaiting" | "noticeWaiting">,
  mail: boolean,
): Background {
  let stopped = false;
  let worker: ChildProcess | null = null;
  let idleSince = 0;

  const start = (): ChildProcess => {
    const child = fork(new URL("./worker.ts", import.meta.url), [instanceId], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    child.once("exit", (code, signal) => {
      if (worker === child) worker = null;
      if (code !== 0) log("warn", "the background worker ended", { code, signal });
    });
    child.on("error", (error) => {
      log("warn", "the background worker cannot be reached", { reason: error.message });
    });
    return child;
  };

  const look = async (): Promise<void> => {
    const now = performance.now();
    if (await isWorkWaiting(pool, mail)) {
      idleSince = now;
      if (!stopped) worker ??= start();
    } else if (worker && now - idleSince > idleMilliseconds) {
      await end(worker);
    }
  };

  const run = async (): Promise<void> => {
    while (!stopped) {
      await look().catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : "unknown";
        log("warn", "background work could not be looked for", { reason });
      });
      if (stopped) break;
      await Promise.race([
        listener.jobWaiting(pollMilliseconds),
        listener.noticeWaiting(pollMilliseconds),
      ]);
    }
  };
  const running = run();
  return {
    async stop() {
      stopped = true;
      if (worker) await end(worker);
      await running;
    },
  };
}

/** The worker ends what is under way first. */
async function end(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return;
  const gone = once(worker, "exit");
  if (worker.connected) worker.disconnect();
  await gone;
}
