import { expect, test } from "vitest";
import { newId } from "#lib/ids.ts";
import { expectRefusal } from "#lib/testing/expectations.ts";
import { makeAgent, makeCall, makeOrg, makeServer } from "#lib/testing/factories.ts";
import { observeSummary, replayPolicy } from "./replay.ts";

const tools = ["pay", "look"].map((name) => ({ name, category: "write", riskClass: "medium" }));
const number = (path: string) => ({ path, type: "number", digest: "0" });

async function makeScene() {
  const owner = await makeOrg();
  const server = await makeServer(owner, { tools });
  const agent = await makeAgent(owner, { name: "ci", servers: [server] });
  const start = Date.now() - 30 * 60_000;
  /** One call, so many seconds after the first possible. */
  const call = (seconds: number, spec: Parameters<typeof makeCall>[1] = {}) =>
    makeCall(owner, {
      tool: "pay",
      serverId: server.id,
      agentId: agent.id,
      policyId: server.policyId,
      argumentShape: [],
      at: new Date(start + seconds * 1000),
      ...spec,
    });
  const replay = (body: string, from = "1h") =>
    replayPolicy(owner, { server: server.slug, text: `version: 1\n${body}\n`, from });
  return { owner, server, agent, call, replay };
}

test("a draft is replayed over the record: what would change, for whom, in numbers and as a list", async () => {
  const { call, replay } = await makeScene();
  const paid = await call(0);
  await call(1, { tool: "look" });
  await call(2, { tool: "pay", decision: "denied" });
  const replayed = await replay("default: deny\ntools: { look: { action: allow } }");
  expect(replayed).toMatchObject({
    looked: 3,
    isComplete: true,
    since: paid.at,
    counts: { refused: 1, unchanged: 2, limited: 0, held: 0, hidden: 0, allowed: 0, uncertain: 0 },
    byAgent: [{ agent: "ci", refused: 1, unchanged: 2 }],
    byTool: [
      { tool: "pay", refused: 1, unchanged: 1 },
      { tool: "look", unchanged: 1 },
    ],
  });
  expect(replayed.calls).toEqual([
    {
      id: paid.id,
      at: paid.at,
      agent: "ci",
      tool: "pay",
      before: "allow",
      after: "deny",
      rule: "default",
    },
  ]);
});

test("each answer says whether it is certain: argument values are not on record", async () => {
  const { call, replay } = await makeScene();
  await call(0, { argumentShape: [number("amount")] });
  await call(1, { argumentShape: [{ path: "amount", type: "string", length: 3 }] });
  await call(2, { argumentShape: [] });
  const over = "[{ path: amount, op: gt, value: 100 }]";
  const { counts, calls } = await replay(
    `default: deny\ntools: { pay: [{ action: deny, when: ${over} }, { action: allow }] }`,
  );
  expect(counts).toMatchObject({ refused: 2, uncertain: 1 });
  expect(calls.map(({ after }) => after)).toEqual(["deny", "deny", null]);
});

test("limits are counted in the order of the calls, each owner's apart", async () => {
  const { owner, server, call, replay } = await makeScene();
  const other = await makeAgent(owner, { name: "other", servers: [server] });
  for (const second of [0, 10, 20, 61, 65]) await call(second);
  await call(21, { agentId: other.id });
  const limit = "rate_limit: { max: 2, window: 60, per: agent }";
  const { calls } = await replay(`default: deny\ntools: { pay: { action: allow, ${limit} } }`);
  expect(
    calls.map(({ after, at }) => [after, at.getTime() - (calls.at(-1)?.at.getTime() ?? 0)]),
  ).toEqual([
    ["limit", 45_000],
    ["limit", 0],
  ]);
});

test("what was held or observed is compared with what came of it", async () => {
  const { call, replay, owner, server } = await makeScene();
  await call(0, { decision: "approval" });
  await call(1, { decision: "allowed", approvalId: newId() });
  await call(2, { decision: "denied", observed: true });
  const asked = await replay("default: deny\ntools: { pay: { action: require_approval } }");
  expect(asked.counts).toMatchObject({ unchanged: 2, held: 1 });
  const observed = await observeSummary(owner, { server: server.slug, from: "1d" });
  expect(observed).toMatchObject({ looked: 1, counts: { refused: 1 } });
});

test("prompts, resources and tools that do not exist are replayed by name", async () => {
  const { call, replay } = await makeScene();
  await call(0, { method: "prompts/get", tool: "summary" });
  await call(1, { method: "resources/read", tool: "file:///a" });
  await call(2, { tool: "nothing", decision: "hidden" });
  const { counts } = await replay("default: allow\nprompts: { summary: { action: hide } }");
  expect(counts).toMatchObject({ hidden: 1, unchanged: 2 });
});

test("calls of other policies, servers and times are not looked at", async () => {
  const { owner, call, replay } = await makeScene();
  await call(0);
  await call(1, { policyId: newId() });
  await call(2, { serverId: (await makeServer(owner)).id });
  await call(-3_600);
  expect((await replay("default: allow")).looked).toBe(1);
  expect((await replay("default: allow", "2h")).looked).toBe(2);
});

test("a draft with mistakes, and a time nobody keeps, are refused", async () => {
  const { replay } = await makeScene();
  await expectRefusal(replay("default: maybe"), "invalid_input");
  await expectRefusal(replay("default: deny", "31d"), "invalid_input");
});
