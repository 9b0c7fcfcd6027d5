// A server may let go of a call's stream and answer on the one with which the agent goes on
// (SEP-1699). Half an answer is never delivered, on either stream.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { SseReader } from "#proxy/json/sse.ts";
import { openEvents } from "#proxy/testing/event-reader.ts";
import { type LegacyFixture, startLegacy } from "#proxy/testing/fixtures/legacy.ts";
import { gateFixture } from "#proxy/testing/gate-fixture.ts";
import {
  callBody,
  type GatedServer,
  gateServer,
  listBody,
  openSession,
  startProxy,
  type TestProxy,
} from "#proxy/testing/harness.ts";
import { startLocalServer } from "#proxy/testing/local-server.ts";
import { askModern } from "#proxy/testing/modern.ts";
import {
  type Script,
  type ScriptedServer,
  startScriptedServer,
} from "#proxy/testing/scripted-server.ts";

const policy = { version: 1, default: "allow", tools: { secret_tool: { action: "hide" } } };
let proxy: TestProxy;
let legacy: LegacyFixture;
let scripted: ScriptedServer;

beforeAll(async () => {
  proxy = await startProxy();
  legacy = await startLegacy();
  scripted = await startScriptedServer();
});

afterAll(async () => {
  await proxy.close();
  await legacy.close();
  await scripted[Symbol.asyncDispose]();
});

const eventsOf = (text: string) => new SseReader(1_000_000).push(Buffer.from(text));

test("a call whose stream the server lets go of is answered on the stream that resumes it", async () => {
  const gated = await gateFixture(proxy, legacy, policy);
  const send = await openSession(gated.url, gated.agent.token);
  const first = eventsOf((await send(callBody("test_reconnection", {}, 7))).text);
  // The point to go on from, and when; nothing else, above all no failure.
  expect(first).toMatchObject([{ id: expect.any(String), retryMilliseconds: 1_000, data: "" }]);
  const stream = await openEvents(gated.url, gated.agent.token, send.session, {
    "last-event-id": first[0]?.id ?? "",
  });
  const text = "Answered after the stream was closed.";
  expect(await stream.message()).toMatchObject({ id: 7, result: { content: [{ text }] } });
  stream.close();
  await expect.poll(() => outcomesOf(gated)).toEqual(["unknown"]);
});

describe("a stream that can be resumed and breaks off inside its answer", () => {
  const half = '{"jsonrpc":"2.0","id":7,"result":{"content":[{"type":"text","text":"done"}]';
  const whole = `${half}}}`;

  /** Answers with a point to resume from, then with these bytes, and ends or breaks the connection. */
  const breakingOff =
    (bytes: string, how: "end" | "break" = "end"): Script =>
    (_message, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(`id: 1\ndata:\n\n${bytes}`, () => {
        if (how === "end") response.end();
        else response.destroy();
      });
      return undefined;
    };

  test.each([
    ["inside the message", `id: 2\ndata: ${half}`, "end"],
    ["before the event's end", `id: 2\ndata: ${whole}\n`, "end"],
    ["inside a field's name", "id: 2\nda", "end"],
    ["with its connection", `id: 2\ndata: ${half}`, "break"],
  ] as const)(
    "%s gives nothing of it, and what is resumed gives all of it",
    async (_, bytes, how) => {
      const gated = await gateServer(proxy, scripted, policy);
      const send = await openSession(gated.url, gated.agent.token);
      scripted.scripts.set("tools/call", breakingOff(bytes, how));
      const first = eventsOf((await send(callBody("get", {}, 7))).text);
      expect(first).toMatchObject([{ id: expect.any(String), data: "" }]);
      const stream = await openEvents(gated.url, gated.agent.token, send.session, {
        "last-event-id": first[0]?.id ?? "",
      });
      await scripted.push(JSON.parse(whole), "2");
      expect(await stream.message()).toEqual(JSON.parse(whole));
      expect(scripted.seen.at(-1)?.headers["last-event-id"]).toBe("1");
      stream.close();
    },
  );

  test("is a failure of the server when the half is an event of its own", async () => {
    const gated = await gateServer(proxy, scripted, policy);
    const send = await openSession(gated.url, gated.agent.token);
    scripted.scripts.set("tools/call", breakingOff(`id: 2\ndata: ${half}\n\n`));
    const { text } = await send(callBody("get", {}, 7));
    expect(text).not.toContain("done");
    const answer = JSON.parse(eventsOf(text).at(-1)?.data ?? "");
    expect(answer).toMatchObject({ id: 7, result: { isError: true } });
    expect(answer.result.content[0].text).toContain("its answer is not valid MCP.");
  });
});

