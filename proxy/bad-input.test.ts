// Bad input: an exact answer that says what to do, and nothing forwarded. The cases are those of
// the adversarial catalogue (json-parse, jsonrpc, http, auth-token); their ids stand in the titles.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { revokeAgent } from "#lib/agents/agents.ts";
import { newAgentToken } from "#lib/auth/tokens.ts";
import { makeAgent } from "#lib/testing/factories.ts";
import {
  callBody,
  type GatedServer,
  gateServer,
  initializeBody,
  listBody,
  openSession,
  post,
  startProxy,
  type TestProxy,
} from "./testing/harness.ts";
import { startUpstream, type TestUpstream } from "./testing/upstream.ts";

let upstream: TestUpstream;
let proxy: TestProxy;
let server: GatedServer;
let send: Awaited<ReturnType<typeof openSession>>;
let forwardedBefore: number;

beforeAll(async () => {
  upstream = await startUpstream({ json: true });
  proxy = await startProxy();
  server = await gateServer(proxy, upstream, { version: 1, default: "allow" });
  send = await openSession(server.url, server.agent.token);
});

beforeEach(() => {
  forwardedBefore = upstream.ledger.length;
});

afterAll(async () => {
  await proxy.close();
  await upstream.close();
});

/** Exactly this status and JSON-RPC error, and the server heard nothing. */
function expectRefusal(
  answer: { status: number; text: string },
  status: number,
  error: { code: number; message: unknown },
  id: unknown = null,
): void {
  expect([answer.status, JSON.parse(answer.text)]).toEqual([status, { jsonrpc: "2.0", id, error }]);
  expect(upstream.ledger.length).toBe(forwardedBefore);
}

