// The sessions that modern agents have with a legacy server, which is to notice nothing of their number.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { makeAgent } from "#lib/testing/factories.ts";
import { gateConnector } from "#proxy/testing/connector.ts";
import { gateFixture } from "#proxy/testing/gate-fixture.ts";
import { type GatedServer, startProxy, type TestProxy } from "#proxy/testing/harness.ts";
import { askModern } from "#proxy/testing/modern.ts";
import { type ScriptedServer, startScriptedServer } from "#proxy/testing/scripted-server.ts";

const allow = { version: 1, default: "allow" };
let proxy: TestProxy;
let upstream: ScriptedServer;
let server: GatedServer;

beforeAll(async () => {
  proxy = await startProxy({ environment: { PROXY_MAX_HELD_SESSIONS_PER_ORG: "1" } });
});

afterAll(() => proxy.close());

beforeEach(async () => {
  upstream = await startScriptedServer();
  server = await gateFixture(proxy, upstream, allow);
  upstream.seen.length = 0;
  upstream.received.length = 0;
});

afterEach(() => upstream[Symbol.asyncDispose]());

/** An agent that declares something else each time. */
const declaring = (at: number, agent: { token: string } = server.agent) =>
  askModern(
    { ...server, agent },
    "tools/call",
    { name: "get", arguments: {} },
    { capabilities: { elicitation: { [`own-${at}`]: {} } } },
  );
const opened = () => upstream.received.filter(({ method }) => method === "initialize").length;
const ended = () =>
  upstream.seen
    .filter(({ method }) => method === "DELETE")
    .map(({ headers }) => headers["mcp-session-id"]);

test("an agent has eight at most: those it used least make way, and nobody else's", async () => {
  const colleague = await makeAgent(server.context, { servers: [server.server] });
  await declaring(0, colleague);
  for (let at = 0; at < 8; at += 1) await declaring(at);
  await declaring(0);
  expect([opened(), ended()]).toEqual([9, []]);
  await declaring(8);
  await declaring(9);
  // The first was its discovery's, the second is the colleague's; of the agent's own the first was used again.
  await expect.poll(ended).toEqual(["theirs-4", "theirs-5"]);
  await declaring(0, colleague);
  expect(opened()).toBe(11);
});

test("an agent opens as many in a minute as in the era of sessions, and is told so", async () => {
  const answers = [];
  for (let at = 0; at < 61; at += 1) answers.push((await declaring(at)).body);
  expect(answers.filter(({ result }) => result !== undefined)).toHaveLength(60);
  expect(answers.at(-1)?.error).toMatchObject({
    code: 429,
    message: expect.stringContaining("opens sessions too quickly"),
  });
  expect(opened()).toBe(60);
  // What is open already can be used.
  expect((await declaring(59)).body.result).toBeDefined();
});

test("an agent for which its org has no more room is told so, as in the era of sessions", async () => {
  const gated = await gateConnector(proxy);
  const first = await askModern(gated, "server/discover");
  expect(first.body.result).toBeDefined();
  const other = { ...gated, agent: await makeAgent(gated.context, { servers: [gated.server] }) };
  for (const [method, params] of [
    ["server/discover", {}],
    ["tools/call", { name: "echo", arguments: { message: "x" } }],
    ["tools/list", {}],
  ] as const) {
    const { status, body } = await askModern(other, method, params);
    expect([status, body.error]).toEqual([
      200,
      {
        code: 429,
        message: "Too many sessions of this org are open on this proxy. Close one and try again.",
      },
    ]);
  }
});
