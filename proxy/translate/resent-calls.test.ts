// A modern server asks back by its answer, and the call is sent again with what was said. For an
// agent of a session the proxy does that, and each time is a call of its own to the gate.
import { afterAll, beforeAll, expect, test } from "vitest";
import { database } from "#lib/db.ts";
import type { Prisma } from "#prisma/client.ts";
import { openV2 } from "#proxy/testing/agents.ts";
import { type DualEraFixture, startDualEra } from "#proxy/testing/fixtures/dual-era.ts";
import { gateFixture } from "#proxy/testing/gate-fixture.ts";
import { type GatedServer, startProxy, type TestProxy } from "#proxy/testing/harness.ts";

const name = "test_input_required_result_multi_round";
const allow = { version: 1, default: "allow" };
let modern: DualEraFixture;
let proxy: TestProxy;

beforeAll(async () => {
  modern = await startDualEra({ legacy: false });
  proxy = await startProxy();
});

afterAll(async () => {
  await proxy.close();
  await modern.close();
});

/** Calls the tool that asks twice; `answering` runs while its user is asked. */
async function callAsked({ url, agent }: GatedServer, answering = async (_asked: number) => {}) {
  let asked = 0;
  const client = await openV2(url, agent.token, "legacy", { elicitation: {} }, (made) => {
    made.setRequestHandler("elicitation/create", async () => {
      asked += 1;
      await answering(asked);
      return { action: "accept" as const, content: { name: "dana", color: "red" } };
    });
  });
  const before = modern.executed.length;
  const outcome = await client.callTool({ name, arguments: {} }).then(
    (answer) => ({ answer: JSON.stringify(answer), isError: answer.isError === true }),
    (error: Error) => ({ answer: error.message, isError: true }),
  );
  await client.close();
  return { ...outcome, asked, ran: modern.executed.length - before };
}

async function change({ context, server }: GatedServer, document: Prisma.InputJsonObject) {
  const orgId = context.org.id;
  await database().policyVersion.updateMany({ where: { orgId }, data: { document } });
  await database().server.update({
    where: { orgId_id: { orgId, id: server.id } },
    data: { revision: { increment: 1 } },
  });
}

async function recorded({ context }: GatedServer) {
  const where = { orgId: context.org.id };
  const calls = await database().call.findMany({ where, orderBy: { id: "asc" } });
  const outcomes = await database().callOutcome.findMany({ where });
  return calls.map(({ id, decision }) => [
    decision,
    outcomes.find(({ callId }) => callId === id)?.outcome ?? null,
  ]);
}

test("each time it is sent is admitted and recorded", async () => {
  const server = await gateFixture(proxy, modern, allow);
  const { answer, asked, ran } = await callAsked(server);
  expect([answer, asked, ran]).toEqual([expect.stringContaining("Both steps done."), 2, 3]);
  await expect.poll(() => recorded(server)).toEqual(new Array(3).fill(["allowed", "ok"]));
});

test("a rule that is tightened while the user is asked stops the call, and the server sees no more of it", async () => {
  const server = await gateFixture(proxy, modern, allow);
  const reason = "Frozen for the release.";
  const { answer, isError, asked, ran } = await callAsked(server, () =>
    change(server, { ...allow, tools: { [name]: { action: "deny", reason } } }),
  );
  expect([isError, asked, ran]).toEqual([true, 1, 1]);
  expect(answer).toContain(reason);
  expect(answer).toContain("Blocked by policy");
  await expect
    .poll(() => recorded(server))
    .toEqual([
      ["allowed", "ok"],
      ["denied", null],
    ]);
});

test("a tool that is hidden while the user is asked is unknown from then on", async () => {
  const server = await gateFixture(proxy, modern, allow);
  const { answer, ran } = await callAsked(server, () =>
    change(server, { ...allow, tools: { [name]: { action: "hide" } } }),
  );
  expect([answer, ran]).toEqual([expect.stringContaining(`Unknown tool: ${name}`), 1]);
});

test("a limit counts each time", async () => {
  const rate_limit = { max: 2, window: 600, per: "agent" };
  const server = await gateFixture(proxy, modern, {
    ...allow,
    tools: { [name]: { action: "allow", rate_limit } },
  });
  const { answer, ran } = await callAsked(server);
  expect([answer, ran]).toEqual([expect.stringContaining("Rate limit reached"), 2]);
  await expect
    .poll(() => recorded(server))
    .toEqual([
      ["allowed", "ok"],
      ["allowed", "ok"],
      ["limited", null],
    ]);
});
