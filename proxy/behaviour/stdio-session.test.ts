// A session with a connector: the protocol's own test server as a child process behind the gate.
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { gateConnector, programs } from "#proxy/testing/connector.ts";
import {
  callBody,
  connectClient,
  openSession,
  post,
  startProxy,
  type TestProxy,
} from "#proxy/testing/harness.ts";

let proxy: TestProxy;

beforeAll(async () => {
  proxy = await startProxy();
});

afterAll(() => proxy.close());

function textOf(result: Awaited<ReturnType<Client["callTool"]>>): string {
  return (result.content as { text: string }[])[0]?.text ?? "";
}

describe("a session with a connector", () => {
  test("shows the allowed tools, decides every call, and relays progress", async () => {
    const gated = await gateConnector(proxy);
    const client = await connectClient(gated.url, gated.agent.token);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      "echo",
      "get-sum",
      "trigger-long-running-operation",
    ]);
    const echo = await client.callTool({ name: "echo", arguments: { message: "hello" } });
    expect(textOf(echo)).toBe("Echo: hello");
    for (const expected of [/5/, /5/, /Rate limit reached/]) {
      const sum = await client.callTool({ name: "get-sum", arguments: { a: 2, b: 3 } });
      expect(textOf(sum)).toMatch(expected);
    }
    const denied = await client.callTool({ name: "get-tiny-image", arguments: {} });
    expect(textOf(denied)).toContain("Blocked by policy");

    const told: number[] = [];
    const long = { name: "trigger-long-running-operation", arguments: { duration: 1, steps: 4 } };
    await client.callTool(long, undefined, {
      onprogress: ({ progress }) => void told.push(progress),
    });
    expect(told).toEqual([1, 2, 3, 4]);
    await client.close();
  });

  test("hides a tool so that it equals an unknown one, and the program never hears of it", async () => {
    const gated = await gateConnector(proxy);
    const send = await openSession(gated.url, gated.agent.token);
    const hidden = await send(callBody("get-env"));
    const unknown = await send(callBody("get-foo"));
    expect(hidden.text).toBe(
      '{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"Unknown tool: get-env"}}',
    );
    expect(unknown.text.replace("get-foo", "get-env")).toBe(hidden.text);
  });

  test("has a program of its own, which DELETE ends together with the session", async () => {
    const before = programs();
    const gated = await gateConnector(proxy);
    const send = await openSession(gated.url, gated.agent.token);
    const other = await openSession(gated.url, gated.agent.token);
    expect(programs().length).toBe(before.length + 2);
    const headers = {
      authorization: `Bearer ${gated.agent.token}`,
      "mcp-session-id": send.session,
    };
    expect((await fetch(gated.url, { method: "DELETE", headers })).status).toBe(200);
    await expect.poll(() => programs().length, { timeout: 5_000 }).toBe(before.length + 1);
    const ended = await send(callBody("echo", { message: "x" }));
    expect([ended.status, JSON.parse(ended.text).error]).toEqual([
      404,
      { code: -32001, message: "Session not found" },
    ]);
    expect((await other(callBody("echo", { message: "other" }))).text).toContain("Echo: other");
  });

  test("whose program was killed is over, and the agent starts anew", async () => {
    const before = programs();
    const gated = await gateConnector(proxy);
    const send = await openSession(gated.url, gated.agent.token);
    const [program] = programs().filter((pid) => !before.includes(pid));
    const long = { duration: 20, steps: 2 };
    const running = send(callBody("trigger-long-running-operation", long));
    const orgId = gated.context.org.id;
    await expect.poll(() => database().call.count({ where: { orgId } })).toBe(1);
    process.kill(program ?? 0, "SIGKILL");
    expect((await running).text).toContain("The action may or may not have been performed");

    const next = await send(callBody("echo", { message: "x" }));
    expect([next.status, JSON.parse(next.text)]).toEqual([
      404,
      { jsonrpc: "2.0", id: 1, error: { code: -32001, message: "Session not found" } },
    ]);
    await expect.poll(() => database().callOutcome.count({ where: { orgId } })).toBe(2);
    const outcomes = await database().callOutcome.findMany({
      where: { orgId },
      orderBy: { callId: "asc" },
    });
    expect(outcomes.map(({ outcome, detail }) => [outcome, detail])).toEqual([
      ["upstream_error", "closed, after the call was sent"],
      ["upstream_error", expect.stringContaining("nothing was sent")],
    ]);
    const anew = await openSession(gated.url, gated.agent.token);
    expect((await anew(callBody("echo", { message: "anew" }))).text).toContain("Echo: anew");
  });

  test("is the only way to the program: a call without one is told to start a session", async () => {
    const gated = await gateConnector(proxy);
    const answer = await post(gated.url, gated.agent.token, callBody("echo"));
    expect([answer.status, JSON.parse(answer.text).error.message]).toEqual([
      404,
      "Session not found",
    ]);
  });

  test("takes no answer to a question the program never asked (ADV-025)", async () => {
    const gated = await gateConnector(proxy);
    const send = await openSession(gated.url, gated.agent.token);
    const answer = await send('{"jsonrpc":"2.0","id":1,"result":{}}');
    expect([answer.status, JSON.parse(answer.text).error.code]).toEqual([400, -32600]);
  });
});
