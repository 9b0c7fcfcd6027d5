// A modern agent's call that waits at a legacy server lives in one proxy; its agent may reach another.
import { generateKeyPairSync } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { gateFixture } from "#proxy/testing/gate-fixture.ts";
import { type GatedServer, startProxy, type TestProxy } from "#proxy/testing/harness.ts";
import { askModern } from "#proxy/testing/modern.ts";
import { type ScriptedServer, startScriptedServer } from "#proxy/testing/scripted-server.ts";
import { relayedHeader } from "./peers.ts";

let holder: TestProxy;
let other: TestProxy;
let upstream: ScriptedServer;
let gated: GatedServer;
/** The call's stream, once the server has asked its question on it. */
let waiting: ServerResponse | undefined;

beforeAll(async () => {
  const openingKey = { id: "test", privateKey: generateKeyPairSync("x25519").privateKey };
  [holder, other] = await Promise.all([startProxy({ openingKey }), startProxy({ openingKey })]);
});

afterAll(() => Promise.all([holder.close(), other.close()]));

beforeEach(async () => {
  upstream = await startScriptedServer();
  upstream.scripts.set("tools/call", (_message, response) => {
    waiting = response.writeHead(200, { "content-type": "text/event-stream" });
    waiting.write(`data: ${JSON.stringify(question)}\n\n`);
    return undefined;
  });
  gated = await gateFixture(holder, upstream, { version: 1, default: "allow" });
});

afterEach(() => upstream[Symbol.asyncDispose]());

const question = {
  jsonrpc: "2.0",
  id: "q",
  method: "elicitation/create",
  params: { message: "Sure?", requestedSchema: { type: "object", properties: {} } },
};
const inputResponses = { question: { action: "accept", content: {} } };
const capabilities = { elicitation: {} };
const result = { content: [{ type: "text", text: "went on" }] };
const answersOf = ({ received }: ScriptedServer) =>
  received.filter(({ id, method }) => id === "q" && method === undefined);

/** A call that waits in `holder`. */
async function ask(name = "get", url = gated.url) {
  const params = { name, arguments: { key: "k" } };
  const asked = await askModern({ ...gated, url }, "tools/call", params, { capabilities });
  expect(asked.body.result?.resultType).toBe("input_required");
  return { ...params, requestState: String(asked.body.result?.requestState), inputResponses };
}

function through(proxy: TestProxy, url = gated.url): { url: string; agent: { token: string } } {
  return { ...gated, url: `${proxy.origin}${new URL(url).pathname}` };
}

async function finish(): Promise<void> {
  await expect.poll(() => answersOf(upstream).length).toBe(1);
  const call = upstream.received.find(({ method }) => method === "tools/call");
  waiting?.end(`data: ${JSON.stringify({ jsonrpc: "2.0", id: call?.id, result })}\n\n`);
}

describe("a call that waits for its agent's answer", () => {
  test("goes on when the answer comes to another proxy, once", async () => {
    const params = await ask();
    const again = askModern(through(other), "tools/call", params, { capabilities });
    await finish();
    expect((await again).body.result?.content).toEqual(result.content);
    const twice = await askModern(through(other), "tools/call", params, { capabilities });
    expect(twice.body.error?.message).toContain("no longer waits");
    expect(answersOf(upstream)).toHaveLength(1);
  });

  test("goes on at the address of all servers as well", async () => {
    const all = gated.url.slice(0, gated.url.lastIndexOf("/"));
    const params = await ask(`${gated.server.slug}__get`, all);
    const again = askModern(through(other, all), "tools/call", params, { capabilities });
    await finish();
    expect((await again).body.result?.content).toEqual(result.content);
  });

  test("is over when its proxy is gone: the agent is told to start it again", async () => {
    const params = await ask();
    const { id } = await database().proxyInstance.update({
      where: { id: holder.instanceId },
      data: { heartbeatAt: new Date(0) },
    });
    const lost = await askModern(through(other), "tools/call", params, { capabilities });
    await database().proxyInstance.update({ where: { id }, data: { heartbeatAt: new Date() } });
    expect([lost.status, lost.body.error]).toEqual([
      200,
      { code: -32602, message: expect.stringContaining("Start it again without requestState") },
    ]);
    expect(answersOf(upstream)).toEqual([]);
    const { requestState: _state, inputResponses: _answers, ...anew } = params;
    const asked = await askModern(through(other), "tools/call", anew, { capabilities });
    expect(asked.body.result?.resultType).toBe("input_required");
  });

  test("whose proxy dies over the answer may have been performed, and the agent is told so", async () => {
    const params = await ask();
    const peer = createServer((request) => request.socket.destroy());
    await new Promise<void>((done) => peer.listen(0, "127.0.0.1", done));
    const { port } = peer.address() as AddressInfo;
    const where = { id: holder.instanceId };
    await database().proxyInstance.update({
      where,
      data: { address: `http://127.0.0.1:${port}` },
    });
    const lost = await askModern(through(other), "tools/call", params, { capabilities });
    await database().proxyInstance.update({ where, data: { address: holder.origin } });
    expect([lost.status, lost.body.error?.message]).toEqual([
      502,
      expect.stringContaining("may or may not have been performed"),
    ]);
    peer.close();
  });

  test("is not found by naming another proxy, and is never passed to and fro", async () => {
    const { requestState, ...params } = await ask();
    const sealed = requestState.slice(requestState.indexOf("."));
    for (const [state, headers] of [
      [`${other.instanceId}${sealed}`, {}],
      [requestState, { [relayedHeader]: "somebody" }],
    ] as const) {
      const told = { ...params, requestState: state };
      const lost = await askModern(through(other), "tools/call", told, { capabilities, headers });
      expect(lost.body.error?.message).toContain("no longer waits");
    }
    expect(answersOf(upstream)).toEqual([]);
  });
});
