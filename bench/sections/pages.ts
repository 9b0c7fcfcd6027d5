import pg from "pg";
import { listCalls } from "#lib/calls/calls.ts";
import { listCallFacets } from "#lib/calls/facets.ts";
import { rollUpCalls } from "#lib/calls/roll-up.ts";
import { database } from "#lib/db.ts";
import { orgOverview } from "#lib/orgs/overview.ts";
import { listServers } from "#lib/servers/servers.ts";
import { contextAs } from "#lib/testing/factories.ts";
import { fillCalls } from "../fill.ts";
import { measure, quantile } from "../load.ts";
import type { Figure } from "../print.ts";
import { policyOf } from "../world.ts";
import type { Section } from "./section.ts";

const recorded = 1_000_000;
const targetMs = 150;

/** What the dashboard's reads take with a million calls on the org's record: server time, p95. */
export const pages: Section = async (world, _, say) => {
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  const target = await world.gated("pages", policyOf({ action: "allow" }));
  await measure(target, 20, 1);
  say(`adding ${recorded} calls`);
  const orgId = await fillCalls(client, recorded);
  await rollUpCalls(client);
  await client.end();
  const org = await database().org.findUniqueOrThrow({ where: { id: orgId } });
  const context = await contextAs({ org }, "owner");
  const [agent] = await database().agent.findMany({ where: { orgId }, take: 1 });
  const [server] = await database().server.findMany({ where: { orgId }, take: 1 });
  const middle = await listCalls(context, { limit: 1, decision: "limited" });
  const before = middle.calls[0]?.id;
  const reads: [string, () => Promise<unknown>][] = [
    ["calls, newest", () => listCalls(context)],
    ["calls, a later page", () => listCalls(context, { before })],
    ["calls of an agent", () => listCalls(context, { agent: agent?.name })],
    [
      "calls of a server's tool",
      () => listCalls(context, { server: server?.slug, tool: "tool_7" }),
    ],
    ["calls of a tool that has none", () => listCalls(context, { tool: "no_such_tool" })],
    ["calls denied", () => listCalls(context, { decision: "denied" })],
    ["calls hidden (there are none)", () => listCalls(context, { decision: "hidden" })],
    ["calls with a tool error (none)", () => listCalls(context, { outcome: "tool_error" })],
    ["calls running", () => listCalls(context, { outcome: "running" })],
    ["calls of unknown outcome", () => listCalls(context, { outcome: "unknown" })],
    ["what calls can be narrowed to", () => listCallFacets(context)],
    ["overview", () => orgOverview(context)],
    ["servers", () => listServers(context)],
  ];
  const figures: Figure[] = [];
  for (const [name, read] of reads) {
    say(name);
    figures.push({ name, value: await p95(read), unit: "ms", target: targetMs });
  }
  return { title: "Dashboard, 1 million calls on record, p95", calls: [], figures };
};

async function p95(read: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let turn = 0; turn < 21; turn += 1) {
    const started = performance.now();
    await read();
    times.push(performance.now() - started);
  }
  // The first reads the pages into memory.
  return quantile(times.slice(1), 0.95);
}
