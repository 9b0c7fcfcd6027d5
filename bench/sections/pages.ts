import pg from "pg";
import type { OrgContext } from "#lib/auth/context.ts";
import { listCalls } from "#lib/calls/calls.ts";
import { listCallFacets } from "#lib/calls/facets.ts";
import { database } from "#lib/db.ts";
import { orgOverview } from "#lib/orgs/overview.ts";
import { mostCalls } from "#lib/rules/recorded.ts";
import { replayPolicy } from "#lib/rules/replay.ts";
import { listServers } from "#lib/servers/servers.ts";
import { contextAs } from "#lib/testing/factories.ts";
import { storeDiscovery } from "#lib/tools/store.ts";
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
  const replay = `replay of the newest ${mostCalls.toLocaleString("en")} calls`;
  say(replay);
  figures.push({
    name: replay,
    value: await p95(await replayOf(context)),
    unit: "ms",
    target: null,
  });
  return { title: "Dashboard, 1 million calls on record, p95", calls: [], figures };
};

/** A draft whose rules look at arguments and count, for each tool on record. */
async function replayOf(context: OrgContext): Promise<() => Promise<unknown>> {
  const [server] = await database().server.findMany({
    where: { orgId: context.org.id },
    select: { id: true, slug: true },
    take: 1,
  });
  if (server === undefined) throw new Error("the org has no server");
  const names = Array.from({ length: 20 }, (_, at) => `tool_${at}`);
  await storeDiscovery(
    { orgId: context.org.id, serverId: server.id },
    {
      tools: names.map((name) => ({ name, inputSchema: { type: "object" } })),
      protocolRevision: "2025-11-25",
      serverInfo: {},
    },
  );
  const rules = [
    { when: [{ path: "text", op: "length", value: { of: "text", min: 6 } }], action: "deny" },
    { action: "allow", rate_limit: { max: 100, window: 60, per: "agent" } },
  ];
  const tools = Object.fromEntries(names.map((name) => [name, rules]));
  const text = JSON.stringify({ version: 1, default: "deny", tools });
  return () => replayPolicy(context, { server: server.slug, text, from: "30d" });
}

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
