// A legacy agent at a modern server is told what the server has, and of nothing that is not there.
import { afterAll, beforeAll, expect, test } from "vitest";
import { modernRevision } from "#proxy/receive/era.ts";
import { gateFixture } from "#proxy/testing/gate-fixture.ts";
import { callBody, openSession, startProxy, type TestProxy } from "#proxy/testing/harness.ts";
import { startLocalServer } from "#proxy/testing/local-server.ts";

const allow = { version: 1, default: "allow" };
let proxy: TestProxy;

beforeAll(async () => {
  proxy = await startProxy();
});

afterAll(() => proxy.close());

/** A modern server with these capabilities that cannot ascribe a call of its tool to a request. */
function startBare(capabilities: object) {
  return startLocalServer(({ body }, response) => {
    const { id, method } = JSON.parse(body);
    const results: Record<string, object> = {
      "server/discover": { supportedVersions: [modernRevision], capabilities },
      "tools/list": { tools: [{ name: "get", inputSchema: { type: "object" } }] },
    };
    const result = results[method];
    const error = { code: -32600, message: "Invalid request" };
    response.writeHead(result ? 200 : 400, { "content-type": "application/json" });
    const answer = result
      ? { id, result: { resultType: "complete", ...result } }
      : { id: null, error };
    response.end(JSON.stringify({ jsonrpc: "2.0", ...answer }));
  });
}

async function openAt(url: URL) {
  const server = await gateFixture(proxy, { url: url.href }, allow);
  const send = await openSession(server.url, server.agent.token);
  return async (method: string, params: object) =>
    JSON.parse((await send(JSON.stringify({ jsonrpc: "2.0", id: 5, method, params }))).text);
}

test.each([
  ["resources/subscribe", { uri: "docs://a" }],
  ["resources/unsubscribe", { uri: "docs://a" }],
  ["logging/setLevel", { level: "info" }],
])("%s is an unknown method where the server does not declare it", async (method, params) => {
  await using server = await startBare({ tools: {}, resources: {} });
  const ask = await openAt(server.url);
  expect(await ask(method, params)).toMatchObject({ id: 5, error: { code: -32601 } });
});

test("a session watches as many resources as it is told that it does, and no more in silence", async () => {
  await using server = await startBare({ tools: {}, resources: { subscribe: true }, logging: {} });
  const ask = await openAt(server.url);
  expect(await ask("logging/setLevel", { level: "info" })).toMatchObject({ result: {} });
  for (let at = 0; at < 256; at += 1) {
    expect(await ask("resources/subscribe", { uri: `docs://${at}` })).toMatchObject({ result: {} });
  }
  const refused = await ask("resources/subscribe", { uri: "docs://one-more" });
  expect(refused.error.message).toContain("at most 256 resources");
  expect(await ask("resources/subscribe", { uri: "docs://0" })).toMatchObject({ result: {} });
  expect(await ask("resources/unsubscribe", { uri: "docs://0" })).toMatchObject({ result: {} });
  expect(await ask("resources/subscribe", { uri: "docs://x" })).toMatchObject({ result: {} });
});

test("an error without an id answers the request that it was given for", async () => {
  await using server = await startBare({ tools: {} });
  const { url, agent } = await gateFixture(proxy, { url: server.url.href }, allow);
  const send = await openSession(url, agent.token);
  const { status, text } = await send(callBody("get", {}, 5));
  expect([status, JSON.parse(text)]).toEqual([
    200,
    { jsonrpc: "2.0", id: 5, error: { code: -32600, message: "Invalid request" } },
  ]);
});
