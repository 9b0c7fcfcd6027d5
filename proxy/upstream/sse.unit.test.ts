import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import type { JsonRpcRequest } from "#proxy/json/json-rpc.ts";
import { startLocalServer } from "#proxy/testing/local-server.ts";
import { startSseUpstream } from "#proxy/testing/sse-upstream.ts";
import { parseAllowedNetworks } from "./address-guard.ts";
import { awaitAnswer } from "./await-answer.ts";
import { SSE_DEFAULTS, SseUpstream, type SseUpstreamOptions } from "./sse.ts";
import type { UpstreamContext, UpstreamEvent, UpstreamReply } from "./types.ts";

const CONTEXT: UpstreamContext = { sessionId: null, protocolVersion: null };
const open: SseUpstream[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((upstream) => upstream.close()));
});

function connect(url: string | URL, options: Partial<SseUpstreamOptions> = {}): SseUpstream {
  const upstream = new SseUpstream(new URL(url), {
    ...SSE_DEFAULTS,
    headers: { authorization: "Bearer stored" },
    allowed: parseAllowedNetworks(["127.0.0.0/8"]),
    ...options,
  });
  open.push(upstream);
  return upstream;
}

const request = (id: string | number, method: string, params = {}): JsonRpcRequest => ({
  jsonrpc: "2.0",
  id,
  method,
  params,
});

const call = (id: string | number, name: string, args: object, meta = {}): JsonRpcRequest =>
  request(id, "tools/call", { name, arguments: { ...args }, _meta: meta });

async function eventsOf(reply: UpstreamReply): Promise<UpstreamEvent[]> {
  if (reply.kind !== "stream") throw new Error(`expected a stream, got ${JSON.stringify(reply)}`);
  const events: UpstreamEvent[] = [];
  for await (const event of reply.events) events.push(event);
  return events;
}

/** A session with the SDK's own server. */
async function initialised(url: string, options: Partial<SseUpstreamOptions> = {}) {
  const upstream = connect(url, options);
  const params = {
    protocolVersion: "2024-11-05",
    capabilities: { sampling: {} },
    clientInfo: { name: "t", version: "1" },
  };
  const answer = await awaitAnswer(await upstream.send(request(0, "initialize", params), CONTEXT));
  expect(answer).toMatchObject({ kind: "answer", message: { id: 0 } });
  const ready = { jsonrpc: "2.0", method: "notifications/initialized" } as const;
  expect(await upstream.send(ready, CONTEXT)).toMatchObject({ kind: "accepted" });
  return upstream;
}

/** A server whose event stream starts with `first`; `onPost` sees each message and the stream. */
async function scripted(
  first: string,
  onPost: (body: { id: number; method: string }, stream: ServerResponse) => void = () => {},
  postStatus = 202,
) {
  let stream: ServerResponse | null = null;
  return startLocalServer(({ method, body }, response) => {
    if (method === "GET") {
      stream = response;
      response.writeHead(200, { "content-type": "text/event-stream" }).write(first);
      return;
    }
    response.writeHead(postStatus).end();
    if (stream) onPost(JSON.parse(body), stream);
  });
}

const say = (message: object) => `event: message\ndata: ${JSON.stringify(message)}\n\n`;
const endpoint = "event: endpoint\ndata: /messages?s=1\n\n";