test("a stream without a point to resume from fails when it breaks off", async () => {
  const gated = await gateServer(proxy, scripted, policy);
  const send = await openSession(gated.url, gated.agent.token);
  scripted.scripts.set("tools/call", (_message, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(": working\n\n");
    return undefined;
  });
  const { text } = await send(callBody("get", {}, 7));
  expect(text).toContain("the connection ended before the answer.");
});

test("a modern agent, which resumes nothing, is told of the failure at once", async () => {
  const gated = await gateServer(proxy, scripted, policy);
  await database().server.update({
    where: { orgId_id: { orgId: gated.context.org.id, id: gated.server.id } },
    data: { protocolRevisions: ["2026-07-28"], transport: "streamable_http" },
  });
  scripted.scripts.set("tools/call", (_message, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end("id: 1\ndata:\n\n");
    return undefined;
  });
  const { text } = await askModern(gated, "tools/call", { name: "get", arguments: {} });
  expect(text).toContain("the connection ended before the answer.");
});

describe("a modern agent at a server with sessions, which knows nothing of resuming", () => {
  test("has the answer of a call whose stream the server lets go of", async () => {
    const gated = await gateFixture(proxy, legacy, policy);
    const params = { name: "test_reconnection", arguments: {} };
    const { text } = await askModern(gated, "tools/call", params);
    expect(text).toContain("Answered after the stream was closed.");
    expect(text).not.toMatch(/^(id|retry):/m);
    await expect.poll(() => outcomesOf(gated)).toEqual(["ok"]);
  });

  test("has it however often the server does so, from the last point that it named", async () => {
    await using server = await startLettingGo(3);
    const gated = await gateFixture(proxy, server, policy);
    const { text } = await askModern(gated, "tools/call", { name: "get", arguments: {} });
    expect(text).toContain("answered at last");
    expect(server.positions).toEqual(["p0", "p1", "p2"]);
  });

  test("is told at once when the server does not go on", async () => {
    await using server = await startLettingGo(0);
    const gated = await gateFixture(proxy, server, policy);
    const { text } = await askModern(gated, "tools/call", { name: "get", arguments: {} });
    expect(text).toContain("may or may not have been performed");
    await expect.poll(() => outcomesOf(gated)).toEqual(["upstream_error"]);
  });
});

/** A server that lets go of its call's stream this often before it answers; never, it opens no stream. */
async function startLettingGo(times: number) {
  const positions: unknown[] = [];
  let called: unknown;
  const point = (at: number) => `id: p${at}\nretry: 50\ndata:\n\n`;
  const server = await startLocalServer(({ method, body, headers }, response) => {
    const asked = method === "POST" ? JSON.parse(body) : {};
    const events = () => response.writeHead(200, { "content-type": "text/event-stream" });
    if (method === "GET" && times === 0) return void response.writeHead(405).end();
    if (method === "GET") {
      positions.push(headers["last-event-id"]);
      const text = "answered at last";
      const answer = { jsonrpc: "2.0", id: called, result: { content: [{ type: "text", text }] } };
      const isLast = positions.length === times;
      return void events().end(
        isLast ? `data: ${JSON.stringify(answer)}\n\n` : point(positions.length),
      );
    }
    if (asked.method === "tools/call") {
      called = asked.id;
      return void events().end(point(0));
    }
    const results: Record<string, object> = {
      initialize: {
        protocolVersion: "2025-11-25",
        capabilities: { tools: {} },
        serverInfo: { name: "letting go", version: "1" },
      },
      "tools/list": { tools: [{ name: "get", inputSchema: { type: "object" } }] },
    };
    const result = results[asked.method];
    if (!("id" in asked)) return void response.writeHead(202).end();
    const error = { code: -32601, message: "Method not found" };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(
      JSON.stringify({ jsonrpc: "2.0", id: asked.id, ...(result ? { result } : { error }) }),
    );
  });
  return {
    url: server.url.href,
    positions,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

test("a list that comes on the stream that resumes is filtered as well (row 8)", async () => {
  const gated = await gateServer(proxy, scripted, policy);
  const send = await openSession(gated.url, gated.agent.token);
  scripted.scripts.set("tools/list", (_message, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end("id: 1\ndata:\n\n");
    return undefined;
  });
  const first = eventsOf((await send(listBody)).text);
  const stream = await openEvents(gated.url, gated.agent.token, send.session, {
    "last-event-id": first[0]?.id ?? "",
  });
  await scripted.push({
    jsonrpc: "2.0",
    id: 1,
    result: { tools: await scripted.definitions() },
  });
  const list = JSON.stringify(await stream.message());
  expect(list).toContain('"get"');
  expect(list).not.toContain("secret_tool");
  stream.close();
});

async function outcomesOf({ context }: GatedServer): Promise<string[]> {
  const rows = await database().callOutcome.findMany({ where: { orgId: context.org.id } });
  return rows.map(({ outcome }) => outcome);
}