const notJson = { code: -32700, message: "The body is not one complete JSON value." };
const call = (params: string) =>
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`;

describe("a body that is not one JSON-RPC message", () => {
  test.each<[string, string | Uint8Array<ArrayBuffer>, { code: number; message: unknown }]>([
    ["empty", "", notJson],
    ["text", "hello", notJson],
    ["cut off", '{"jsonrpc":"2.0","id":1', notJson],
    ["a trailing comma (ADV-016)", '{"jsonrpc":"2.0","id":1,}', notJson],
    ["unquoted keys (ADV-016)", "{jsonrpc:2}", notJson],
    ["a comment (ADV-016)", `${listBody}/*x*/`, notJson],
    ["two values (ADV-016)", `${listBody}${listBody}`, notJson],
    ["NaN (ADV-016)", call('{"name":"get","arguments":{"amount":NaN}}'), notJson],
    ["a leading zero (ADV-016)", call('{"name":"get","arguments":{"amount":01}}'), notJson],
    [
      "a byte order mark",
      `\ufeff${listBody}`,
      { code: -32700, message: "The body starts with a byte order mark." },
    ],
    [
      "invalid UTF-8 (ADV-013)",
      new Uint8Array(
        Buffer.from(`${call('{"name":"get","arguments":{"key":"aXYb"}}')}`).map((byte) =>
          byte === 0x58 ? 0xc0 : byte === 0x59 ? 0xaf : byte,
        ),
      ),
      { code: -32700, message: "The body is not valid UTF-8." },
    ],
    ["null", "null", { code: -32600, message: "A JSON-RPC message is a JSON object." }],
    ["a number", "42", { code: -32600, message: "A JSON-RPC message is a JSON object." }],
    ["a string", '"tools/call"', { code: -32600, message: "A JSON-RPC message is a JSON object." }],
    [
      "a batch of an allowed and a denied call (ADV-018)",
      `[${callBody("get")},${callBody("delete_all")}]`,
      { code: -32600, message: "Batches are not accepted: send one JSON-RPC message per request." },
    ],
    [
      "an empty batch (ADV-018)",
      "[]",
      { code: -32600, message: "Batches are not accepted: send one JSON-RPC message per request." },
    ],
    [
      "a duplicate key (ADV-001)",
      call('{"name":"get","name":"delete_all","arguments":{}}'),
      { code: -32600, message: 'The key "name" appears twice in one object.' },
    ],
    [
      "10,000 levels deep",
      call(`{"name":"get","arguments":{"a":${"[".repeat(10_000)}${"]".repeat(10_000)}}}`),
      { code: -32600, message: "The body nests deeper than 64 levels." },
    ],
    [
      "10,000 objects deep and cut off",
      '{"a":'.repeat(10_000),
      { code: -32600, message: "The body nests deeper than 64 levels." },
    ],
    [
      "300,000 keys (ADV-012)",
      call(
        `{"name":"get","arguments":{${Array.from({ length: 300_000 }, (_, at) => `"k${at}":0`).join()}}}`,
      ),
      { code: -32600, message: "The body holds more than 10000 values." },
    ],
    [
      "a key that changes prototypes (ADV-009)",
      call('{"name":"get","arguments":{"__proto__":{}}}'),
      { code: -32600, message: expect.stringContaining("__proto__") },
    ],
  ])("%s", async (_, body, error) => {
    expectRefusal(await send(body), 400, error);
  });
});

describe("a message that is not JSON-RPC as MCP uses it", () => {
  const version = { code: -32600, message: 'The member "jsonrpc" must be the string "2.0".' };
  const id = {
    code: -32600,
    message: 'The member "id" must be a string or an integer of at most 256 bytes, not null.',
  };
  const params = { code: -32602, message: 'The member "params" must be an object.' };
  const name = {
    code: -32602,
    message:
      'tools/call needs "params.name": a string of 1 to 256 characters without control characters.',
  };
  const args = { code: -32602, message: 'tools/call needs "params.arguments" to be an object.' };
  const mixed = { code: -32600, message: "A message is either a request or a response, not both." };
  const withId = (value: string) =>
    `{"jsonrpc":"2.0","id":${value},"method":"tools/call","params":{"name":"get"}}`;

  test.each<[string, string, { code: number; message: unknown }, unknown]>([
    ["version 1.0 (ADV-026)", '{"jsonrpc":"1.0","id":1,"method":"ping"}', version, 1],
    ["a number as version (ADV-026)", '{"jsonrpc":2.0,"id":1,"method":"ping"}', version, 1],
    ["no version (ADV-026)", '{"id":1,"method":"ping"}', version, 1],
    ["an id of null (ADV-024)", withId("null"), id, null],
    ["a fractional id (ADV-024)", withId("1.5"), id, null],
    ["an object as id (ADV-024)", withId("{}"), id, null],
    ["an array as id (ADV-024)", withId("[1]"), id, null],
    ["an id of 64 KB (ADV-024)", withId(`"${"x".repeat(65_536)}"`), id, null],
    [
      "a call without an id, as a notification (ADV-024)",
      '{"jsonrpc":"2.0","method":"tools/call","params":{"name":"get"}}',
      { code: -32600, message: '"tools/call" is a request and needs an "id".' },
      null,
    ],
    [
      "an empty method",
      '{"jsonrpc":"2.0","id":1,"method":""}',
      { code: -32600, message: expect.stringContaining('"method"') },
      1,
    ],
    [
      "a member of its own",
      '{"jsonrpc":"2.0","id":1,"method":"ping","admin":true}',
      { code: -32600, message: 'The member "admin" is not part of JSON-RPC 2.0.' },
      1,
    ],
    [
      "method and result at once (ADV-025)",
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","result":{},"params":{"name":"get"}}',
      mixed,
      1,
    ],
    [
      "a result that is no object (ADV-025)",
      '{"jsonrpc":"2.0","id":1,"result":"ok"}',
      { code: -32600, message: 'The member "result" must be an object.' },
      1,
    ],
    ["params as array (ADV-020)", call('["get"]'), params, 1],
    ["params as string (ADV-020)", call('"get"'), params, 1],
    ["params as number (ADV-020)", call("7"), params, 1],
    ["params as null (ADV-020)", call("null"), params, 1],
    ["no params (ADV-020)", '{"jsonrpc":"2.0","id":1,"method":"tools/call"}', name, 1],
    ["a number as tool name (ADV-020)", call('{"name":7}'), name, 1],
    ["an object as tool name (ADV-020)", call('{"name":{}}'), name, 1],
    ["null as tool name (ADV-020)", call('{"name":null}'), name, 1],
    ["an empty tool name (ADV-020)", call('{"name":""}'), name, 1],
    [
      "a line break in the tool name (ADV-017, ADV-040)",
      call('{"name":"get\\r\\nSet-Cookie: x=1"}'),
      name,
      1,
    ],
    ["arguments as array (ADV-020)", call('{"name":"get","arguments":["delete"]}'), args, 1],
    ["arguments as string (ADV-020)", call('{"name":"get","arguments":"delete"}'), args, 1],
    ["arguments as null (ADV-020)", call('{"name":"get","arguments":null}'), args, 1],
  ])("%s", async (_, body, error, answeredId) => {
    expectRefusal(await send(body), 400, error, answeredId);
  });
});

describe("a method that the gate does not know", () => {
  test.each([
    "tools/Call",
    "tools/call ",
    "tools//call",
    "TOOLS/CALL",
    "tool/call",
    "tasks/get",
    "sampling/createMessage",
    "roots/list",
    "elicitation/create",
    "experimental/x",
    "server/discover",
  ])("%j is answered as not found and not forwarded (ADV-021, ADV-022)", async (method) => {
    const params = { name: "get", arguments: {} };
    const answer = await send(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }));
    expectRefusal(answer, 200, { code: -32601, message: `Method not found: ${method}` }, 1);
  });

  test("a NUL behind the method is refused as text (ADV-021)", async () => {
    const answer = await send('{"jsonrpc":"2.0","id":1,"method":"tools/call\\u0000","params":{}}');
    expectRefusal(answer, 400, {
      code: -32600,
      message: "The body holds a NUL character in a string.",
    });
  });

  test("an unknown notification is accepted as MCP demands and goes no further", async () => {
    const answer = await send('{"jsonrpc":"2.0","method":"notifications/tools/call"}');
    expect([answer.status, answer.text]).toEqual([202, ""]);
    expect(upstream.ledger.length).toBe(forwardedBefore);
  });

  test("a call as a task is refused", async () => {
    const answer = await send(call('{"name":"get","task":{"ttl":1}}'));
    const message = "Task-augmented calls are not accepted; send the call without params.task.";
    expectRefusal(answer, 200, { code: -32602, message }, 1);
  });
});

describe("a token, session or revision that is not good", () => {
  const unauthenticated = {
    code: 401,
    message: expect.stringContaining("missing, malformed, expired or revoked"),
  };

  test.each<[string, () => Promise<string | null> | string | null]>([
    ["no token", () => null],
    ["a token of another product", () => "ghp_0123456789abcdefghijklmnopqrstuvwxyzABCD"],
    [
      "a token with one changed character",
      () => server.agent.token.replace(/.$/, (last) => (last === "0" ? "1" : "0")),
    ],
    ["a token cut short", () => server.agent.token.slice(0, -1)],
    ["a well-formed token nobody issued", () => newAgentToken().token],
    [
      "an expired token",
      async () =>
        (
          await makeAgent(server.context, {
            servers: [server.server],
            expiresAt: new Date(Date.now() - 1000),
          })
        ).token,
    ],
    [
      "a revoked token",
      async () => {
        const agent = await makeAgent(server.context, { servers: [server.server] });
        await revokeAgent(server.context, { agent: agent.name });
        return agent.token;
      },
    ],
  ])("%s: 401 with a challenge that names no login", async (_, token) => {
    const answer = await post(server.url, await token(), callBody("get"));
    expectRefusal(answer, 401, unauthenticated);
    expect(answer.headers.get("www-authenticate")).toBe(
      'Bearer realm="callgate", error="invalid_token"',
    );
  });

  test.each<[string, string, Record<string, string>]>([
    ["in the query", "?access_token=TOKEN", {}],
    ["in a cookie", "", { cookie: "token=TOKEN" }],
    ["in another header", "", { "x-api-key": "TOKEN" }],
    ["as the session", "", { "mcp-session-id": "TOKEN" }],
    ["with another scheme", "", { authorization: "Basic TOKEN" }],
    ["without a scheme", "", { authorization: "TOKEN" }],
    ["twice in one header", "", { authorization: "Bearer TOKEN, Bearer TOKEN" }],
  ])("a token %s is no token (ADV-117)", async (_, query, headers) => {
    const filled = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name,
        value.replaceAll("TOKEN", server.agent.token),
      ]),
    );
    const url = server.url + query.replace("TOKEN", server.agent.token);
    expectRefusal(await post(url, null, callBody("get"), filled), 401, unauthenticated);
  });

  test.each<[string, Record<string, string>]>([
    [
      "forged identity headers",
      {
        "x-middleware-subrequest": "1",
        "x-tenant-id": "t",
        "x-user-id": "u",
        "x-mcp-authorized": "true",
        "router-key": "secret-api-key",
        "mcp-init-host": "x",
      },
    ],
    ["a forged client address", { "x-forwarded-for": "127.0.0.1", forwarded: "for=127.0.0.1" }],
  ])("%s are worth nothing (ADV-042)", async (_, headers) => {
    expectRefusal(await post(server.url, null, callBody("get"), headers), 401, unauthenticated);
  });

  test.each([
    "0",
    "not-a-session",
    "../../x",
    "00000000-0000-0000-0000-000000000000",
    "' or 1=1 --",
  ])("the session id %j is not found", async (session) => {
    const answer = await send(callBody("get"), { "mcp-session-id": session });
    expectRefusal(answer, 404, { code: -32001, message: "Session not found" });
  });

  test.each(["2026-07-28", "2099-01-01", "latest", "1"])(
    "protocol revision %j is refused with those that work",
    async (revision) => {
      const message =
        "Unsupported protocol version (supported versions: 2024-11-05, 2025-03-26, 2025-06-18, 2025-11-25)";
      const answer = await send(callBody("get"), { "mcp-protocol-version": revision });
      expectRefusal(answer, 400, { code: -32000, message }, 1);
    },
  );
});

describe("an HTTP request that is not for the gate", () => {
  const fetchText = async (path: string, init: RequestInit) => {
    const answer = await fetch(proxy.origin + path, init);
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  const path = () => new URL(server.url).pathname;
  const json = { code: -32600, message: "Send Content-Type: application/json." };

  test.each<[string, Record<string, string>, number, { code: number; message: string }]>([
    ["text/plain, as a web form sends it (ADV-034)", { "content-type": "text/plain" }, 415, json],
    ["a form (ADV-034)", { "content-type": "multipart/form-data; boundary=x" }, 415, json],
    ["no content type (ADV-034)", { "content-type": "" }, 415, json],
    ["a type that only starts alike", { "content-type": "application/json-patch+json" }, 415, json],
    [
      "a gzip body (ADV-038)",
      { "content-encoding": "gzip" },
      415,
      { code: -32600, message: "Send the body without Content-Encoding." },
    ],
    [
      "two encodings (ADV-038)",
      { "content-encoding": "gzip, gzip" },
      415,
      { code: -32600, message: "Send the body without Content-Encoding." },
    ],
    [
      "a client that takes no JSON",
      { accept: "text/html" },
      406,
      { code: 406, message: "Accept must list both application/json and text/event-stream." },
    ],
    [
      "a client that takes no events",
      { accept: "application/json" },
      406,
      { code: 406, message: "Accept must list both application/json and text/event-stream." },
    ],
    [
      "a foreign web origin",
      { origin: "https://evil.test" },
      403,
      { code: 403, message: "Requests from this web origin are not accepted." },
    ],
    [
      "a web origin of null",
      { origin: "null" },
      403,
      { code: 403, message: "Requests from this web origin are not accepted." },
    ],
  ])("%s", async (_, headers, status, error) => {
    expectRefusal(await send(callBody("get"), headers), status, error);
  });

  test("our own web origin passes", async () => {
    const answer = await send(callBody("get", { key: "k" }), { origin: "http://dashboard.test" });
    expect(answer.text).toContain("get:k");
  });

  test.each(["PUT", "PATCH", "OPTIONS"])("%s is not a method of MCP (ADV-034)", async (method) => {
    const body = method === "OPTIONS" ? null : callBody("get");
    const answer = await fetchText(path(), {
      method,
      body,
      headers: { authorization: `Bearer ${server.agent.token}` },
    });
    expect([answer.status, answer.headers.get("allow"), answer.text]).toEqual([
      405,
      "POST, GET, DELETE",
      "",
    ]);
    expect(upstream.ledger.length).toBe(forwardedBefore);
  });

  test.each<[string, (own: string) => string]>([
    ["the root", () => "/"],
    ["another path", () => "/admin"],
    ["an org without a server", (own) => own.split("/").slice(0, 3).join("/")],
    ["one segment more", (own) => `${own}/tools`],
    ["an encoded slash (ADV-033)", (own) => own.replace(/\/([^/]*)$/, "%2f$1")],
    ["encoded dots (ADV-033)", (own) => `${own}/%2e%2e%2fother`],
    ["double slashes (ADV-033)", (own) => own.replaceAll("/", "//")],
    ["a path parameter (ADV-033)", (own) => `${own};x=/other`],
    ["upper case (ADV-033)", (own) => own.toUpperCase()],
    ["a trailing dot (ADV-033)", (own) => `${own}.`],
    ["a NUL (ADV-033)", (own) => `${own}%00`],
    ["an overlong slug (ADV-033)", (own) => `${own}${"a".repeat(100)}`],
  ])("%s is not found", async (_, pathOf) => {
    const answer = await post(proxy.origin + pathOf(path()), server.agent.token, initializeBody);
    expectRefusal(answer, 404, {
      code: 404,
      message: "Not found. Agents use /mcp/{org}/{server}.",
    });
  });

  test("a body of 5 MiB is refused unread", async () => {
    const body = call(`{"name":"get","arguments":{"key":"${"x".repeat(5 * 1024 * 1024)}"}}`);
    expectRefusal(await send(body), 413, {
      code: -32600,
      message: "The body is larger than the 4 MiB accepted.",
    });
  });
});

test("after all that the agent's next call works", async () => {
  expect((await send(callBody("get", { key: "still here" }))).text).toContain("get:still here");
});
