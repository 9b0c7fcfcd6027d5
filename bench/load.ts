import { readFileSync } from "node:fs";
import { Pool } from "undici";

export interface Target {
  name: string;
  url: URL;
  headers: Record<string, string>;
  body: string;
  /** Text every answer must contain: a row that measures refusals by mistake is no row. */
  expect: string;
  /** The process whose CPU time counts, if one stands between client and server. */
  pid: number | null;
}

export interface Sample {
  latenciesMs: number[];
  seconds: number;
  cpuMsPerCall: number | null;
}

/** Sends `calls` requests with `concurrency` of them under way at any time. */
export async function measure(target: Target, calls: number, concurrency: number): Promise<Sample> {
  const pool = new Pool(target.url.origin, { connections: concurrency, pipelining: 1 });
  const latenciesMs: number[] = [];
  let left = calls;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const started = performance.now();
      const { statusCode, body } = await pool.request({
        path: target.url.pathname,
        method: "POST",
        headers: {
          "content-type": "application/json",
          accept: "application/json, text/event-stream",
          ...target.headers,
        },
        body: target.body,
      });
      const text = await body.text();
      latenciesMs.push(performance.now() - started);
      if (statusCode !== 200 || !text.includes(target.expect)) {
        throw new Error(`${target.name} answered ${statusCode}: ${text.slice(0, 300)}`);
      }
    }
  };
  const cpuBefore = target.pid === null ? 0 : cpuMs(target.pid);
  const started = performance.now();
  await Promise.all(Array.from({ length: concurrency }, worker));
  const seconds = (performance.now() - started) / 1000;
  const cpuMsPerCall = target.pid === null ? null : (cpuMs(target.pid) - cpuBefore) / calls;
  await pool.close();
  return { latenciesMs, seconds, cpuMsPerCall };
}

/** User and system time of a process in milliseconds (proc(5), fields 14 and 15; 100 ticks/s). */
function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** The value below which `share` of the sorted numbers lie. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
