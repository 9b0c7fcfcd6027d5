// A server setting takes sampling, elicitation and roots of its agents away from a server.
import { afterAll, beforeAll, expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { getServer, updateServer } from "#lib/servers/servers.ts";
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

let upstream: ScriptedServer;
let proxy: TestProxy;
let server: GatedServer;

beforeAll(async () => {
  upstream = await startScriptedServer();
  proxy = await startProxy();
  server = await gateServer(proxy, upstream, { version: 1, default: "allow" });
});

afterAll(async () => {
  await proxy.close();
  await upstream[Symbol.asyncDispose]();
});

const strip = (strippedCapabilities: string[]) =>
  updateServer(server.context, { server: server.server.slug, strippedCapabilities });

const capabilities = {
  sampling: { tools: {} },
  elicitation: { form: {}, url: {} },
  roots: { listChanged: true },
  experimental: { own: {} },
  tasks: { list: {}, requests: { sampling: { createMessage: {} }, elicitation: { create: {} } } },
};

async function offered() {
  await post(
    server.url,
    server.agent.token,
    JSON.stringify({
      jsonrpc: "2.0",
      id: 0,
      method: "initialize",
      params: { protocolVersion: "2025-11-25", capabilities, clientInfo: { name: "c" } },
    }),
  );
  const last = upstream.received.findLast(({ method }) => method === "initialize");
  return (last as { params: { capabilities: unknown } }).params.capabilities;
}

test("the setting is kept, on the audit record, and shown again", async () => {
  await strip(["roots", "sampling"]);
  const detail = await getServer(server.context, { server: server.server.slug });
  expect(detail.strippedCapabilities).toEqual(["sampling", "roots"]);
  const [event] = await database().auditEvent.findMany({
    where: { orgId: server.context.org.id, action: "server.update" },
    orderBy: { id: "desc" },
  });
  expect(event?.detail).toEqual({ strippedCapabilities: ["roots", "sampling"] });
  await expect(strip(["tools"])).rejects.toThrow();
  await expect(strip(["roots", "roots"])).rejects.toThrow();
});

test("a server is not told of what it may not use, and of everything else", async () => {
  await strip([]);
  expect(await offered()).toEqual(capabilities);
  await strip(["sampling", "roots"]);
  expect(await offered()).toEqual({
    elicitation: { form: {}, url: {} },
    experimental: { own: {} },
    tasks: { list: {}, requests: { elicitation: { create: {} } } },
  });
});

test.each([
  ["sampling", "sampling/createMessage"],
  ["elicitation", "elicitation/create"],
  ["roots", "roots/list"],
])(
  "one that asks for %s all the same gets an error, on streams that were open before too (row 13)",
  async (capability, method) => {
    await strip([]);
    const { session } = await openSession(server.url, server.agent.token);
    const stream = await openEvents(server.url, server.agent.token, session);
    await upstream.push({ jsonrpc: "2.0", id: "q1", method, params: {} });
    expect(await stream.message()).toMatchObject({ method });
    await strip([capability]);
    await upstream.push({ jsonrpc: "2.0", id: "q2", method, params: {} });
    await expect
      .poll(() => upstream.received.at(-1))
      .toEqual({
        jsonrpc: "2.0",
        id: "q2",
        error: { code: -32601, message: `The agent's ${capability} is not open to this server.` },
      });
    await upstream.push({ jsonrpc: "2.0", id: 1, method: "ping" });
    expect(await stream.message()).toMatchObject({ method: "ping" });
    stream.close();
  },
);

test("without elicitation, a call cannot ask for it by an error either, nor with a link to anything but https", async () => {
  const demand = (url: string) =>
    upstream.scripts.set("tools/call", () => ({
      error: {
        code: -32042,
        message: "Sign in",
        data: { elicitations: [{ mode: "url", url, elicitationId: "e", message: "Sign in" }] },
      },
    }));
  const send = await openSession(server.url, server.agent.token);
  const call = async () =>
    JSON.parse(
      (await send('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get"}}')).text,
    );
  await strip([]);
  demand("https://login.example.test/");
  expect((await call()).error.code).toBe(-32042);
  demand("file:///etc/passwd");
  const refused = await call();
  expect(refused.result.content[0].text).toContain("its answer is not valid MCP");
  expect(JSON.stringify(refused)).not.toContain("passwd");
  await strip(["elicitation"]);
  demand("https://login.example.test/");
  expect((await call()).result.isError).toBe(true);
});

test("without roots, the server hears nothing of the agent's either", async () => {
  const send = await openSession(server.url, server.agent.token);
  const notice = '{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}';
  const heard = () =>
    upstream.received.filter(({ method }) => method === "notifications/roots/list_changed").length;
  await strip([]);
  expect((await send(notice)).status).toBe(202);
  expect(heard()).toBe(1);
  await strip(["roots"]);
  expect((await send(notice)).status).toBe(202);
  expect(heard()).toBe(1);
});
