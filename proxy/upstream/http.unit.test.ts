import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { describe, expect, it, test } from "vitest";
import type { JsonRpcRequest } from "#proxy/json/json-rpc.ts";
import { type SeenRequest, startLocalServer } from "#proxy/testing/local-server.ts";
import { parseAllowedNetworks } from "./address-guard.ts";
import { createHttpUpstream, HTTP_UPSTREAM_DEFAULTS, type HttpUpstreamOptions } from "./http.ts";
import type { UpstreamContext, UpstreamEvent, UpstreamReply } from "./types.ts";

const CALL: JsonRpcRequest = {
  jsonrpc: "2.0",
  id: 7,
  method: "tools/call",
  params: { name: "get" },
};
const RESULT = '{"jsonrpc":"2.0","id":7,"result":{"n":12345678901234567890}}';
const NO_SESSION: UpstreamContext = { sessionId: null, protocolVersion: null };
const IN_SESSION: UpstreamContext = { sessionId: "s1", protocolVersion: "2025-11-25" };

async function reach(
  answer: (request: SeenRequest, response: ServerResponse) => void,
  options: Partial<HttpUpstreamOptions> = {},
) {
  const server = await startLocalServer(answer);
  const allowed = parseAllowedNetworks(["127.0.0.0/8"]);
  const upstream = createHttpUpstream(server.url, {
    ...HTTP_UPSTREAM_DEFAULTS,
    headers: {},
    allowed,
    ...options,
  });
  return {
    server,
    upstream,
    async [Symbol.asyncDispose]() {
      await upstream.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

const json =
  (text: string, status = 200) =>
  (_request: SeenRequest, response: ServerResponse) => {
    response.writeHead(status, { "content-type": "application/json" }).end(text);
  };
const events = (text: string) => (_request: SeenRequest, response: ServerResponse) => {
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" }).end(text);
};

async function readStream(reply: UpstreamReply): Promise<UpstreamEvent[]> {
  if (reply.kind !== "stream") throw new Error(`expected a stream, got ${JSON.stringify(reply)}`);
  const events: UpstreamEvent[] = [];
  for await (const event of reply.events) events.push(event);
  return events;
}

describe("streamable HTTP upstream", () => {
  it("sends exactly the protocol's headers, the stored ones and nothing of the agent's own", async () => {
    await using to = await reach(json(RESULT), {
      headers: { Authorization: "Bearer upstream-secret" },
    });
    await to.upstream.send(CALL, {
      ...IN_SESSION,
      agentHeaders: {
        authorization: "Bearer agent-secret",
        cookie: "a=b",
        origin: "https://evil.example",
        host: "evil.example",
        "x-forwarded-for": "1.2.3.4",
        "mcp-session-id": "agent-session",
        "accept-encoding": "gzip",
        traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "mcp-param-region": "eu",
      },
    });
    const [request] = to.server.seen;
    expect(request?.headers).toEqual({
      host: to.server.url.host,
      connection: "keep-alive",
      accept: "application/json, text/event-stream",
      "accept-encoding": "identity",
      authorization: "Bearer upstream-secret",
      "content-length": String(JSON.stringify(CALL).length),
      "content-type": "application/json",
      "mcp-param-region": "eu",
      "mcp-protocol-version": "2025-11-25",
      "mcp-session-id": "s1",
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      "user-agent": "callgate",
    });
    expect(request?.body).toBe(JSON.stringify(CALL));
  });

  it("hands on the answer's own bytes and its session id, and no other header", async () => {
    await using to = await reach((_request, response) => {
      response.setHeader("set-cookie", "sid=1");
      response.setHeader("mcp-session-id", "fresh");
      json(RESULT)(_request, response);
    });
    const reply = await to.upstream.send(CALL, NO_SESSION);
    expect(reply).toMatchObject({ kind: "json", status: 200, sessionId: "fresh" });
    expect(reply.kind === "json" && reply.bytes.toString()).toBe(RESULT);
    expect(JSON.stringify(reply)).not.toContain("sid=1");
  });

  it("keeps connections open between calls", async () => {
    await using to = await reach(json(RESULT));
    for (let turn = 0; turn < 20; turn++) await to.upstream.send(CALL, NO_SESSION);
    // The next call can start in the instant before a socket is back in the pool.
    expect(to.server.connections()).toBeLessThanOrEqual(2);
  });

  it("delivers the events of a call until its answer, and reuses the connection", async () => {
    const progress =
      '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1}}';
    const foreign = '{"jsonrpc":"2.0","id":8,"result":{}}';
    await using to = await reach(
      events(
        `id: a\nretry: 2000\ndata:\n\ndata: ${progress}\n\ndata: ${foreign}\n\nid: b\ndata: ${RESULT}\n\ndata: x\n\n`,
      ),
    );
    for (let turn = 0; turn < 10; turn++) {
      const seen = await readStream(await to.upstream.send(CALL, IN_SESSION));
      expect(seen).toMatchObject([
        { kind: "priming", id: "a", retryMilliseconds: 2000 },
        { kind: "message", parsed: { kind: "notification" }, data: progress },
        { kind: "message", parsed: { kind: "response" }, data: RESULT, id: "b" },
      ]);
    }
    // The next call can start in the instant before a socket is back in the pool.
    expect(to.server.connections()).toBeLessThanOrEqual(2);
  });

  it("says that a stream ended early, unless it can be resumed", async () => {
    const progress = 'data: {"jsonrpc":"2.0","method":"notifications/progress","params":{}}\n\n';
    await using cut = await reach(events(progress));
    const seen = await readStream(await cut.upstream.send(CALL, IN_SESSION));
    expect(seen.at(-1)).toMatchObject({
      kind: "failed",
      failure: { code: "closed", bytesSent: true },
    });
    await using resumable = await reach(events(`id: 1\n${progress}`));
    expect(await readStream(await resumable.upstream.send(CALL, IN_SESSION))).toHaveLength(1);
  });

  it("resumes a stream by GET and ends a session by DELETE", async () => {
    await using to = await reach((request, response) => {
      if (request.method === "GET") events(`id: 2\ndata: ${RESULT}\n\n`)(request, response);
      else response.writeHead(405).end();
    });
    const seen = await readStream(
      await to.upstream.openStream({ ...IN_SESSION, lastEventId: "1" }),
    );
    expect(seen).toMatchObject([{ kind: "message", id: "2" }]);
    await to.upstream.endSession(IN_SESSION);
    const [get, end] = to.server.seen;
    expect(get?.headers).toMatchObject({
      accept: "text/event-stream",
      "last-event-id": "1",
      "mcp-session-id": "s1",
    });
    expect(end).toMatchObject({ method: "DELETE", headers: { "mcp-session-id": "s1" } });
  });

  it("accepts notifications whatever 2xx they are answered with", async () => {
    for (const status of [200, 202, 204]) {
      await using to = await reach((_request, response) => response.writeHead(status).end());
      const message = { jsonrpc: "2.0", method: "notifications/initialized" } as const;
      expect(await to.upstream.send(message, IN_SESSION)).toEqual({
        kind: "accepted",
        sessionId: null,
      });
    }
  });

  test.each<[string, (request: SeenRequest, response: ServerResponse) => void, object]>([
    [
      "ADV-144 a stack trace",
      (_q, r) => r.writeHead(500, { "content-type": "text/html" }).end("<pre>at /srv/app.js</pre>"),
      { code: "http_status", status: 500 },
    ],
    [
      "ADV-144 busy",
      (_q, r) => r.writeHead(503, { "retry-after": "7" }).end(),
      { code: "http_status", retryAfterSeconds: 7 },
    ],
    [
      "ADV-144 a limit",
      (_q, r) => r.writeHead(429, { "retry-after": "tomorrow" }).end(),
      { code: "http_status", status: 429 },
    ],
    [
      "ADV-144 a challenge",
      (_q, r) =>
        r
          .writeHead(401, {
            "www-authenticate": 'Bearer resource_metadata="http://169.254.169.254/"',
          })
          .end(),
      { code: "unauthorized", status: 401 },
    ],
    [
      "ADV-144 forbidden",
      json('{"jsonrpc":"2.0","id":7,"error":{"code":1,"message":"no"}}', 403),
      { code: "unauthorized", status: 403 },
    ],
    ["ADV-144 an empty answer", (_q, r) => r.writeHead(204).end(), { code: "protocol" }],
    [
      "a redirect",
      (_q, r) => r.writeHead(307, { location: "http://169.254.169.254/latest?x=1" }).end(),
      { code: "redirect", status: 307 },
    ],
    ["ADV-145 truncated JSON", json(RESULT.slice(0, -3)), { code: "protocol" }],
    ["ADV-145 another id", json(RESULT.replace("7", "8")), { code: "protocol" }],
    ["ADV-145 no id", json('{"jsonrpc":"2.0","result":{}}'), { code: "protocol" }],
    [
      "ADV-145 result and error",
      json('{"jsonrpc":"2.0","id":7,"result":{},"error":{"code":1,"message":""}}'),
      { code: "protocol" },
    ],
    ["ADV-145 a null result", json('{"jsonrpc":"2.0","id":7,"result":null}'), { code: "protocol" }],
    ["ADV-145 an array", json(`[${RESULT}]`), { code: "protocol" }],
    [
      "ADV-145 a duplicate key",
      json('{"jsonrpc":"2.0","id":7,"id":7,"result":{}}'),
      { code: "protocol" },
    ],
    [
      "ADV-145 a depth bomb",
      json(`{"jsonrpc":"2.0","id":7,"result":${"[".repeat(5_000)}${"]".repeat(5_000)}}`),
      { code: "protocol" },
    ],
    [
      "ADV-145 an overflow",
      json('{"jsonrpc":"2.0","id":7,"result":{"n":1e400}}'),
      { code: "protocol" },
    ],
    [
      "ADV-146 a large answer",
      json(`{"jsonrpc":"2.0","id":7,"result":{"t":"${"x".repeat(2_000_000)}"}}`),
      { code: "too_large" },
    ],
    [
      "ADV-146 a compressed one",
      (_q, r) =>
        r
          .writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" })
          .end(gzipSync(RESULT)),
      { code: "protocol" },
    ],
    [
      "ADV-149 a web page",
      (_q, r) => r.writeHead(200, { "content-type": "text/html" }).end("<script>"),
      { code: "not_mcp" },
    ],
    [
      "ADV-149 another charset",
      (_q, r) =>
        r.writeHead(200, { "content-type": "application/json; charset=utf-7" }).end(RESULT),
      { code: "not_mcp" },
    ],
    ["ADV-149 no content type", (_q, r) => r.writeHead(200).end(RESULT), { code: "not_mcp" }],
    ["ADV-149 events called JSON", json(`data: ${RESULT}\n\n`), { code: "protocol" }],
    ["a reset", (_q, r) => r.destroy(), { code: "closed" }],
  ])("%s is one failure and shows nothing of the answer", async (_name, answer, expected) => {
    await using to = await reach(answer, { maxAnswerBytes: 1_000_000 });
    const reply = await to.upstream.send(CALL, NO_SESSION);
    expect(reply).toMatchObject({ kind: "error", failure: { bytesSent: true, ...expected } });
    expect(JSON.stringify(reply)).not.toMatch(/app\.js|resource_metadata|script|x=1/);
    expect(to.server.seen).toHaveLength(1);
  });

  it("lets a JSON-RPC error pass with its status", async () => {
    const text = '{"jsonrpc":"2.0","id":7,"error":{"code":-32602,"message":"Unknown tool: get"}}';
    await using to = await reach(json(text, 400));
    expect(await to.upstream.send(CALL, NO_SESSION)).toMatchObject({
      kind: "json",
      status: 400,
      message: JSON.parse(text),
    });
  });

  it("recognises that a session is gone, in both ways servers say it", async () => {
    const text =
      '{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"Bad Request: No valid session ID"}}';
    for (const [status, body] of [
      [404, "{}"],
      [400, text],
    ] as const) {
      await using to = await reach(json(body, status));
      expect(await to.upstream.send(CALL, IN_SESSION)).toMatchObject({
        failure: { code: "session_gone" },
      });
    }
  });

  it("ADV-148: a slow body ends at the total deadline, a silent one at the idle deadline", async () => {
    await using drip = await reach(
      (_request, response) => {
        response.writeHead(200, { "content-type": "application/json" });
        const timer = setInterval(() => response.write(" "), 20);
        response.on("close", () => clearInterval(timer));
      },
      { idleMilliseconds: 5_000 },
    );
    const slow = await drip.upstream.send(CALL, { ...NO_SESSION, totalMilliseconds: 300 });
    expect(slow).toMatchObject({ failure: { code: "timeout", bytesSent: true } });
    await using silent = await reach(
      (_request, response) =>
        response.writeHead(200, { "content-type": "application/json" }).write("{"),
      { idleMilliseconds: 100 },
    );
    expect(await silent.upstream.send(CALL, NO_SESSION)).toMatchObject({
      failure: { code: "timeout" },
    });
  });

  it("gives up when the caller does, and says whether anything was sent", async () => {
    const gone = new AbortController();
    await using to = await reach(() => gone.abort());
    const reply = await to.upstream.send(CALL, { ...NO_SESSION, signal: gone.signal });
    expect(reply).toMatchObject({ failure: { code: "cancelled", bytesSent: true } });
    const late = await to.upstream.send(CALL, { ...NO_SESSION, signal: gone.signal });
    expect(late).toMatchObject({ failure: { code: "cancelled", bytesSent: false } });
    expect(to.server.seen).toHaveLength(1);
  });

  it("says that nothing was sent when nobody listens", async () => {
    const to = await reach(json(RESULT));
    await to.server[Symbol.asyncDispose]();
    expect(await to.upstream.send(CALL, NO_SESSION)).toMatchObject({
      failure: { code: "refused", bytesSent: false },
    });
    await to.upstream.close();
  });

  it("stops an event stream that carries something else than messages", async () => {
    for (const data of ["hello", '{"jsonrpc":"2.0","id":7,"id":7,"result":{}}', "[]"]) {
      await using to = await reach(events(`data: ${data}\n\ndata: ${RESULT}\n\n`));
      const seen = await readStream(await to.upstream.send(CALL, IN_SESSION));
      expect(seen).toMatchObject([{ kind: "failed", failure: { code: "protocol" } }]);
    }
  });

  it.each([
    "Host",
    "Content-Length",
    "Transfer-Encoding",
    "Mcp-Session-Id",
    "Accept",
    "X-Forwarded-For",
    "bad name",
  ])("refuses a stored header %s", async (name) => {
    await expect(reach(json(RESULT), { headers: { [name]: "x" } })).rejects.toThrow(
      "cannot be set",
    );
  });

  it("does not repeat a header value it refuses", async () => {
    await expect(
      reach(json(RESULT), { headers: { authorization: "secret\r\nx: y" } }),
    ).rejects.toThrow(/^(?!.*secret)/);
  });
});
