import { afterAll, expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { type RefusalReason, refusalReasons } from "#lib/policy/refusal-reasons.ts";
import { makeAgent, makeOrg, makeServer } from "#lib/testing/factories.ts";
import { openMaintenancePool } from "./pool.ts";
import { pruneRefused, type RefusedCount, recordRefused } from "./refused-requests.ts";

const pool = openMaintenancePool(process.env.DATABASE_URL ?? "");

afterAll(() => pool.end());

const hour = new Date("2026-11-20T14:00:00Z");
const at = (minute: number) => new Date(hour.getTime() + minute * 60_000);

async function setUp() {
  const context = await makeOrg();
  const server = await makeServer(context);
  const agent = await makeAgent(context, { servers: [server] });
  const orgId = context.org.id;
  const counted = (more: Partial<RefusedCount> = {}): RefusedCount => ({
    orgId,
    agentId: agent.id,
    serverId: server.id,
    reason: "keys",
    hour,
    requests: 1,
    firstAt: at(1),
    lastAt: at(1),
    message: "The key appears twice.",
    ...more,
  });
  const rows = () =>
    database().refusedRequest.findMany({ where: { orgId }, orderBy: { id: "asc" } });
  return { orgId, server, agent, counted, rows };
}

test("what several proxies count of an hour is one row with the sum, the first, the last and its text", async () => {
  const { counted, rows } = await setUp();
  const late = counted({ requests: 2, firstAt: at(5), lastAt: at(40), message: "Late." });
  const early = counted({ requests: 310, firstAt: at(2), lastAt: at(30), message: "Early." });
  await recordRefused(pool, [late]);
  await recordRefused(pool, [early]);
  expect(await rows()).toMatchObject([
    { requests: 312, firstAt: at(2), lastAt: at(40), message: "Late.", hour },
  ]);
});

test("another reason, hour, agent or server is another row", async () => {
  const one = await setUp();
  const colleague = await makeAgent({ org: { id: one.orgId, slug: "", name: "" } });
  await recordRefused(pool, [
    one.counted(),
    one.counted({ reason: "json" }),
    one.counted({ hour: new Date(hour.getTime() + 3_600_000) }),
    one.counted({ agentId: colleague.id }),
    one.counted({ serverId: null }),
  ]);
  expect((await one.rows()).map(({ requests }) => requests)).toEqual([1, 1, 1, 1, 1]);
});

test("the database keeps every reason that there is, and no other", async () => {
  const { counted, rows } = await setUp();
  const reasons = Object.keys(refusalReasons) as RefusalReason[];
  await recordRefused(
    pool,
    reasons.map((reason) => counted({ reason })),
  );
  expect((await rows()).map(({ reason }) => reason).sort()).toEqual(reasons.sort());
  const unheard = counted({ reason: "unheard" as RefusalReason });
  await expect(recordRefused(pool, [unheard])).rejects.toThrow("refused_requests_reason_check");
});

test("requests at the address of all servers are one row as well", async () => {
  const { counted, rows } = await setUp();
  for (let round = 0; round < 3; round += 1) {
    await recordRefused(pool, [counted({ serverId: null, requests: 4 })]);
  }
  expect(await rows()).toMatchObject([{ serverId: null, requests: 12 }]);
});

test("nothing is counted for an agent or server of another org", async () => {
  const [one, two] = await Promise.all([setUp(), setUp()]);
  await recordRefused(pool, [
    one.counted({ agentId: two.agent.id }),
    one.counted({ serverId: two.server.id }),
    one.counted({ agentId: newId() }),
    two.counted(),
  ]);
  expect(await one.rows()).toEqual([]);
  expect(await two.rows()).toHaveLength(1);
});

test("two proxies that write the same rows at once lose nothing and do not wait for each other", async () => {
  const { counted, rows } = await setUp();
  const second = openMaintenancePool(process.env.DATABASE_URL ?? "");
  const entries = (["keys", "json", "size", "message", "method"] as const).map((reason) =>
    counted({ reason }),
  );
  const rounds = Array.from({ length: 20 });
  await Promise.all([
    ...rounds.map(() => recordRefused(pool, entries)),
    ...rounds.map(() => recordRefused(second, entries.toReversed())),
  ]);
  await second.end();
  expect((await rows()).map(({ requests }) => requests)).toEqual([40, 40, 40, 40, 40]);
});

test("a text that Postgres cannot keep is kept without what it cannot", async () => {
  const { counted, rows } = await setUp();
  await recordRefused(pool, [counted({ message: "a\0b\ud800c" })]);
  expect(await rows()).toMatchObject([{ message: "a\ufffdb\ufffdc" }]);
});

test("what was refused is forgotten after ninety days", async () => {
  const { counted, rows } = await setUp();
  const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
  await recordRefused(pool, [
    counted({ hour: daysAgo(91) }),
    counted({ hour: daysAgo(89), message: "Kept." }),
  ]);
  await pruneRefused(pool);
  expect(await rows()).toMatchObject([{ message: "Kept." }]);
});
