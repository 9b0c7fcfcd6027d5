import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { closeDatabase, database } from "#lib/db.ts";
import type { Outcome } from "./campaign/campaign.ts";
import { type Campaign, campaigns } from "./campaign/campaigns.ts";
import { startFleet } from "./campaign/fleet.ts";
import { startLedger } from "./campaign/ledger.ts";
import { startThrowawayDatabase } from "./database/throwaway.ts";

/**
 * `npm run campaign [-- --only GROUP] [--seed N]`: the long forms of races, crashes and property
 * tests, with progress on stdout; results are added to bench/campaigns.md. Exit code 1 when a promise
 * did not hold. Properties that were stopped go on when they are started with the same seed.
 */
const file = join(import.meta.dirname, "../bench/campaigns.md");

const heading = `# Campaigns

What \`npm run campaign\` found, newest last. A seed repeats a run's random choices.
`;

const { values } = parseArgs({
  options: { only: { type: "string" }, seed: { type: "string" } },
});
const seed = values.seed === undefined ? Date.now() % 1_000_000_007 : Number(values.seed);
const groups = [...new Set(campaigns.map(({ group }) => group))];
const chosen = campaigns.filter(({ group }) => values.only === undefined || group === values.only);
if (chosen.length === 0 || !Number.isSafeInteger(seed)) {
  console.error(`Usage: npm run campaign [-- --only ${groups.join("|")}] [--seed NUMBER]`);
  process.exit(2);
}

const throwaway = await startThrowawayDatabase("campaign");
const results: { campaign: Campaign; outcome: Outcome; seconds: number }[] = [];
try {
  for (const campaign of chosen) results.push(await runCampaign(campaign));
  const before = existsSync(file) ? readFileSync(file, "utf8") : heading;
  writeFileSync(file, `${before}\n${await report()}`);
  console.log("\nResults added to bench/campaigns.md");
} finally {
  await closeDatabase();
  await throwaway.stop();
}
process.exit(results.every(({ outcome }) => outcome.broken.length === 0) ? 0 : 1);

async function runCampaign(campaign: Campaign) {
  console.log(`\n${campaign.title} (seed ${seed})`);
  const started = performance.now();
  const ledger = await startLedger();
  const fleet = await startFleet(throwaway.url, campaign.proxies);
  const say = (line: string) => console.log(`  ${line}`);
  const outcome = await campaign.run({ fleet, ledger, seed, say });
  await fleet.close();
  await ledger.close();
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`  ${figuresOf(outcome)}`);
  console.log(outcome.broken.length === 0 ? "  HELD" : "  BROKEN");
  for (const broken of outcome.broken) console.log(`  - ${broken}`);
  return { campaign, outcome, seconds };
}

async function report(): Promise<string> {
  const [row] = await database().$queryRaw<{ version: string }[]>`
    select current_setting('server_version') as version`;
  const processor = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const machine =
    `${processor.length} × ${processor[0]?.model.trim() ?? "unknown processor"}, ${memory}, ` +
    `Node ${process.versions.node}, Postgres ${row?.version ?? "unknown"}`;
  const rows = results.map(({ campaign, outcome, seconds }) => {
    const held = outcome.broken.length === 0 ? "held" : `BROKEN: ${outcome.broken.join("; ")}`;
    return `| ${campaign.title} | ${held} | ${figuresOf(outcome)} | ${seconds} |`;
  });
  return [
    `## ${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC, seed ${seed}`,
    "",
    machine,
    "",
    "| Promise | Result | Figures | Seconds |",
    "|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

function figuresOf({ figures }: Outcome): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name} ${Math.round(value * 10) / 10}`)
    .join(", ");
}
