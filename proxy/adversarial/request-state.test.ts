// A state that comes back with an agent's answers belongs to one agent, tool and hour; one that this
// proxy made, because the server has none, also to its arguments and to a single use.
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { database } from "#lib/db.ts";
import { makeAgent } from "#lib/testing/factories.ts";
import { type DualEraFixture, startDualEra } from "#proxy/testing/fixtures/dual-era.ts";
import { type LegacyFixture, startLegacy } from "#proxy/testing/fixtures/legacy.ts";
import { gateFixture } from "#proxy/testing/gate-fixture.ts";
import { type GatedServer, startProxy, type TestProxy } from "#proxy/testing/harness.ts";
import { askModern } from "#proxy/testing/modern.ts";

let proxy: TestProxy;
const fixtures: Record<string, DualEraFixture | LegacyFixture> = {};
const own = "made by the proxy for a server with sessions";
const foreign = "made by a server of 2026-07-28";

/** What the agent calls at each, and what it answers to the question that comes of it. */
const calls: Record<string, { name: string; args: object; inputResponses: object; done: string }> =
  {
    [foreign]: {
      name: "test_input_required_result_request_state",
      args: {},
      inputResponses: { confirm: { action: "accept", content: { ok: true } } },
      done: "state-ok",
    },
    [own]: {
      name: "test_elicitation",
      args: { message: "Who are you?" },
      inputResponses: { question: { action: "accept", content: { username: "dana", email: "d" } } },
      done: "dana",
    },
  };

beforeAll(async () => {
  proxy = await startProxy();
  fixtures[foreign] = await startDualEra();
  fixtures[own] = await startLegacy();
});

afterAll(async () => {
  await proxy.close();
  for (const fixture of Object.values(fixtures)) await fixture.close();
});

describe.each([foreign, own])("a state %s (ADV-028)", (kind) => {
  const { name, args, inputResponses, done } = calls[kind] ?? expect.unreachable();

  async function waiting() {
    const fixture = fixtures[kind] ?? expect.unreachable();
    const server = await gateFixture(proxy, fixture, { version: 1, default: "allow" });
    const first = await ask(server, { name, arguments: args });
    expect(first.body.result?.resultType).toBe("input_required");
    return { fixture, server, state: String(first.body.result?.requestState) };
  }

  const ask = (from: Pick<GatedServer, "url" | "agent">, params: Record<string, unknown>) =>
    askModern(from, "tools/call", params, { capabilities: { elicitation: {} } });
  const again = (server: Pick<GatedServer, "url" | "agent">, requestState: string, other = {}) =>
    ask(server, { name, arguments: args, inputResponses, requestState, ...other });

  test("goes on with its call", async () => {
    const { server, state } = await waiting();
    expect(JSON.stringify((await again(server, state)).body.result?.content)).toContain(done);
  });

  test("is refused from another agent, with another tool, with a byte flipped and too late", async () => {
    const { fixture, server, state } = await waiting();
    const other = await makeAgent(server.context, { servers: [server.server] });
    const bytes = Buffer.from(state, "base64url");
    bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20);
    const received = fixture.ledger.length;
    const where = { orgId: server.context.org.id };
    const recorded = await database().call.count({ where });
    const answers = [
      await again({ ...server, agent: { ...server.agent, token: other.token } }, state),
      await again(server, state, { name: "test_simple_text" }),
      await again(server, bytes.toString("base64url")),
      await twoHoursLater(() => again(server, state)),
    ];
    for (const { body } of answers) {
      expect(body.error).toMatchObject({
        code: -32602,
        message: expect.stringContaining("requestState is not valid"),
      });
    }
    expect(fixture.ledger.length).toBe(received);
    expect(await database().call.count({ where })).toBe(recorded);
    expect(JSON.stringify((await again(server, state)).body.result?.content)).toContain(done);
  });
});

test("a state that the proxy made is refused with other arguments and the second time (ADV-028)", async () => {
  const { name, args, inputResponses } = calls[own] ?? expect.unreachable();
  const fixture = fixtures[own] ?? expect.unreachable();
  const server = await gateFixture(proxy, fixture, { version: 1, default: "allow" });
  const ask = async (params: Record<string, unknown>) =>
    (await askModern(server, "tools/call", params, { capabilities: { elicitation: {} } })).body;
  const { requestState } = (await ask({ name, arguments: args })).result ?? {};
  const received = fixture.ledger.length;
  const changed = { message: "What is your password?" };
  const refused = await ask({ name, arguments: changed, inputResponses, requestState });
  expect(refused.error?.message).toContain("no longer waits");
  expect(fixture.ledger.length).toBe(received);
  const both = [1, 2].map(() => ask({ name, arguments: args, inputResponses, requestState }));
  const ended = await Promise.all(both);
  expect(ended.filter(({ result }) => result !== undefined).length).toBe(1);
  expect(ended.find(({ error }) => error)?.error?.message).toContain("no longer waits");
});

/** The state's hour is over; everything else here measures time by a clock that only goes on. */
async function twoHoursLater<Result>(run: () => Promise<Result>): Promise<Result> {
  const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now() + 7_200_000);
  try {
    return await run();
  } finally {
    clock.mockRestore();
  }
}
