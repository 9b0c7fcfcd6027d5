import { afterAll, expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { makeAgent, makeOrg, makeServer } from "#lib/testing/factories.ts";
import { openGatePool } from "./pool.ts";
import { bindTask, findTasks, pruneTasks } from "./tasks.ts";

const pool = openGatePool(process.env.DATABASE_URL ?? "");

afterAll(() => pool.end());

async function setUp() {
  const context = await makeOrg();
  const server = await makeServer(context);
  const alice = await makeAgent(context, { servers: [server] });
  const bob = await makeAgent(context, { servers: [server] });
  const orgId = context.org.id;
  const bind = (agentId: string, taskId: string, expiresSeconds = 60) =>
    bindTask(pool, {
      orgId,
      serverId: server.id,
      taskId,
      agentId,
      callId: null,
      tool: "get",
      expiresSeconds,
    });
  const find = async (agentId: string, ...taskIds: string[]) =>
    (await findTasks(pool, orgId, server.id, agentId, taskIds)).map(({ taskId }) => taskId);
  return { orgId, alice: alice.id, bob: bob.id, bind, find };
}

test("a task is its agent's until it lapses, however many agents claim it at once", async () => {
  const { alice, bob, bind, find } = await setUp();
  expect(await bind(alice, "t")).toBe(true);
  expect(await bind(alice, "t")).toBe(true);
  expect(await bind(bob, "t")).toBe(false);
  expect(await find(alice, "t", "other")).toEqual(["t"]);
  expect(await find(bob, "t")).toEqual([]);
  const racing = await Promise.all([alice, bob].map((agent) => bind(agent, "race")));
  expect(racing.filter(Boolean)).toHaveLength(1);
});

test("a lapsed task is nobody's, its id is free again, and it is forgotten in the end", async () => {
  const { orgId, alice, bob, bind, find } = await setUp();
  await bind(alice, "t", 0);
  expect(await find(alice, "t")).toEqual([]);
  expect(await bind(bob, "t")).toBe(true);
  expect([await find(alice, "t"), await find(bob, "t")]).toEqual([[], ["t"]]);
  await bind(alice, "old", 0);
  await pruneTasks(pool);
  const left = await database().upstreamTask.findMany({ where: { orgId } });
  expect(left.map(({ taskId }) => taskId)).toEqual(["t"]);
});

test("the same id on another org's server is another task", async () => {
  const one = await setUp();
  const two = await setUp();
  expect(await one.bind(one.alice, "t")).toBe(true);
  expect(await two.bind(two.alice, "t")).toBe(true);
  expect(await one.find(two.alice, "t")).toEqual([]);
});
