// Rules that reach for more than their author meant.
import { afterAll, beforeAll, expect, test } from "vitest";
import { storeDiscovery } from "#lib/tools/store.ts";
import {
  callBody,
  gateServer,
  listBody,
  openSession,
  startProxy,
  type TestProxy,
} from "#proxy/testing/harness.ts";
import { startUpstream, type TestUpstream } from "#proxy/testing/upstream.ts";

let upstream: TestUpstream;
let proxy: TestProxy;

beforeAll(async () => {
  upstream = await startUpstream({ json: true, extra: ["get_and_delete"] });
  proxy = await startProxy();
});

afterAll(async () => {
  await proxy.close();
  await upstream.close();
});

test.each(["__proto__.x", "constructor.name", "toString", "a.constructor.prototype"])(
  "a stored condition on %s finds nothing of the process, so its denial applies (ADV-010)",
  async (path) => {
    const server = await gateServer(proxy, upstream, {
      version: 1,
      default: "deny",
      tools: {
        get: [
          { action: "allow" },
          { when: [{ path, op: "eq", value: "never" }], action: "deny", reason: "By path." },
        ],
      },
    });
    const send = await openSession(server.url, server.agent.token);
    const before = upstream.executed.length;
    const { text } = await send(callBody("get", { a: {} }));
    expect(text).toContain("Blocked by policy");
    expect(upstream.executed.length).toBe(before);
  },
);

test("a wildcard does not reach a tool that the server adds later: nobody has seen it (ADV-058)", async () => {
  const definitions = await upstream.definitions();
  const known = definitions.filter((tool) => (tool as { name: string }).name === "get");
  const server = await gateServer(
    proxy,
    { url: upstream.url, definitions: async () => known },
    { version: 1, default: "allow", tools: { "get*": { action: "allow" } } },
  );
  const of = { orgId: server.context.org.id, serverId: server.server.id };
  await storeDiscovery(of, {
    tools: definitions,
    protocolRevision: "2025-11-25",
    serverInfo: {},
  });
  const send = await openSession(server.url, server.agent.token);
  const { result } = JSON.parse((await send(listBody)).text);
  expect(result.tools.map(({ name }: { name: string }) => name)).toEqual(["get"]);
  const before = upstream.executed.length;
  expect((await send(callBody("get_and_delete"))).text).toContain("Unknown tool: get_and_delete");
  expect(upstream.executed.length).toBe(before);
});
