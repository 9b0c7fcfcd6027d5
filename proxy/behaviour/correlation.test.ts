// A server's questions reach the agent, and only answers to them reach the server.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeAgent } from "#lib/testing/factories.ts";
import { openEvents } from "#proxy/testing/event-reader.ts";
import {
  type GatedServer,
  gateServer,
  openSession,
  post,
  startProxy,
  type TestProxy,
} from "#proxy/testing/harness.ts";
import { type ScriptedServer, startScriptedServer } from "#proxy/testing/scripted-server.ts";

type Send = Awaited<ReturnType<typeof openSession>>;
interface Question {
  id: string;
  method: string;
}

let upstream: ScriptedServer;
let proxies: TestProxy[];
let server: GatedServer;
let alice: Send;
let bob: Send;

beforeAll(async () => {
  upstream = await startScriptedServer();
  const privateKey = (await import("node:crypto")).generateKeyPairSync("x25519").privateKey;
  const openingKey = { id: "test", privateKey };
  proxies = [await startProxy({ openingKey }), await startProxy({ openingKey })];
  server = await gateServer(first(), upstream, { version: 1, default: "allow" });
  const other = await makeAgent(server.context, { servers: [server.server] });
  alice = await openSession(server.url, server.agent.token);
  bob = await openSession(server.url, other.token);
});

afterAll(async () => {
  for (const proxy of proxies) await proxy.close();
  await upstream[Symbol.asyncDispose]();
});

function first(): TestProxy {
  const [proxy] = proxies;
  if (!proxy) throw new Error("no proxy");
  return proxy;
}

/** A question as the agent sees it on its stream. */
async function asked(id: unknown, method = "roots/list", params: object = {}): Promise<Question> {
  const stream = await openEvents(server.url, server.agent.token, alice.session);
  await upstream.push({ jsonrpc: "2.0", id, method, params });
  // What arrives is checked by the caller.
  const question = (await stream.message()) as Question;
  stream.close();
  return question;
}

const answer = (id: unknown) => JSON.stringify({ jsonrpc: "2.0", id, result: { roots: [] } });

async function expectUnasked(send: Send, id: unknown): Promise<void> {
  const before = upstream.received.length;
  const { status, text } = await send(answer(id));
  expect([status, JSON.parse(text).error]).toEqual([
    400,
    { code: -32600, message: expect.stringContaining("did not ask, in this session") },
  ]);
  expect(upstream.received.length).toBe(before);
}

describe("an answer of an agent", () => {
  test.each([
    ["a number", 7],
    ["text", "q-1"],
    ["text that looks like a number", "7"],
    ["empty text", ""],
    ["signs", 'é"\\ .n'],
    ["zero", 0],
  ])("reaches the server under the server's own id: %s", async (_, id) => {
    const question = await asked(id);
    expect(question).toMatchObject({ method: "roots/list", params: {} });
    expect((await alice(answer(question.id))).status).toBe(202);
    expect(upstream.received.at(-1)).toEqual({ jsonrpc: "2.0", id, result: { roots: [] } });
  });

  test("reaches it through any proxy", async () => {
    const question = await asked(11);
    const url = `${proxies[1]?.origin}${new URL(server.url).pathname}`;
    const headers = { "mcp-session-id": alice.session };
    expect((await post(url, server.agent.token, answer(question.id), headers)).status).toBe(202);
    expect(upstream.received.at(-1)).toMatchObject({ id: 11 });
  });

  test("to a question that nobody asked goes nowhere (ADV-025, row 10)", async () => {
    for (const id of [7, "q-1", "", "cg.", `cg.${"A".repeat(22)}.n7`])
      await expectUnasked(alice, id);
    const unread = '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}';
    expect((await alice(unread)).status).toBe(400);
  });

  test("to another session's question goes nowhere (ADV-025, row 10)", async () => {
    const { id } = await asked(21);
    await expectUnasked(bob, id);
    const again = await openSession(server.url, server.agent.token);
    await expectUnasked(again, id);
    expect((await alice(answer(id))).status).toBe(202);
  });

  test("with a changed id goes nowhere (ADV-025)", async () => {
    const { id } = await asked(31);
    await expectUnasked(alice, `${id}1`);
    await expectUnasked(alice, id.replace(/n31$/, "s31"));
    await expectUnasked(alice, id.replace("cg.", "CG."));
  });
});

