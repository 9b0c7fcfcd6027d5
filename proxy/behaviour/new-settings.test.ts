// A server's settings change while agents are using it: what runs goes on, what is new uses the new ones.
import type { ServerResponse } from "node:http";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { openEvents } from "#proxy/testing/event-reader.ts";
import { type DualEraFixture, startDualEra } from "#proxy/testing/fixtures/dual-era.ts";
import { gateFixture } from "#proxy/testing/gate-fixture.ts";
import {
  callBody,
  type GatedServer,
  gateServer,
  openSession,
  post,
  startProxy,
  type TestProxy,
} from "#proxy/testing/harness.ts";
import { askModern } from "#proxy/testing/modern.ts";
import { type ScriptedServer, startScriptedServer } from "#proxy/testing/scripted-server.ts";

let proxy: TestProxy;
let before: ScriptedServer;
let after: ScriptedServer;

beforeAll(async () => {
  proxy = await startProxy();
});

afterAll(() => proxy.close());

beforeEach(async () => {
  before = await startScriptedServer();
  after = await startScriptedServer();
});

afterEach(async () => {
  await before[Symbol.asyncDispose]();
  await after[Symbol.asyncDispose]();
});

/** The server moves; whoever connects from now on finds it there. */
async function moveTo({ context, server }: GatedServer, { url }: ScriptedServer): Promise<void> {
  await database().server.update({
    where: { orgId_id: { orgId: context.org.id, id: server.id } },
    data: { url, revision: { increment: 1 } },
  });
}

const allow = { version: 1, default: "allow" };
const isCall = ({ method }: { method?: unknown }) => method === "tools/call";
const done = { content: [{ type: "text", text: "done before" }] };

test("calls under way end as they would have, as JSON and as events; new ones go to the new address", async () => {
  const gated = await gateServer(proxy, before, allow);
  const held: (() => void)[] = [];
  before.scripts.set("tools/call", ({ id }, response: ServerResponse) => {
    const answer = { jsonrpc: "2.0", id, result: done };
    const asEvents = held.length > 0;
    if (asEvents) {
      response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
      held.push(() => response.end(`data: ${JSON.stringify(answer)}\n\n`));
    } else {
      response.writeHead(200, { "content-type": "application/json" });
      held.push(() => response.end(JSON.stringify(answer)));
    }
    return undefined;
  });
  const send = await openSession(gated.url, gated.agent.token);
  const first = send(callBody("get", {}, 1));
  await expect.poll(() => held.length).toBe(1);
  const second = send(callBody("get", {}, 2));
  await expect.poll(() => held.length).toBe(2);

  await moveTo(gated, after);
  const anew = await openSession(gated.url, gated.agent.token);
  expect((await anew(callBody("get", {}, 3))).text).toContain("done");
  expect(after.received.filter(isCall)).toHaveLength(1);
  expect(before.received.filter(isCall)).toHaveLength(2);

  for (const finish of held) finish();
  for (const answer of await Promise.all([first, second])) {
    expect([answer.status, answer.text.includes("done before")]).toEqual([200, true]);
  }
  const where = { orgId: gated.context.org.id };
  const outcomes = async () =>
    (await database().callOutcome.findMany({ where })).map(({ outcome }) => outcome);
  await expect.poll(outcomes).toEqual(["ok", "ok", "ok"]);
});

test("a modern agent's call that waits for its answer goes on where it was asked", async () => {
  before.scripts.set("tools/call", (_message, response) => {
    const question = {
      jsonrpc: "2.0",
      id: "q",
      method: "elicitation/create",
      params: { message: "Sure?", requestedSchema: { type: "object", properties: {} } },
    };
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(`data: ${JSON.stringify(question)}\n\n`);
    waiting = response;
    return undefined;
  });
  let waiting: ServerResponse | undefined;
  const gated = await gateFixture(proxy, before, allow);
  const capabilities = { elicitation: {} };
  const params = { name: "get", arguments: {} };
  const asked = await askModern(gated, "tools/call", params, { capabilities });
  expect(asked.body.result?.resultType).toBe("input_required");
  const call = before.received.find(isCall);

  await moveTo(gated, after);
  expect((await askModern(gated, "tools/call", params)).text).toContain("done");
  const { requestState } = asked.body.result ?? {};
  const inputResponses = { question: { action: "accept", content: {} } };
  const again = { ...params, requestState, inputResponses };
  const resumed = askModern(gated, "tools/call", again, { capabilities });
  await expect
    .poll(() => before.received.some(({ id, result }) => id === "q" && result))
    .toBe(true);
  waiting?.end(`data: ${JSON.stringify({ jsonrpc: "2.0", id: call?.id, result: done })}\n\n`);
  expect((await resumed).text).toContain("done before");
});

test("a stream that belongs to no call ends cleanly, so that the agent opens it anew", async () => {
  const gated = await gateServer(proxy, before, allow);
  const send = await openSession(gated.url, gated.agent.token);
  const stream = await openEvents(gated.url, gated.agent.token, send.session);
  await moveTo(gated, after);
  await post(gated.url, gated.agent.token, callBody("get"));
  expect(await stream.next()).toBeNull();
});

test("a modern agent's subscription ends with its result, so that the agent listens anew", async () => {
  await using old = await startDualEraServer();
  const gated = await gateFixture(proxy, old, allow);
  const params = { notifications: { toolsListChanged: true } };
  const listening = askModern(gated, "subscriptions/listen", params);
  await expect.poll(() => old.ledger.some(({ body }) => body.includes("listen"))).toBe(true);
  await moveTo(gated, after);
  await askModern(gated, "server/discover");
  expect((await listening).body.result).toMatchObject({ resultType: "complete" });
});

async function startDualEraServer(): Promise<DualEraFixture & AsyncDisposable> {
  const fixture = await startDualEra({ legacy: false });
  return Object.assign(fixture, { [Symbol.asyncDispose]: () => fixture.close() });
}
