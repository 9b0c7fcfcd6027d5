// Whoever stands between agent and proxy must not take a call that works in silence for dead.
import type { ServerResponse } from "node:http";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import {
  callBody,
  gateServer,
  openSession,
  startProxy,
  type TestProxy,
} from "#proxy/testing/harness.ts";
import { startScriptedServer } from "#proxy/testing/scripted-server.ts";

let proxy: TestProxy;

beforeAll(async () => {
  proxy = await startProxy();
});

afterAll(() => proxy.close());
afterEach(() => void vi.useRealTimers());

test("an open stream of a legacy agent's call gets a comment every 15 seconds", async () => {
  await using server = await startScriptedServer();
  let open: ServerResponse | undefined;
  server.scripts.set("tools/call", (_message, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
    open = response;
    return undefined;
  });
  const gated = await gateServer(proxy, server, { version: 1, default: "allow" });
  const send = await openSession(gated.url, gated.agent.token);
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const response = await fetch(gated.url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      authorization: `Bearer ${gated.agent.token}`,
      "mcp-session-id": send.session,
    },
    body: callBody("get", {}, 7),
  });
  vi.advanceTimersByTime(31_000);
  open?.end(`data: ${JSON.stringify({ jsonrpc: "2.0", id: 7, result: { content: [] } })}\n\n`);
  const text = await response.text();
  expect(text.startsWith(":\n\n:\n\nevent: message\n")).toBe(true);
});