describe("an HTTP+SSE session", () => {
  it("carries concurrent calls with equal ids, progress and cancellation, past keep-alive comments", async () => {
    const server = await startSseUpstream();
    const upstream = await initialised(server.url);
    const both = await Promise.all([
      upstream.send(call("same", "slow", { ms: 60 }, { progressToken: "t" }), CONTEXT),
      upstream.send(call("same", "get", { key: "a" }), CONTEXT),
    ]);
    const [slow, get] = await Promise.all(both.map(eventsOf));
    expect(slow).toMatchObject([
      { parsed: { message: { params: { progressToken: "t", message: "half way" } } } },
      { parsed: { message: { id: "same", result: { content: [{ text: "slow:60" }] } } } },
    ]);
    expect(get).toMatchObject([
      { parsed: { message: { id: "same", result: { content: [{ text: "get:a" }] } } } },
    ]);

    const endless = await upstream.send(call(9, "slow", { ms: 60_000 }), CONTEXT);
    await expect.poll(() => server.executed.filter((name) => name === "slow").length).toBe(2);
    const params = { requestId: 9 };
    await upstream.send({ jsonrpc: "2.0", method: "notifications/cancelled", params }, CONTEXT);
    await expect.poll(() => server.executed).toContain("slow cancelled");
    // The server owes no answer to what was cancelled; the request ends all the same.
    expect(await eventsOf(endless)).toMatchObject([
      { kind: "failed", failure: { code: "cancelled", bytesSent: true } },
    ]);
    await server.close();
  });

  it("passes the server's questions on, and only answers to them back", async () => {
    const server = await startSseUpstream();
    const upstream = await initialised(server.url);
    const reply = await upstream.send(call(1, "ask", {}), CONTEXT);
    if (reply.kind !== "stream") throw new Error("no stream");
    const { value } = await reply.events.next();
    expect(value).toMatchObject({ parsed: { message: { method: "sampling/createMessage" } } });
    const { id } = JSON.parse(value.data);
    const result = { role: "assistant", model: "m", content: { type: "text", text: "me" } };
    expect(await upstream.send({ jsonrpc: "2.0", id: "other", result }, CONTEXT)).toMatchObject({
      failure: { code: "uncorrelated" },
    });
    expect(await upstream.send({ jsonrpc: "2.0", id, result }, CONTEXT)).toMatchObject({
      kind: "accepted",
    });
    expect((await reply.events.next()).value.data).toContain("me");
    await server.close();
  });

  it("sends the stored credentials and nothing of the agent's", async () => {
    const server = await startSseUpstream();
    const upstream = connect(server.url);
    const agentHeaders = { authorization: "Bearer agent", cookie: "a=b", traceparent: "00-1-2-01" };
    await upstream.send(request(1, "ping"), { ...CONTEXT, agentHeaders });
    await expect.poll(() => server.ledger.length).toBe(1);
    expect(server.ledger[0]?.headers).toMatchObject({
      authorization: "Bearer stored",
      traceparent: "00-1-2-01",
    });
    expect(JSON.stringify(server.ledger)).not.toMatch(/Bearer agent|a=b/);
    await server.close();
  });

  it("is over when its stream ends: waiting calls fail, later ones are told to begin anew", async () => {
    const server = await startSseUpstream();
    const upstream = await initialised(server.url);
    const waiting = await upstream.send(call(1, "slow", { ms: 60_000 }), CONTEXT);
    await expect.poll(() => server.executed).toContain("slow");
    server.drop();
    expect(await awaitAnswer(waiting)).toMatchObject({
      failure: { code: "closed", bytesSent: true },
    });
    await upstream.ended;
    expect(await upstream.send(request(2, "ping"), CONTEXT)).toMatchObject({
      failure: { code: "session_gone", bytesSent: false },
    });
    await server.close();
  });

  it("is over when its endpoint is not found any more", async () => {
    await using server = await scripted(endpoint, () => {}, 404);
    const upstream = connect(server.url);
    const reply = await upstream.send(request(1, "ping"), CONTEXT);
    expect(await awaitAnswer(reply)).toMatchObject({ failure: { code: "session_gone" } });
    await upstream.ended;
  });

  it("is closed on both sides when the agent ends it", async () => {
    const server = await startSseUpstream();
    const upstream = await initialised(server.url);
    expect(server.sessions()).toBe(1);
    await upstream.endSession();
    await expect.poll(server.sessions).toBe(0);
    await server.close();
  });
});

