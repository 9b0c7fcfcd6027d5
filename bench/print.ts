import type { CallRow } from "./compare.ts";

/** One figure with what it should be, where the design names a target. */
export interface Figure {
  name: string;
  value: number;
  unit: "ms" | "µs" | "MiB" | "KiB" | "×";
  /** At most this. */
  target: number | null;
}

export interface Report {
  title: string;
  calls: CallRow[];
  figures: Figure[];
}

/** A report as text tables on stdout. */
export function print({ title, calls, figures }: Report): void {
  process.stdout.write(`\n${title}\n`);
  if (calls.length > 0) {
    const head = ["target", "at once", "p50 ms", "p99 ms", "calls/s", "CPU ms/call", "added", "of"];
    table([head, ...calls.map(callCells)]);
  }
  if (figures.length > 0) {
    table([["figure", "value", "target", ""], ...figures.map(figureCells)]);
  }
}

function callCells(row: CallRow): string[] {
  return [
    row.target,
    String(row.concurrency),
    row.p50Ms.toFixed(3),
    row.p99Ms.toFixed(2),
    Math.round(row.callsPerSecond).toString(),
    row.cpuMsPerCall === null ? "" : row.cpuMsPerCall.toFixed(3),
    `${row.addedP50Ms >= 0 ? "+" : ""}${row.addedP50Ms.toFixed(3)}`,
    `${Math.round(row.shareOfPassThrough * 100)} %`,
  ];
}

function figureCells({ name, value, unit, target }: Figure): string[] {
  const digits = value < 10 ? 2 : value < 100 ? 1 : 0;
  const verdict = target === null ? "" : value <= target ? "met" : "missed";
  return [
    name,
    `${value.toFixed(digits)} ${unit}`,
    target === null ? "" : `≤ ${target} ${unit}`,
    verdict,
  ];
}

function table(lines: string[][]): void {
  const widths = (lines[0] ?? []).map((_, at) =>
    Math.max(...lines.map((line) => line[at]?.length ?? 0)),
  );
  for (const line of lines) {
    const cells = line.map((cell, at) =>
      at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0),
    );
    process.stdout.write(`${cells.join("  ").trimEnd()}\n`);
  }
}
