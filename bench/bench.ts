import { writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { measure, quantile, type Sample, type Target } from "./load.ts";
import { startWorld } from "./world.ts";

/**
 * `npm run bench`: every target side by side in one run, in rounds that alternate between them, so
 * that whatever else the machine does hits all alike. `-- --json FILE` writes the numbers.
 */
const { values: options } = parseArgs({
  options: {
    json: { type: "string" },
    rounds: { type: "string", default: "5" },
    calls: { type: "string", default: "1000" },
  },
});

interface Row {
  target: string;
  concurrency: number;
  p50Ms: number;
  p99Ms: number;
  callsPerSecond: number;
  cpuMsPerCall: number | null;
  /** Against the bare pass-through of the same run and concurrency. */
  addedP50Ms: number;
  shareOfPassThrough: number;
}

const world = await startWorld();
try {
  const rows: Row[] = [];
  for (const concurrency of [1, 32]) rows.push(...(await compare(world.targets, concurrency)));
  print(rows);
  if (options.json) {
    const machine = {
      cpu: cpus()[0]?.model,
      cores: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      node: process.version,
    };
    const report = {
      at: new Date().toISOString(),
      machine,
      rounds: Number(options.rounds),
      callsPerRound: Number(options.calls),
      rows,
    };
    writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
  }
} finally {
  await world.close();
}
process.exit(0);

async function compare(targets: Target[], concurrency: number): Promise<Row[]> {
  const samples = new Map<string, Sample[]>();
  for (const target of targets) await measure(target, 4000, 32);
  for (let round = 1; round <= Number(options.rounds); round += 1) {
    process.stderr.write(`  ${concurrency} at a time, round ${round} of ${options.rounds}\n`);
    for (const target of targets) {
      const sample = await measure(
        target,
        Number(options.calls) * (concurrency > 1 ? 3 : 1),
        concurrency,
      );
      samples.set(target.name, [...(samples.get(target.name) ?? []), sample]);
    }
  }
  const summaries = targets.map((target) =>
    summarise(target, concurrency, samples.get(target.name) ?? []),
  );
  const floor = summaries.find((row) => row.target === "bare Node pass-through");
  return summaries.map((row) => ({
    ...row,
    addedP50Ms: row.p50Ms - (floor?.p50Ms ?? Number.NaN),
    shareOfPassThrough: row.callsPerSecond / (floor?.callsPerSecond ?? Number.NaN),
  }));
}

/** Medians over the rounds, so that one disturbed round does not speak for all. */
function summarise(target: Target, concurrency: number, rounds: Sample[]): Row {
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

function print(rows: Row[]): void {
  const head = [
    "target",
    "at once",
    "p50 ms",
    "p99 ms",
    "calls/s",
    "CPU ms/call",
    "p50 added",
    "of pass-through",
  ];
  const lines = rows.map((row) => [
    row.target,
    String(row.concurrency),
    row.p50Ms.toFixed(3),
    row.p99Ms.toFixed(2),
    Math.round(row.callsPerSecond).toString(),
    row.cpuMsPerCall === null ? "" : row.cpuMsPerCall.toFixed(3),
    `${row.addedP50Ms >= 0 ? "+" : ""}${row.addedP50Ms.toFixed(3)}`,
    `${Math.round(row.shareOfPassThrough * 100)} %`,
  ]);
  const widths = head.map((title, at) =>
    Math.max(title.length, ...lines.map((line) => line[at]?.length ?? 0)),
  );
  for (const line of [head, ...lines]) {
    const cells = line.map((cell, at) =>
      at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0),
    );
    process.stdout.write(`${cells.join("  ")}\n`);
  }
}
