import { closeDatabase } from "#lib/db.ts";
import { type Difference, score } from "./conformance/compare.ts";
import {
  comparisons,
  denied,
  runComparison,
  scenariosUnderDenyRule,
} from "./conformance/comparisons.ts";
import { startStage } from "./conformance/stage.ts";
import type { Check } from "./conformance/suite.ts";
import { startThrowawayDatabase } from "./database/throwaway.ts";

/**
 * `npm run conformance`: the official suite of the Model Context Protocol against our fixture
 * servers, directly and through the proxy. Exit code 1 when the proxy changes what it must not.
 */
const throwaway = await startThrowawayDatabase("conformance");
let broken = 0;
try {
  const stage = await startStage();
  try {
    say("Server", "Revision", "Direct", "Proxy", "Promise");
    for (const comparison of comparisons) {
      const { direct, gated, differences } = await runComparison(stage, comparison);
      const { title, revision, promise } = comparison;
      const held = differences.length === 0 ? "held" : "BROKEN";
      say(title, revision, counts(direct), counts(gated), `${promise}: ${held}`);
      for (const difference of differences) console.log(`  ${textOf(difference)}`);
      broken += differences.length;
    }
    for (const revision of ["2025-11-25", "2026-07-28"] as const) {
      const changed = await scenariosUnderDenyRule(stage, revision);
      const held = changed.join() === denied.scenario;
      say(`Deny ${denied.tool}`, revision, "", "", `changes ${changed.join(", ") || "nothing"}`);
      if (!held) broken += 1;
    }
  } finally {
    await stage.close();
  }
} finally {
  await closeDatabase();
  await throwaway.stop();
}
console.log(broken === 0 ? "\nEvery promise held." : `\n${broken} differences.`);
process.exit(broken === 0 ? 0 : 1);

function say(...[server = "", revision = "", direct = "", gated = "", promise = ""]: string[]) {
  const columns = [server.padEnd(27), revision.padEnd(11), direct.padEnd(9), gated.padEnd(9)];
  console.log(`${columns.join(" ")} ${promise}`);
}

/** Passed and failed checks. */
function counts(checks: readonly Check[]): string {
  const { passed, failed } = score(checks);
  return `${passed}/${failed}`;
}

function textOf({ scenario, check, direct, gated, reason }: Difference): string {
  return `${scenario}: ${check}: ${direct ?? "absent"} → ${gated ?? "absent"} ${reason}`;
}
