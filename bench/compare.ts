import { measure, quantile, type Sample, type Target } from "./load.ts";

export interface CallRow {
  target: string;
  concurrency: number;
  p50Ms: number;
  p99Ms: number;
  callsPerSecond: number;
  cpuMsPerCall: number | null;
  /** Against the first target that is called a pass-through, at the same concurrency. */
  addedP50Ms: number;
  shareOfPassThrough: number;
}

export interface Effort {
  rounds: number;
  /** Calls of one target in one round, one at a time; three times as many at once. */
  calls: number;
  /** Million calls on record that `growth` ends with. */
  millions: number;
}

/**
 * Targets side by side, in rounds that alternate between them, so that whatever else the machine does
 * hits all alike; medians over the rounds, so that one disturbed round does not speak for all.
 */
export async function compare(
  targets: Target[],
  concurrency: number,
  { rounds, calls }: Effort,
): Promise<CallRow[]> {
  const amount = calls * (concurrency > 1 ? 3 : 1);
  const samples = new Map(targets.map((target) => [target.name, [] as Sample[]]));
  for (const target of targets) await measure(target, calls * 2, concurrency);
  for (let round = 1; round <= rounds; round += 1) {
    for (const target of targets) {
      samples.get(target.name)?.push(await measure(target, amount, concurrency));
    }
  }
  const rows = targets.map((target) =>
    summarise(target, concurrency, samples.get(target.name) ?? []),
  );
  const floor = rows.find((row) => row.target.includes("pass-through"));
  return rows.map((row) => ({
    ...row,
    addedP50Ms: row.p50Ms - (floor?.p50Ms ?? Number.NaN),
    shareOfPassThrough: row.callsPerSecond / (floor?.callsPerSecond ?? Number.NaN),
  }));
}

function summarise(target: Target, concurrency: number, rounds: Sample[]): CallRow {
  const median = (of: (sample: Sample) => number) => quantile(rounds.map(of), 0.5);
  return {
    target: target.name,
    concurrency,
    p50Ms: median((sample) => quantile(sample.latenciesMs, 0.5)),
    p99Ms: median((sample) => quantile(sample.latenciesMs, 0.99)),
    callsPerSecond: median((sample) => sample.latenciesMs.length / sample.seconds),
    cpuMsPerCall:
      target.pid === null ? null : median((sample) => sample.cpuMsPerCall ?? Number.NaN),
    addedP50Ms: Number.NaN,
    shareOfPassThrough: Number.NaN,
  };
}
