// Modern agents at servers that are a program or an event stream: a connection for each agent.
import { afterAll, beforeAll, expect, test } from "vitest";
import { recordTransport } from "#lib/servers/transport.ts";
import { makeAgent } from "#lib/testing/factories.ts";
import { openV2 } from "#proxy/testing/agents.ts";
import { gateConnector, programs } from "#proxy/testing/connector.ts";
import { gateServer, startProxy, type TestProxy } from "#proxy/testing/harness.ts";
import { askModern } from "#proxy/testing/modern.ts";
import { startSseUpstream } from "#proxy/testing/sse-upstream.ts";

let proxy: TestProxy;

beforeAll(async () => {
  proxy = await startProxy();
});

afterAll(() => proxy.close());

test("a program runs once for each agent, whatever comes at the same time", async () => {
  const gated = await gateConnector(proxy);
  const before = programs().length;
  const call = (server: Pick<typeof gated, "url" | "agent">, message: string) =>
    askModern({ ...server }, "tools/call", { name: "echo", arguments: { message } });
  const answers = await Promise.all(["a", "b", "c"].map((message) => call(gated, message)));
  expect(answers.map(({ body }) => body.result?.content)).toEqual(
    ["a", "b", "c"].map((message) => [{ type: "text", text: `Echo: ${message}` }]),
  );
  expect(programs().length).toBe(before + 1);
  const other = await makeAgent(gated.context, { servers: [gated.server] });
  await call({ ...gated, agent: other }, "d");
  expect(programs().length).toBe(before + 2);
  const { body } = await askModern(gated, "tools/list");
  expect(body.result).toMatchObject({ resultType: "complete", ttlMs: 0, cacheScope: "private" });
  const limited = () =>
    askModern(gated, "tools/call", { name: "get-sum", arguments: { a: 2, b: 3 } });
  await limited();
  await limited();
  expect(JSON.stringify((await limited()).body.result)).toContain("Rate limit reached");
});

test("an HTTP+SSE server answers a modern agent, and asks its model by way of it", async () => {
  const upstream = await startSseUpstream();
  const gated = await gateServer(proxy, upstream, { version: 1, default: "allow" });
  await recordTransport(gated.context.org.id, gated.server.id, "sse", ["2024-11-05"]);
  const client = await openV2(
    gated.url,
    gated.agent.token,
    { pin: "2026-07-28" },
    { sampling: {} },
    (made) => {
      made.setRequestHandler("sampling/createMessage", () => ({
        role: "assistant" as const,
        model: "test",
        content: { type: "text" as const, text: "forty-two" },
      }));
    },
  );
  expect((await client.listTools()).tools.map(({ name }) => name)).toContain("get");
  const answer = await client.callTool({ name: "ask", arguments: {} });
  expect(JSON.stringify(answer.content)).toContain("forty-two");
  await client.close();
  await upstream.close();
});
