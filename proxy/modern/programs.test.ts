// Programs have one stream for everything; an agent of 2026-07-28 gets each message where it belongs.
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { recordTransport } from "#lib/servers/transport.ts";
import { metaKeys } from "#proxy/receive/era.ts";
import { gateFixture } from "#proxy/testing/gate-fixture.ts";
import {
  callBody,
  type GatedServer,
  openSession,
  startProxy,
  type TestProxy,
} from "#proxy/testing/harness.ts";
import { askModern, envelopeOf, type ModernMessage, streamModern } from "#proxy/testing/modern.ts";
import type { Launch } from "#proxy/upstream/child-process.ts";
import { STDIO_DEFAULTS, StdioUpstream } from "#proxy/upstream/stdio.ts";

const launchOf = (fixture: string, ...args: string[]): Launch => ({
  command: process.execPath,
  args: [join(import.meta.dirname, "../testing/fixtures", fixture), "stdio", ...args],
  env: { NODE_OPTIONS: "--disable-warning=ExperimentalWarning" },
  cwd: "/tmp",
});

describe.each([
  ["of 2026-07-28 alone", launchOf("dual-era.ts", "modern-only")],
  ["of both eras", launchOf("dual-era.ts")],
  ["with a handshake", launchOf("legacy.ts")],
])("at a program %s an agent that listens", (kind, program) => {
  let proxy: TestProxy;
  let server: GatedServer;
  let news: Awaited<ReturnType<typeof streamModern>>;

  beforeAll(async () => {
    const openUpstream = async () => new StdioUpstream(program, STDIO_DEFAULTS);
    proxy = await startProxy({ ports: { openUpstream } });
    server = await gateFixture(proxy, program, { version: 1, default: "allow" });
    // Where there is a handshake, what an agent declares decides whose session it listens in.
    const _meta = envelopeOf({ elicitation: {} });
    const notifications = { toolsListChanged: true };
    news = await streamModern(server, "subscriptions/listen", { _meta, notifications });
    await vi.waitUntil(() => news.messages.length === 1, { timeout: 20_000 });
  });

  afterAll(async () => {
    news.close();
    await proxy.close();
  });

  const call = (name: string, meta = {}) =>
    streamModern(server, "tools/call", {
      name,
      _meta: { ...envelopeOf({ elicitation: {} }), ...meta },
    });
  const messagesOf = async ({ messages, state }: Awaited<ReturnType<typeof call>>) => {
    await expect.poll(() => state.ended, { timeout: 10_000 }).toBe(true);
    return messages;
  };
  const methods = (messages: ModernMessage[]) => messages.map(({ method }) => method ?? "answer");

  test("hears its news on the stream it opened, under its own id, and nowhere else", async () => {
    const called = await messagesOf(await call("test_trigger_tool_change"));
    expect(methods(called)).toEqual(["answer"]);
    await expect.poll(() => news.messages.length).toBe(2);
    expect(methods(news.messages)).toEqual([
      "notifications/subscriptions/acknowledged",
      "notifications/tools/list_changed",
    ]);
    for (const { params } of news.messages) {
      expect(params?._meta?.[metaKeys.subscriptionId]).toBe(7);
    }
  });

  test("gets a call's logs with the call", async () => {
    const called = await messagesOf(
      await call("test_tool_with_logging", { [metaKeys.logLevel]: "info" }),
    );
    const log = "notifications/message";
    expect(methods(called)).toEqual([log, log, log, "answer"]);
  });

  test("is asked by its calls", async () => {
    const name =
      kind === "with a handshake" ? "test_elicitation" : "test_input_required_result_elicitation";
    const params = { name, arguments: { message: "Who?" } };
    const { body } = await askModern(server, "tools/call", params, {
      capabilities: { elicitation: {} },
    });
    expect(body.result?.resultType).toBe("input_required");
  });
});

describe("a program of both eras", () => {
  let proxy: TestProxy;
  let server: GatedServer;

  beforeAll(async () => {
    const program = launchOf("dual-era.ts");
    const openUpstream = async () => new StdioUpstream(program, STDIO_DEFAULTS);
    proxy = await startProxy({ ports: { openUpstream } });
    server = await gateFixture(proxy, program, { version: 1, default: "allow" });
  });

  afterAll(() => proxy.close());

  test("refuses what an agent has not declared with the HTTP status of that error", async () => {
    const answer = await askModern(server, "tools/call", { name: "test_missing_capability" });
    expect([answer.status, answer.body.error?.code]).toEqual([400, -32021]);
  });

  test("serves an agent of each era at once", async () => {
    const send = await openSession(server.url, server.agent.token);
    const ofSession = await send(callBody("test_simple_text"));
    const { body } = await askModern(server, "tools/call", { name: "test_simple_text" });
    const { resultType, ...result } = body.result ?? {};
    expect(resultType).toBe("complete");
    expect(ofSession.text).toContain(JSON.stringify(result.content));
    expect(ofSession.text).not.toContain("resultType");
  });

  test("is spoken to in the newer era as soon as it was found to know it", async () => {
    const speaks = (revisions: string[]) =>
      recordTransport(server.context.org.id, server.server.id, "stdio", revisions);
    const name = "test_input_required_result_elicitation";
    const asked = async () => {
      const capabilities = { elicitation: {} };
      const { body } = await askModern(server, "tools/call", { name }, { capabilities });
      return body.result;
    };
    await speaks(["2025-11-25"]);
    expect(await asked()).toMatchObject({ requestState: expect.any(String) });
    await speaks(["2025-11-25", "2026-07-28"]);
    expect(await asked()).toMatchObject({ inputRequests: { user_name: {} } });
  });
});
