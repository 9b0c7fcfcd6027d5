import pg from "pg";
import { type CallRow, compare } from "../compare.ts";
import { fillCalls, fillOrgs } from "../fill.ts";
import type { Figure } from "../print.ts";
import { policyOf } from "../world.ts";
import type { Section } from "./section.ts";

const tools = 1_000;
const orgs = 100_000;

/** Whether a call costs the same with many tools in its policy, many orgs, and many calls on record. */
export const growth: Section = async (world, effort, say) => {
  const allow = await world.gated("Callgate", policyOf({ action: "allow" }));
  const named = (name: string) => ({ ...allow, name });
  const rules = Array.from({ length: tools - 1 }, (_, at) => [`tool_${at}`, { action: "deny" }]);
  const large = {
    ...policyOf({}),
    tools: { ...Object.fromEntries(rules), echo: { action: "allow" } },
  };
  const wide = await world.gated("Callgate, 1,000 tools", large);
  const database = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await database.connect();
  const steps: CallRow[][] = [];
  const step = async (name: string) => {
    const targets = [world.passThrough(), named(name), ...(steps.length === 0 ? [wide] : [])];
    const rows = await compare(targets, 1, effort);
    steps.push(name === "" ? rows : rows.slice(1));
    return rows;
  };
  try {
    const first = await step("Callgate, 1 tool, few orgs, few calls");
    say(`adding ${orgs} orgs`);
    await fillOrgs(database, orgs);
    await step("Callgate, 100,000 orgs");
    const recorded = `${effort.millions} million calls`;
    say(`adding ${recorded}`);
    await fillCalls(database, effort.millions * 1_000_000);
    await step(`Callgate, 100,000 orgs, ${recorded}`);
    const all = [first[0], ...steps.flat()].filter((row) => row !== undefined);
    return { title: "Growth", calls: all, figures: growthOf(steps.flat()) };
  } finally {
    await database.end();
  }
};

/** p50 added, as a multiple of the first row's; a tenth more is the target. */
function growthOf(rows: CallRow[]): Figure[] {
  const [first, ...others] = rows;
  return others.map((row) => ({
    name: `p50 against the first, ${row.target}`,
    value: row.p50Ms / (first?.p50Ms ?? Number.NaN),
    unit: "×",
    target: 1.1,
  }));
}
