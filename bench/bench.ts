import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { print, type Report } from "./print.ts";
import { aggregate } from "./sections/aggregate.ts";
import { answers } from "./sections/answers.ts";
import { calls } from "./sections/calls.ts";
import { catalogue } from "./sections/catalogue.ts";
import { decisions } from "./sections/decisions.ts";
import { growth } from "./sections/growth.ts";
import { pages } from "./sections/pages.ts";
import { peers } from "./sections/peers.ts";
import type { Section } from "./sections/section.ts";
import { streams } from "./sections/streams.ts";
import { startWorld } from "./world.ts";

/**
 * `npm run bench [-- --only NAME[,NAME]] [--quick] [--peers] [--json FILE] [--rounds N] [--calls N]
 * [--millions N]`: every target beside a bare Node pass-through of the same run. Memory comes first, while
 * the proxy is still idle; what fills the database comes last. `--json` replaces the sections that were run and
 * keeps the file's others.
 */
const sections: Record<string, Section> = {
  streams,
  calls,
  aggregate,
  answers,
  decisions,
  peers,
  growth,
  pages,
  catalogue,
};

interface SavedSection extends Report {
  at: string;
  effort: typeof effort;
}

const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    quick: { type: "boolean", default: false },
    peers: { type: "boolean", default: false },
    json: { type: "string" },
    rounds: { type: "string" },
    calls: { type: "string" },
    millions: { type: "string", default: "1" },
  },
});
const effort = {
  rounds: Number(options.rounds ?? (options.quick ? 3 : 5)),
  calls: Number(options.calls ?? (options.quick ? 300 : 1_000)),
  millions: Number(options.millions),
};
const names =
  options.only?.split(",") ??
  Object.keys(sections).filter((name) => name !== "peers" || options.peers);
const unknown = names.find((name) => !(name in sections));
if (unknown !== undefined || !Object.values(effort).every((amount) => amount > 0)) {
  process.stderr.write(`Usage: npm run bench -- --only ${Object.keys(sections).join(",")}\n`);
  process.exit(2);
}

const world = await startWorld();
const reports: Report[] = [];
try {
  for (const name of names) {
    const say = (line: string) => process.stderr.write(`  ${name}: ${line}\n`);
    const report = await sections[name]?.(world, effort, say);
    if (!report) continue;
    reports.push(report);
    print(report);
  }
  if (options.json) saveRun(options.json, reports);
} finally {
  await world.close();
}
process.exit(0);

function saveRun(file: string, reports: Report[]): void {
  const before: { sections?: SavedSection[] } = existsSync(file)
    ? JSON.parse(readFileSync(file, "utf8"))
    : {};
  const at = new Date().toISOString();
  const fresh = reports.map((report) => ({ at, effort, ...report }));
  const kept = (before.sections ?? []).filter(
    ({ title }) => !fresh.some((section) => section.title === title),
  );
  const machine = {
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
  const run = { machine, sections: [...kept, ...fresh] };
  writeFileSync(file, `${JSON.stringify(run, null, 2)}\n`);
}
