// A server's settings are tightened while sessions are open: that holds for their next message.
import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { recordTransport } from "#lib/servers/transport.ts";
import { updateServer } from "#lib/servers/update.ts";
import { gateConnector, programs } from "#proxy/testing/connector.ts";
import { type DualEraFixture, startDualEra } from "#proxy/testing/fixtures/dual-era.ts";
import { gateFixture } from "#proxy/testing/gate-fixture.ts";
import {
  callBody,
  type GatedServer,
  gateServer,
  initializeBody,
  openSession,
  post,
  startProxy,
  type TestProxy,
} from "#proxy/testing/harness.ts";
import { askModern } from "#proxy/testing/modern.ts";
import { startScriptedServer } from "#proxy/testing/scripted-server.ts";
import { startSseUpstream } from "#proxy/testing/sse-upstream.ts";

const allow = { version: 1, default: "allow" };
const capabilities = { elicitation: { form: {} }, sampling: {}, roots: {} };
const simple = { name: "test_simple_text", arguments: {} };

let proxies: [TestProxy, TestProxy];

beforeAll(async () => {
  proxies = [await startProxy(), await startProxy()];
});

afterAll(async () => {
  for (const proxy of proxies) await proxy.close();
});

const strip = ({ context, server }: GatedServer, ...strippedCapabilities: string[]) =>
  updateServer(context, { server: server.slug, strippedCapabilities });

const questions = {
  sampling: { method: "sampling/createMessage", params: { messages: [], maxTokens: 1 } },
  elicitation: {
    method: "elicitation/create",
    params: { message: "Sure?", requestedSchema: { type: "object", properties: {} } },
  },
  roots: { method: "roots/list" },
};

/** A server whose call runs until it is told to ask, and ends with what it was answered. */
async function startAsker() {
  const server = await startScriptedServer();
  let open: { id: unknown; response: ServerResponse } | undefined;
  server.scripts.set("tools/call", ({ id }, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
    open = { id, response };
    return undefined;
  });
  const say = (message: object) => open?.response.write(`data: ${JSON.stringify(message)}\n\n`);
  return Object.assign(server, {
    isCalled: () => expect.poll(() => open !== undefined).toBe(true),
    ask: (question: object) => say({ jsonrpc: "2.0", id: "q", ...question }),
    answer: () => server.received.find(({ id, method }) => id === "q" && method === undefined),
    end() {
      say({ jsonrpc: "2.0", id: open?.id, result: { content: [{ type: "text", text: "done" }] } });
      open?.response.end();
    },
  });
}

describe("what a server may ask of the agent", () => {
  test.each(["sampling", "elicitation", "roots"] as const)(
    "%s is closed to a call that runs already, and the agent never hears of it",
    async (capability) => {
      await using server = await startAsker();
      const gated = await gateServer(proxies[0], server, allow);
      const send = await openSession(gated.url, gated.agent.token);
      const running = send(callBody("get"));
      await server.isCalled();
      await strip(gated, capability);
      server.ask(questions[capability]);
      await expect.poll(() => server.answer()).toMatchObject({ error: { code: -32601 } });
      server.end();
      const { text } = await running;
      expect([text.includes("done"), text.includes(capability)]).toEqual([true, false]);
    },
  );

  test("is closed to the running call of a modern agent as well", async () => {
    await using server = await startAsker();
    const gated = await gateFixture(proxies[0], server, allow);
    const running = askModern(
      gated,
      "tools/call",
      { name: "get", arguments: {} },
      { capabilities },
    );
    await server.isCalled();
    await strip(gated, "elicitation");
    server.ask(questions.elicitation);
    const { text } = await running;
    expect(text).not.toContain("input_required");
    expect(text).toContain("its answer is not valid MCP");
  });

  test("is not told to it by the next call of a modern agent, on any proxy", async () => {
    await using dual = await startModern();
    const gated = await gateFixture(proxies[0], dual, allow);
    const call = ({ origin }: TestProxy) => {
      const url = origin + new URL(gated.url).pathname;
      return askModern({ ...gated, url }, "tools/call", simple, { capabilities });
    };
    for (const proxy of proxies) {
      await call(proxy);
      expect(dual.lastBody()).toContain('"elicitation"');
    }
    await strip(gated, "elicitation");
    for (const proxy of proxies) {
      expect((await call(proxy)).body.result).toBeDefined();
      expect(dual.lastBody()).not.toContain('"elicitation"');
      expect(dual.lastBody()).toContain('"sampling"');
    }
  });

  test("is not told to it by the next call in a session that is translated", async () => {
    await using dual = await startModern();
    const gated = await gateFixture(proxies[0], dual, allow);
    const greeting = initializeBody.replace('"capabilities":{}', '"capabilities":{"sampling":{}}');
    const { headers } = await post(gated.url, gated.agent.token, greeting);
    const session = { "mcp-session-id": headers.get("mcp-session-id") ?? "" };
    const call = () => post(gated.url, gated.agent.token, callBody(simple.name), session);
    await call();
    expect(dual.lastBody()).toContain('"sampling"');
    await strip(gated, "sampling");
    expect((await call()).status).toBe(200);
    expect(dual.lastBody()).not.toContain('"sampling"');
    await changeSettings(gated);
    expect((await call()).status).toBe(404);
  });
});

describe("how a server is reached", () => {
  test("ends a session's event stream with its next message; what runs goes on, and a new session uses it", async () => {
    const upstream = await startSseUpstream();
    const gated = await gateServer(proxies[0], upstream, allow);
    await recordTransport(gated.context.org.id, gated.server.id, "sse", ["2024-11-05"]);
    const send = await openSession(gated.url, gated.agent.token);
    const running = send(callBody("slow", { ms: 1_500 }));
    await expect.poll(() => upstream.executed).toEqual(["slow"]);
    await changeSettings(gated);
    expect((await send(callBody("get"))).status).toBe(404);
    expect((await running).text).toContain("slow:1500");
    expect(upstream.executed).toEqual(["slow"]);
    await expect.poll(upstream.sessions).toBe(0);

    const anew = await openSession(gated.url, gated.agent.token);
    expect((await anew(callBody("get", { key: "k" }))).text).toContain("get:k");
    expect(upstream.executed).toEqual(["slow", "get"]);
    await upstream.close();
  });

  test("ends a session's program likewise, and is left alone by a change of rules", async () => {
    const gated = await gateConnector(proxies[0]);
    const send = await openSession(gated.url, gated.agent.token);
    const echo = () => send(callBody("echo", { message: "m" }));
    expect((await echo()).text).toContain("Echo: m");
    await strip(gated, "sampling");
    expect((await echo()).text).toContain("Echo: m");
    await changeSettings(gated);
    expect((await echo()).status).toBe(404);
    await expect.poll(programs).toEqual([]);
    const anew = await openSession(gated.url, gated.agent.token);
    expect((await anew(callBody("echo", { message: "n" }))).text).toContain("Echo: n");
  });
});

async function startModern(): Promise<
  DualEraFixture & AsyncDisposable & { lastBody(): string | undefined }
> {
  const fixture = await startDualEra({ legacy: false });
  return Object.assign(fixture, {
    lastBody: () => fixture.ledger.findLast(({ body }) => body.includes("tools/call"))?.body,
    [Symbol.asyncDispose]: () => fixture.close(),
  });
}

async function changeSettings({ context, server }: GatedServer): Promise<void> {
  await database().server.update({
    where: { orgId_id: { orgId: context.org.id, id: server.id } },
    data: { settings: { read_only: true }, revision: { increment: 1 } },
  });
}