describe("the endpoint that a server names", () => {
  it.each([
    ["a path", () => "/messages?s=1"],
    ["a relative path", () => "messages?s=1"],
    ["a full URL on the same origin", (origin: string) => `${origin}/messages?s=1`],
  ])("may be %s", async (_, named) => {
    let origin = "";
    await using server = await startLocalServer(({ method, body }, response) => {
      if (method === "POST") return void response.writeHead(202).end(body);
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(`event: endpoint\ndata: ${named(origin)}\n\n`);
    });
    origin = server.url.origin;
    const upstream = connect(server.url);
    const ready = { jsonrpc: "2.0", method: "notifications/initialized" } as const;
    expect(await upstream.send(ready, CONTEXT)).toMatchObject({ kind: "accepted" });
    expect(server.seen.map(({ method }) => method)).toEqual(["GET", "POST"]);
  });

  it.each([
    ["on another port", (other: URL) => other.href],
    ["on another host without a scheme", (other: URL) => `//${other.host}/mcp`],
    ["on another scheme", (_: URL, own: URL) => `https://${own.host}/mcp`],
    ["in the cloud's metadata service", () => "http://169.254.169.254/latest/meta-data/"],
    ["with credentials", (_: URL, own: URL) => `http://user:pass@${own.host}/mcp`],
    ["that is a file", () => "file:///etc/passwd"],
    ["that runs code", () => "javascript:alert(1)"],
    ["that is no URL", () => "http://[broken"],
  ])(
    "%s is refused, and no message or credential goes there (bypass class 14)",
    async (_, named) => {
      await using other = await startLocalServer((_request, response) => void response.end());
      let own = other.url;
      await using server = await startLocalServer((_request, response) => {
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.write(`event: endpoint\ndata: ${named(other.url, own)}\n\n`);
      });
      own = server.url;
      const upstream = connect(server.url);
      expect(await upstream.started()).toMatchObject({
        code: expect.stringMatching(/^(blocked_address|protocol)$/),
        bytesSent: false,
      });
      expect(await upstream.send(request(1, "initialize"), CONTEXT)).toMatchObject({
        kind: "error",
        failure: { bytesSent: false },
      });
      expect(other.seen).toEqual([]);
      expect(server.seen.map(({ method }) => method)).toEqual(["GET"]);
    },
  );

  it("counts once: a later one is not followed", async () => {
    await using other = await startLocalServer((_request, response) => void response.end());
    await using server = await scripted(endpoint, ({ id }, stream) => {
      stream.write(`event: endpoint\ndata: ${other.url}\n\n`);
      stream.write(say({ jsonrpc: "2.0", id, result: {} }));
    });
    const upstream = connect(server.url);
    for (const id of [1, 2]) {
      const answer = await awaitAnswer(await upstream.send(request(id, "ping"), CONTEXT));
      expect(answer).toMatchObject({ kind: "answer", message: { id } });
    }
    expect(other.seen).toEqual([]);
  });

  it.each([
    ["comes after something else", say({ jsonrpc: "2.0", method: "x" }) + endpoint, "not_mcp"],
    ["has no name", "data: /messages\n\n", "not_mcp"],
  ])("that %s is none", async (_, first, code) => {
    await using server = await scripted(first);
    expect(await connect(server.url).started()).toMatchObject({ code, bytesSent: false });
  });

  it("is waited for, but not for ever", async () => {
    await using server = await scripted(": thinking\n\n");
    const upstream = connect(server.url, { openMilliseconds: 50 });
    expect(await upstream.started()).toMatchObject({ code: "timeout", bytesSent: false });
  });

  it.each([
    ["GET", (response: ServerResponse) => response.writeHead(302, { location: "/other" }).end()],
    ["GET", (response: ServerResponse) => response.writeHead(200).end("<html>")],
    ["GET", (response: ServerResponse) => response.writeHead(405).end()],
  ])("%s without an event stream leads nowhere", async (_, answer) => {
    await using server = await startLocalServer((_request, response) => void answer(response));
    expect(await connect(server.url).started()).toMatchObject({
      code: expect.stringMatching(/^(redirect|not_mcp)$/),
    });
  });

  it("is not left for another one by a redirect", async () => {
    await using other = await startLocalServer((_request, response) => void response.end());
    await using server = await startLocalServer(({ method }, response) => {
      if (method === "POST")
        return void response.writeHead(307, { location: other.url.href }).end();
      response.writeHead(200, { "content-type": "text/event-stream" }).write(endpoint);
    });
    const reply = await connect(server.url).send(request(1, "ping"), CONTEXT);
    expect(await awaitAnswer(reply)).toMatchObject({ failure: { code: "redirect" } });
    expect(other.seen).toEqual([]);
  });
});

