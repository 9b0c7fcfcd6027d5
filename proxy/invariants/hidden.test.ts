// Invariant 9: hidden equals unknown, byte for byte.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { setToolRules } from "#lib/rules/rules.ts";
import { storeDiscovery } from "#lib/tools/store.ts";
import {
  callBody,
  type GatedServer,
  gateServer,
  listBody,
  openSession,
  startProxy,
  type TestProxy,
} from "#proxy/testing/harness.ts";
import { startUpstream, type TestUpstream } from "#proxy/testing/upstream.ts";

let upstream: TestUpstream;
let proxy: TestProxy;
let server: GatedServer;
let send: Awaited<ReturnType<typeof openSession>>;

beforeAll(async () => {
  upstream = await startUpstream({ json: true });
  proxy = await startProxy();
  server = await gateServer(proxy, upstream, {
    version: 1,
    default: "allow",
    tools: {
      secret_tool: { action: "hide", reason: "Nobody may know." },
      wipe: { action: "hide", when: [{ path: "key", op: "eq", value: "x" }] },
    },
    all_tools: { rate_limit: { max: 5, window: 3600, per: "agent" } },
  });
  send = await openSession(server.url, server.agent.token);
});

afterAll(async () => {
  await proxy.close();
  await upstream.close();
});

/** Everything an agent receives for a call, with the tool's name taken out. */
async function answerTo(tool: string, args: object = {}): Promise<string> {
  const { status, headers, text } = await send(callBody(tool, args));
  const shown = [...headers].filter(([name]) => name !== "date");
  return JSON.stringify([status, shown, text]).replaceAll(tool, "?".repeat(tool.length));
}

describe("invariant 9: hidden equals unknown", () => {
  test.each([
    ["by a rule", "secret_tool", {}],
    ["by a condition on its arguments", "wipe", { key: "x" }],
    ["by a condition that cannot be decided", "wipe", { key: 7 }],
  ])(
    "a tool hidden %s answers with the very bytes of one that does not exist",
    async (_, tool, args) => {
      const unknown = "u".repeat(tool.length);
      const before = upstream.ledger.length;
      expect(await answerTo(tool, args)).toBe(await answerTo(unknown, args));
      expect(await answerTo(tool, args)).toContain(
        `"error\\":{\\"code\\":-32602,\\"message\\":\\"Unknown tool: ${"?".repeat(tool.length)}`,
      );
      expect(upstream.ledger.length).toBe(before);
    },
  );

  test("it stays unknown however often it is asked for, as a limit would otherwise tell", async () => {
    const first = await answerTo("secret_tool");
    for (let call = 0; call < 8; call += 1) expect(await answerTo("secret_tool")).toBe(first);
    expect(await answerTo("get")).not.toContain("Rate limit");
  });

  test("it stays unknown to malformed calls", async () => {
    const malformed = (tool: string) =>
      send(
        `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${tool}","arguments":[],"task":{}}}`,
      ).then(({ status, text }) => `${status} ${text}`);
    expect(await malformed("secret_tool")).toBe(await malformed("no_such_tool"));
  });

  test("it is in no list, and a rule that hides a tool takes it out of the very next one", async () => {
    const names = async () => {
      const { text } = await send(listBody);
      return JSON.parse(text).result.tools.map((tool: { name: string }) => tool.name);
    };
    expect(await names()).toEqual(["get", "delete_all", "send", "wipe", "pay"]);
    const rule = { choice: "hide" };
    await setToolRules(server.context, { server: server.server.slug, tools: ["pay"], rule });
    expect(await names()).toEqual(["get", "delete_all", "send", "wipe"]);
    expect(await answerTo("pay")).toBe(await answerTo("uuu"));
  });

  test("a tool that is held for review is as unknown as a hidden one", async () => {
    const tools = [
      ...(await upstream.definitions()),
      { name: "newcomer", inputSchema: { type: "object" } },
    ];
    const of = { orgId: server.context.org.id, serverId: server.server.id };
    await storeDiscovery(of, { tools, protocolRevision: "2025-11-25", serverInfo: {} });
    expect(await answerTo("newcomer")).toBe(await answerTo("uuuuuuuu"));
  });
});