describe("a server", () => {
  test("takes a question back under the id that the agent knows", async () => {
    const stream = await openEvents(server.url, server.agent.token, alice.session);
    await upstream.push({ jsonrpc: "2.0", id: 5, method: "sampling/createMessage", params: {} });
    const question = (await stream.message()) as Question;
    const method = "notifications/cancelled";
    await upstream.push({ jsonrpc: "2.0", method, params: { requestId: 5, reason: "late" } });
    expect(await stream.message()).toEqual({
      jsonrpc: "2.0",
      method,
      params: { requestId: question.id, reason: "late" },
    });
    stream.close();
  });

  test.each([
    ["a method that nobody knows", "vendor/steal", {}, "ok", -32601],
    ["a method of agents", "tools/call", { name: "get" }, "ok", -32601],
    ["an id beyond what answers may carry", "ping", {}, "x".repeat(240), -32600],
    [
      "a link to a script",
      "elicitation/create",
      { mode: "url", url: "javascript:alert(1)" },
      "ok",
      -32602,
    ],
    [
      "a link to a plain http page",
      "elicitation/create",
      { mode: "url", url: "http://evil.test/" },
      "ok",
      -32602,
    ],
    [
      "a link with credentials",
      "elicitation/create",
      { mode: "url", url: "https://a:b@x.test/" },
      "ok",
      -32602,
    ],
    ["a link that is none", "elicitation/create", { mode: "url" }, "ok", -32602],
  ])(
    "that asks with %s is refused at once, and the agent never hears of it",
    async (_, method, params, id, code) => {
      const stream = await openEvents(server.url, server.agent.token, alice.session);
      await upstream.push({ jsonrpc: "2.0", id, method, params });
      await expect.poll(() => upstream.received.at(-1)).toMatchObject({ id, error: { code } });
      await upstream.push({ jsonrpc: "2.0", id: 1, method: "ping" });
      expect(await stream.message()).toMatchObject({ method: "ping" });
      stream.close();
    },
  );

  test.each([
    ["ping", {}],
    ["sampling/createMessage", { messages: [], maxTokens: 1, _meta: { progressToken: "p" } }],
    [
      "elicitation/create",
      { message: "Name?", requestedSchema: { type: "object", properties: {} } },
    ],
    [
      "elicitation/create",
      { mode: "url", url: "https://login.example.test/x", elicitationId: "e", message: "Sign in" },
    ],
    [
      "elicitation/create",
      { mode: "url", url: "http://127.0.0.1:8080/x", elicitationId: "e", message: "Sign in" },
    ],
    ["roots/list", { _meta: { "io.modelcontextprotocol/related-task": { taskId: "t" } } }],
    ["tasks/get", { taskId: "kept-by-the-agent" }],
  ])("may ask %s, and nothing but the id changes", async (method, params) => {
    expect(await asked(9, method, params)).toEqual({
      jsonrpc: "2.0",
      id: expect.stringMatching(/^cg\./),
      method,
      params,
    });
  });

  test.each([
    ["notifications/message", { level: "info", data: { large: 9007199254740991 } }],
    ["notifications/progress", { progressToken: "abc", progress: 1, total: 2 }],
    ["notifications/elicitation/complete", { elicitationId: "e" }],
  ])("may tell %s, unchanged", async (method, params) => {
    const stream = await openEvents(server.url, server.agent.token, alice.session);
    await upstream.push({ jsonrpc: "2.0", method: "notifications/vendor", params: {} });
    await upstream.push({ jsonrpc: "2.0", method, params });
    expect(await stream.message()).toEqual({ jsonrpc: "2.0", method, params });
    stream.close();
  });

  test.each(["tools", "prompts", "resources"])(
    "may tell that its %s changed, and nothing of what (row 8)",
    async (kind) => {
      const stream = await openEvents(server.url, server.agent.token, alice.session);
      const method = `notifications/${kind}/list_changed`;
      await upstream.push({
        jsonrpc: "2.0",
        method,
        params: { added: ["secret_tool"], _meta: { own: 1 } },
      });
      expect(await stream.message()).toEqual({
        jsonrpc: "2.0",
        method,
        params: { _meta: { own: 1 } },
      });
      stream.close();
    },
  );
});

describe("a stream", () => {
  test("is resumed only by the session it belongs to (ADV-160, row 11)", async () => {
    const stream = await openEvents(server.url, server.agent.token, alice.session);
    await upstream.push({ jsonrpc: "2.0", method: "notifications/message", params: {} }, "event-1");
    const event = await stream.next();
    stream.close();
    const resume = async (send: Send, token: string, id: string) => {
      const again = await openEvents(server.url, token, send.session, { "last-event-id": id });
      again.close();
      return again.status;
    };
    const sent = () => upstream.seen.filter(({ method }) => method === "GET");
    const before = sent().length;
    const foreign = await makeAgent(server.context, { servers: [server.server] });
    const other = await openSession(server.url, foreign.token);
    expect(await resume(other, foreign.token, event?.id ?? "")).toBe(404);
    expect(await resume(alice, server.agent.token, "event-1")).toBe(404);
    expect(sent().length).toBe(before);
    expect(await resume(alice, server.agent.token, event?.id ?? "")).toBe(200);
    expect(sent().at(-1)?.headers["last-event-id"]).toBe("event-1");
  });
});

describe("a cancellation", () => {
  const cancel = '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}';
  const cancelled = (to: ScriptedServer) =>
    to.received.filter(({ method }) => method === "notifications/cancelled").length;

  test("goes to the server's own session", async () => {
    expect((await alice(cancel)).status).toBe(202);
    await expect.poll(() => cancelled(upstream)).toBe(1);
    expect(upstream.seen.at(-1)?.headers["mcp-session-id"]).toBe("theirs-1");
  });

  test("of another agent's request is dropped where the server has no sessions (row 10)", async () => {
    await using shared = await startScriptedServer(false);
    const gated = await gateServer(first(), shared, { version: 1, default: "allow" });
    const other = await makeAgent(gated.context, { servers: [gated.server] });
    let finish = () => {};
    shared.scripts.set("tools/call", ({ id }, response) => {
      finish = () => {
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify({ jsonrpc: "2.0", id, result: { content: [] } }));
      };
      return undefined;
    });
    const call = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get"}}';
    const calling = post(gated.url, gated.agent.token, call);
    await expect.poll(() => shared.received.length).toBe(1);
    expect((await post(gated.url, other.token, cancel)).status).toBe(202);
    expect(cancelled(shared)).toBe(0);
    expect((await post(gated.url, gated.agent.token, cancel)).status).toBe(202);
    expect(cancelled(shared)).toBe(1);
    finish();
    expect((await calling).status).toBe(200);
  });
});