describe("limits of an HTTP+SSE session", () => {
  it("a reader that falls behind pauses the server, and loses nothing", async () => {
    const events = 400;
    let written = 0;
    await using server = await scripted(endpoint, (_body, opened) => {
      const writeNext = (n: number) => {
        const params = { n, fill: "x".repeat(64 * 1024) };
        opened.write(say({ jsonrpc: "2.0", method: "notifications/message", params }), () => {
          written = n + 1;
          if (written < events) writeNext(written);
        });
      };
      writeNext(0);
    });
    const upstream = connect(server.url);
    const listening = await upstream.openStream(CONTEXT);
    if (listening.kind !== "stream") throw new Error("no stream");
    await upstream.send({ jsonrpc: "2.0", method: "notifications/initialized" }, CONTEXT);
    let seen = -1;
    const isStuck = () => {
      const stuck = written > 0 && written === seen;
      seen = written;
      return stuck;
    };
    await expect.poll(isStuck, { interval: 200, timeout: 5_000 }).toBe(true);
    // Beyond the buffers of two sockets and a queue, the 25 MB are still the server's.
    expect(written).toBeLessThan(events / 2);
    for (let n = 0; n < events; n += 1) {
      const { value } = await listening.events.next();
      expect(value).toMatchObject({ parsed: { message: { params: { n } } } });
    }
    expect(written).toBe(events);
  });

  it("an event beyond the limit ends the session", async () => {
    await using server = await scripted(endpoint, ({ id }, stream) => {
      stream.write(say({ jsonrpc: "2.0", id, result: { text: "x".repeat(5_000) } }));
    });
    const upstream = connect(server.url, { maxEventBytes: 1_000 });
    const reply = await upstream.send(request(1, "x"), CONTEXT);
    expect(await awaitAnswer(reply)).toMatchObject({ failure: { code: "too_large" } });
  });

  it("an event that is no message fails what waits, by the server's name", async () => {
    await using server = await scripted(endpoint, (_body, stream) => {
      stream.write('event: message\ndata: {"jsonrpc":"1.0"}\n\n');
    });
    const upstream = connect(server.url);
    const reply = await upstream.send(request(1, "x"), CONTEXT);
    expect(await awaitAnswer(reply)).toMatchObject({
      failure: { code: "protocol", message: expect.stringContaining(server.url.host) },
    });
  });

  it("silence ends a call, progress keeps it alive, and the total deadline ends it all the same", async () => {
    await using server = await scripted(endpoint, ({ id, method }, stream) => {
      if (method !== "busy") return;
      const params = { progressToken: id, progress: 1 };
      const tick = setInterval(() => {
        stream.write(say({ jsonrpc: "2.0", method: "notifications/progress", params }));
      }, 20);
      stream.once("close", () => clearInterval(tick));
    });
    const upstream = connect(server.url, { silentMilliseconds: 500, totalMilliseconds: 2_000 });
    const silent = await upstream.send(request(1, "silent"), CONTEXT);
    const busy = await upstream.send(request(2, "busy", { _meta: { progressToken: 2 } }), CONTEXT);
    let isBusy = true;
    const events = eventsOf(busy).finally(() => {
      isBusy = false;
    });
    expect((await eventsOf(silent)).at(-1)).toMatchObject({ failure: { code: "timeout" } });
    expect(isBusy).toBe(true);
    expect((await events).at(-1)).toMatchObject({ failure: { code: "timeout" } });
    await expect
      .poll(() => server.seen.filter(({ body }) => body.includes("notifications/cancelled")).length)
      .toBe(2);
  });

  it("a session that nobody uses is ended, but not under a listener", async () => {
    await using server = await scripted(endpoint);
    const upstream = connect(server.url, { idleMilliseconds: 80 });
    const gone = new AbortController();
    await upstream.openStream({ ...CONTEXT, signal: gone.signal });
    let over = false;
    void upstream.ended.then(() => {
      over = true;
    });
    const other = connect(server.url, { idleMilliseconds: 80 });
    await other.started();
    await other.ended;
    expect(over).toBe(false);
    gone.abort();
    await upstream.ended;
  });
});
