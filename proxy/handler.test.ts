// What comes of an answer once it is under way: it breaks off in here, or nobody reads it.
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { SseReader } from "#proxy/json/sse.ts";
import {
  callBody,
  type GatedServer,
  gateServer,
  openSession,
  startProxy,
  type TestProxy,
} from "#proxy/testing/harness.ts";
import { type ScriptedServer, startScriptedServer } from "#proxy/testing/scripted-server.ts";
import { startRelay, type TcpRelay } from "#proxy/testing/tcp-relay.ts";

let upstream: ScriptedServer;
let relay: TcpRelay;
let proxy: TestProxy;
let server: GatedServer;
let send: Awaited<ReturnType<typeof openSession>>;

beforeAll(async () => {
  upstream = await startScriptedServer();
  relay = await startRelay(process.env.DATABASE_URL ?? "");
  const environment = { PROXY_MAX_REQUESTS_PER_ORG: "2", PROXY_STALLED_SECONDS: "1" };
  proxy = await startProxy({ databaseUrl: relay.url, environment });
});

beforeEach(async () => {
  server = await gateServer(proxy, upstream, { version: 1, default: "allow" });
  send = await openSession(server.url, server.agent.token);
});

afterAll(async () => {
  await proxy.close();
  await relay.close();
  await upstream[Symbol.asyncDispose]();
});

/** What became of the org's calls, oldest first. */
async function outcomes() {
  const orgId = server.context.org.id;
  const rows = await database().callOutcome.findMany({
    where: { orgId },
    orderBy: { callId: "asc" },
  });
  return rows.map(({ outcome, responseBytes }) => ({ outcome, responseBytes }));
}

test.each(["tools/call", "prompts/list"])(
  "a streamed %s that cannot go on ends with an answer to it, which denies nothing",
  async (method) => {
    const isCall = method === "tools/call";
    upstream.scripts.set(method, (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const note = { jsonrpc: "2.0", method: "notifications/message", params: { level: "info" } };
      const question = { jsonrpc: "2.0", id: "q", method: "sampling/createMessage", params: {} };
      response.write(`data: ${JSON.stringify(note)}\n\n`, () => {
        relay.stop();
        response.write(`data: ${JSON.stringify(question)}\n\n`);
      });
      return undefined;
    });
    const params = isCall ? { name: "get", arguments: {} } : {};
    const { status, text } = await send(JSON.stringify({ jsonrpc: "2.0", id: 77, method, params }));
    relay.resume();
    expect(status).toBe(200);
    const messages = new SseReader(10_000)
      .push(Buffer.from(text))
      .map(({ data }) => JSON.parse(data));
    expect(messages).toEqual([
      expect.objectContaining({ method: "notifications/message" }),
      {
        jsonrpc: "2.0",
        id: 77,
        error: {
          code: 503,
          message: expect.stringContaining(isCall ? "may or may not have been" : "Retry in 5"),
        },
      },
    ]);
    const expected = isCall ? [{ outcome: "unknown", responseBytes: null }] : [];
    await expect.poll(outcomes, { timeout: 10_000 }).toEqual(expected);
  },
);

/** Calls over a connection of its own, of which nothing is read. */
function callUnread(): Socket {
  const { hostname, port, pathname } = new URL(server.url);
  const body = callBody("get");
  const socket = connect(Number(port), hostname).pause();
  socket.on("error", () => {});
  socket.write(
    `POST ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAuthorization: Bearer ${server.agent.token}\r\n` +
      `Mcp-Session-Id: ${send.session}\r\nContent-Type: application/json\r\nAccept: */*\r\n` +
      `Content-Length: ${body.length}\r\n\r\n${body}`,
  );
  return socket;
}

test("an answer that its agent does not read keeps its place in the org's share until it is cut off", async () => {
  const text = "x".repeat(7_500_000);
  upstream.scripts.set("tools/call", () => ({ result: { content: [{ type: "text", text }] } }));
  const sockets = [callUnread(), callUnread()];
  await expect.poll(async () => (await outcomes()).length, { timeout: 10_000 }).toBe(2);
  upstream.scripts.clear();
  expect((await send(callBody("get"))).status).toBe(429);
  await expect
    .poll(async () => (await send(callBody("get"))).status, { timeout: 10_000 })
    .toBe(200);
  for (const socket of sockets) socket.destroy();
});

test("an answer beyond what is accepted is recorded with the bytes that were read of it (ADV-146)", async () => {
  upstream.scripts.set("tools/call", (_, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.write(`{"jsonrpc":"2.0","id":1,"result":{"text":"${"x".repeat(9 * 1024 * 1024)}`);
    return undefined;
  });
  expect((await send(callBody("get"))).text).toContain(
    "its answer is larger than the proxy accepts",
  );
  await expect.poll(async () => (await outcomes()).length).toBe(1);
  const [{ responseBytes } = { responseBytes: 0 }] = await outcomes();
  expect(responseBytes).toBeGreaterThan(8 * 1024 * 1024);
  expect(responseBytes).toBeLessThan(10 * 1024 * 1024);
});
