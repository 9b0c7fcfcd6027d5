import { expect, test } from "vitest";
import { makeAgent, makeCall, makeOrg, makeServer } from "#lib/testing/factories.ts";
import { countDecisions } from "./decisions.ts";
import { type OverviewRange, overviewRanges } from "./schema.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

test("a call is counted in every range it lies in, and in none that it has left", async () => {
  const context = await makeOrg();
  const of = { agentId: (await makeAgent(context)).id, serverId: (await makeServer(context)).id };
  await makeCall(context, { ...of, decision: "denied" });
  const countedAfter = async (milliseconds: number): Promise<OverviewRange[]> => {
    const now = new Date(Date.now() + milliseconds);
    const counts = await Promise.all(
      overviewRanges.map((range) => countDecisions(context.org.id, range, now)),
    );
    return overviewRanges.filter((_, at) => counts[at]?.some(({ denied }) => denied === 1));
  };
  expect(await countedAfter(0)).toEqual(["1h", "24h", "7d", "30d", "90d"]);
  expect(await countedAfter(2 * hour)).toEqual(["24h", "7d", "30d", "90d"]);
  expect(await countedAfter(2 * day)).toEqual(["7d", "30d", "90d"]);
  expect(await countedAfter(10 * day)).toEqual(["30d", "90d"]);
  expect(await countedAfter(60 * day)).toEqual(["90d"]);
  expect(await countedAfter(91 * day)).toEqual([]);
});

test("buckets follow each other without a gap, and a call stands in the one of its time", async () => {
  const context = await makeOrg();
  const at = new Date();
  await makeCall(context, { at });
  for (const [range, length, milliseconds] of [
    ["1h", 60, minute],
    ["24h", 24, hour],
    ["7d", 28, 6 * hour],
    ["30d", 30, day],
    ["90d", 90, day],
  ] as const) {
    const buckets = await countDecisions(context.org.id, range, at);
    expect(buckets).toHaveLength(length);
    expect(buckets.slice(1).map(({ start }) => start)).toEqual(
      buckets.slice(0, -1).map(({ end }) => end),
    );
    const start = Math.floor(at.getTime() / milliseconds) * milliseconds;
    expect(buckets.find(({ allowed }) => allowed > 0)).toMatchObject({
      start: new Date(start).toISOString(),
      allowed: 1,
    });
  }
});
