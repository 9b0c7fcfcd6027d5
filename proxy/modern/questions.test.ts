// Questions of a server on their way to the agent, and the state that comes back with the answers.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { makeAgent } from "#lib/testing/factories.ts";
import { openV2 } from "#proxy/testing/agents.ts";
import { type DualEraFixture, startDualEra } from "#proxy/testing/fixtures/dual-era.ts";
import { type LegacyFixture, startLegacy } from "#proxy/testing/fixtures/legacy.ts";
import { gateFixture } from "#proxy/testing/gate-fixture.ts";
import { type GatedServer, startProxy, type TestProxy } from "#proxy/testing/harness.ts";
import { askModern } from "#proxy/testing/modern.ts";

let dual: DualEraFixture;
let modern: DualEraFixture;
let legacy: LegacyFixture;
let proxy: TestProxy;
const allow = { version: 1, default: "allow" };

beforeAll(async () => {
  dual = await startDualEra();
  modern = await startDualEra({ legacy: false });
  legacy = await startLegacy();
  proxy = await startProxy();
});

afterAll(async () => {
  await proxy.close();
  await dual.close();
  await modern.close();
  await legacy.close();
});

const name = "test_input_required_result_request_state";
const capabilities = { elicitation: {} };
const inputResponses = { confirm: { action: "accept", content: { ok: true } } };

/** The state of a call that waits for its agent. */
async function firstRound(server: GatedServer): Promise<string> {
  const { body } = await askModern(server, "tools/call", { name, arguments: {} }, { capabilities });
  expect(body.result?.resultType).toBe("input_required");
  return String(body.result?.requestState);
}

describe("a server's state", () => {
  test("comes back to the server byte for byte, and to nobody else in the open", async () => {
    const server = await gateFixture(proxy, dual, allow);
    const requestState = await firstRound(server);
    const params = { name, arguments: {}, inputResponses, requestState };
    const { body } = await askModern(server, "tools/call", params, { capabilities });
    expect(body.result?.content).toEqual([{ type: "text", text: "state-ok" }]);
    const sent = JSON.parse(dual.ledger.at(-1)?.body ?? "").params.requestState;
    expect(sent).not.toBe(requestState);
    expect(requestState).not.toContain(sent);
  });

  test.each<[string, (state: string) => string]>([
    ["changed by a letter", (state) => `${state[0] === "A" ? "B" : "A"}${state.slice(1)}`],
    ["cut off", (state) => state.slice(0, -4)],
    ["with something behind it", (state) => `${state}AAAA`],
    ["spelled differently", (state) => `${state}=`],
    ["made up", () => "state-1"],
    ["empty", () => ""],
  ])("%s is refused before anything is asked of the server", async (_, change) => {
    const server = await gateFixture(proxy, dual, allow);
    const requestState = change(await firstRound(server));
    const received = dual.ledger.length;
    const params = { name, arguments: {}, inputResponses, requestState };
    const { body } = await askModern(server, "tools/call", params, { capabilities });
    expect(body.error?.code).toBe(-32602);
    expect(dual.ledger.length).toBe(received);
  });

  test("is refused with another tool, from another agent and on another server (row 7)", async () => {
    const server = await gateFixture(proxy, dual, allow);
    const other = await gateFixture(proxy, dual, allow);
    const requestState = await firstRound(server);
    const { token } = await makeAgent(server.context, { servers: [server.server] });
    const received = dual.ledger.length;
    for (const [from, tool] of [
      [server, "test_input_required_result_tampered_state"],
      [{ ...server, agent: { token } }, name],
      [other, name],
    ] as const) {
      const params = { name: tool, arguments: {}, inputResponses, requestState };
      const { body } = await askModern(from, "tools/call", params, { capabilities });
      expect(body.error?.message).toContain("requestState is not valid");
    }
    expect(dual.ledger.length).toBe(received);
  });
});

test("a call that comes back with other arguments needs a new approval (row 7)", async () => {
  const tools = { [name]: { action: "require_approval" } };
  const server = await gateFixture(proxy, dual, { ...allow, tools });
  const ask = async (params: Record<string, unknown>) =>
    (await askModern(server, "tools/call", { name, ...params }, { capabilities })).body.result;
  const approve = () =>
    database().approval.updateMany({
      where: { orgId: server.context.org.id, state: "pending" },
      data: { state: "approved", decidedAt: new Date() },
    });
  const waits = await ask({ arguments: { to: "a" } });
  expect(waits).toMatchObject({ isError: true, resultType: "complete" });
  await approve();
  const asked = await ask({ arguments: { to: "a" } });
  const { requestState } = asked ?? {};
  const received = dual.ledger.length;
  const changed = await ask({ arguments: { to: "b" }, inputResponses, requestState });
  expect(JSON.stringify(changed?.content)).toContain("Approval required");
  expect(dual.ledger.length).toBe(received);
});

test("a client that has not declared a capability is not asked for it", async () => {
  for (const fixture of [dual, legacy]) {
    const server = await gateFixture(proxy, fixture, allow);
    const params = { name: "test_elicitation", arguments: { message: "Who?" } };
    const { body } = await askModern(server, "tools/call", params);
    expect(body.result?.resultType).not.toBe("input_required");
    expect(body.error !== undefined || body.result?.isError === true).toBe(true);
  }
});

describe.each([
  ["a modern client at a server of both eras", () => dual, { pin: "2026-07-28" }],
  ["a modern client at a server with sessions", () => legacy, { pin: "2026-07-28" }],
  ["a legacy client at a server of 2026-07-28", () => modern, "legacy"],
  ["a legacy client at a server with sessions", () => legacy, "legacy"],
] as const)("%s", (_, fixture, mode) => {
  test("answers what the server asks its user and its model", async () => {
    const server = await gateFixture(proxy, fixture(), allow);
    const asked: string[] = [];
    const client = await openV2(
      server.url,
      server.agent.token,
      mode,
      { elicitation: {}, sampling: {} },
      (made) => {
        made.setRequestHandler("elicitation/create", ({ params }) => {
          asked.push(params.message);
          return { action: "accept" as const, content: { username: "dana", email: "d@test" } };
        });
        made.setRequestHandler("sampling/createMessage", () => ({
          role: "assistant" as const,
          model: "test",
          content: { type: "text" as const, text: "Paris" },
        }));
      },
    );
    const elicited = await client.callTool({
      name: "test_elicitation",
      arguments: { message: "Who are you?" },
    });
    expect(asked).toEqual(["Who are you?"]);
    expect(JSON.stringify(elicited.content)).toContain("dana");
    const sampled = await client.callTool({
      name: "test_sampling",
      arguments: { prompt: "Capital of France?" },
    });
    expect(sampled.content).toEqual([{ type: "text", text: "LLM response: Paris" }]);
    await client.close();
  });
});

test("a server that may not ask users is told that nobody can be asked", async () => {
  const server = await gateFixture(proxy, dual, allow);
  await database().server.update({
    where: { orgId_id: { orgId: server.context.org.id, id: server.server.id } },
    data: { strippedCapabilities: ["elicitation"], revision: { increment: 1 } },
  });
  const { body } = await askModern(server, "tools/call", { name, arguments: {} }, { capabilities });
  expect(body.error?.code).toBe(-32021);
  const { params } = JSON.parse(dual.ledger.at(-1)?.body ?? "");
  expect(params._meta["io.modelcontextprotocol/clientCapabilities"]).toEqual({});
});
