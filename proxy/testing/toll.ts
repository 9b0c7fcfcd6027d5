import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";

/** What something took of this process. */
export interface Toll {
  /** By how much resident memory was larger, at its peak, than before; bytes. */
  grownBytes: number;
  /** The longest that the event loop was kept from turning by our own work; milliseconds. */
  blockedMilliseconds: number;
}

const resolutionMilliseconds = 1;

/**
 * Runs something and measures what it takes of this process. The loop counts as blocked for no longer
 * than this thread was computing meanwhile: a delay beyond that is another program's doing.
 */
export async function tollOf<T>(run: () => Promise<T>): Promise<{ value: T; toll: Toll }> {
  const delay = monitorEventLoopDelay({ resolution: resolutionMilliseconds });
  delay.enable();
  await turns();
  forgetPeak();
  const peakBefore = peakBytes();
  const residentBefore = process.memoryUsage.rss();
  const computing = process.threadCpuUsage();
  const value = await run();
  await turns();
  delay.disable();
  const { user, system } = process.threadCpuUsage(computing);
  const peak = peakBytes() > peakBefore ? peakBytes() : process.memoryUsage.rss();
  return {
    value,
    toll: {
      grownBytes: Math.max(0, peak - residentBefore),
      blockedMilliseconds: Math.min(delay.max / 1e6, (user + system) / 1e3),
    },
  };
}

/** A delay is measured from one turn of the loop to the next. */
function turns(): Promise<unknown> {
  return new Promise((done) => setTimeout(done, 3 * resolutionMilliseconds));
}

/** Has Linux count the peak from now on (proc_pid_clear_refs(5)); elsewhere an older peak may hide a new one. */
function forgetPeak(): void {
  const file = "/proc/self/clear_refs";
  if (existsSync(file)) writeFileSync(file, "5");
}

/**
 * The most resident memory that this process has had. Linux forgets what getrusage(2) says only for
 * threads that still run, so there the status file is asked (proc_pid_status(5), VmHWM).
 */
function peakBytes(): number {
  const file = "/proc/self/status";
  const peak = existsSync(file) ? /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(file, "utf8")) : null;
  return (peak ? Number(peak[1]) : process.resourceUsage().maxRSS) * 1024;
}
