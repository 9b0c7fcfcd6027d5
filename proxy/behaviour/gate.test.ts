import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { database } from "#lib/db.ts";
import {
  connectClient,
  type GatedServer,
  gateServer,
  startProxy,
  type TestProxy,
} from "#proxy/testing/harness.ts";
import { startUpstream, type TestUpstream } from "#proxy/testing/upstream.ts";

let upstream: TestUpstream;
let proxy: TestProxy;

const policy = {
  version: 1,
  default: "deny",
  tools: {
    get: { action: "allow" },
    delete_all: { action: "deny", reason: "Deletions are done by the platform team." },
    secret_tool: { action: "hide" },
    send: { action: "allow", rate_limit: { max: 3, window: 60 } },
    wipe: { action: "require_approval", reason: "Wiping needs a second pair of eyes." },
    pay: [
      { action: "allow" },
      { when: [{ path: "amount", op: "gt", value: 1000 }], action: "deny", reason: "Too much." },
    ],
  },
};

beforeAll(async () => {
  upstream = await startUpstream();
  proxy = await startProxy();
});

afterAll(async () => {
  await proxy.close();
  await upstream.close();
});

function gated(mode: "enforce" | "observe" = "enforce"): Promise<GatedServer> {
  return gateServer(proxy, upstream, policy, mode);
}

async function decisions(server: GatedServer) {
  const calls = await database().call.findMany({
    where: { orgId: server.context.org.id },
    orderBy: { id: "asc" },
  });
  return calls.map(({ tool, decision, rule }) => ({ tool, decision, rule }));
}

function textOf(
  result: Awaited<ReturnType<Awaited<ReturnType<typeof connectClient>>["callTool"]>>,
) {
  const content = result.content as { type: string; text: string }[];
  return content[0]?.text ?? "";
}

describe("an agent behind the gate", () => {
  test("sees the tools that rules let it see, in the server's order", async () => {
    const server = await gated();
    const client = await connectClient(server.url, server.agent.token);
    const { tools } = await client.listTools();
    expect(tools.map((tool) => tool.name)).toEqual(["get", "delete_all", "send", "wipe", "pay"]);
    await client.close();
  });

  test("gets the server's own answer to an allowed call", async () => {
    const server = await gated();
    const client = await connectClient(server.url, server.agent.token);
    const result = await client.callTool({ name: "get", arguments: { key: "a" } });
    expect(result).toMatchObject({ content: [{ type: "text", text: "get:a" }] });
    expect(result.isError).toBeUndefined();
    expect(await decisions(server)).toEqual([
      { tool: "get", decision: "allowed", rule: "tools.get" },
    ]);
    await client.close();
  });

  test("is told why a call is denied, and the server never hears of it", async () => {
    const server = await gated();
    const client = await connectClient(server.url, server.agent.token);
    const before = upstream.executed.length;
    const result = await client.callTool({ name: "delete_all", arguments: {} });
    expect(result.isError).toBe(true);
    expect(result.structuredContent).toBeUndefined();
    expect(textOf(result)).toContain("Deletions are done by the platform team.");
    expect(textOf(result)).toContain("Do not retry");
    expect(result._meta?.["dev.callgate/decision"]).toMatchObject({
      outcome: "denied",
      rule: "tools.delete_all",
      retryable: false,
    });
    expect(upstream.executed.length).toBe(before);
    expect(upstream.ledger.some(({ body }) => body.includes("delete_all"))).toBe(false);
    await client.close();
  });

  test("is refused by a condition on its arguments, whatever their shape (invariant 4)", async () => {
    const server = await gated();
    const client = await connectClient(server.url, server.agent.token);
    expect(
      (await client.callTool({ name: "pay", arguments: { amount: 10 } })).isError,
    ).toBeUndefined();
    for (const amount of [1001, "10", [10], null]) {
      const result = await client.callTool({ name: "pay", arguments: { amount } });
      expect(textOf(result)).toContain("Too much.");
    }
    expect(textOf(await client.callTool({ name: "pay", arguments: {} }))).toContain("Too much.");
    await client.close();
  });

  test("waits the stated seconds after the last slot of a limit", async () => {
    const server = await gated();
    const client = await connectClient(server.url, server.agent.token);
    for (let call = 0; call < 3; call += 1) {
      expect((await client.callTool({ name: "send", arguments: {} })).isError).toBeUndefined();
    }
    const limited = await client.callTool({ name: "send", arguments: {} });
    expect(textOf(limited)).toMatch(/3 times in 60 seconds .* Wait (59|60) seconds/);
    expect(limited._meta?.["dev.callgate/decision"]).toMatchObject({
      outcome: "rate_limited",
      limit: 3,
      window: 60,
      remaining: 0,
    });
    await client.close();
  });

  test("cannot tell a hidden tool from an unknown one (invariant 9)", async () => {
    const server = await gated();
    const client = await connectClient(server.url, server.agent.token);
    const errorOf = (name: string) =>
      client.callTool({ name, arguments: {} }).then(
        () => "answered",
        (error: Error & { code: number }) => ({ code: error.code, message: error.message }),
      );
    const hidden = await errorOf("secret_tool");
    const unknown = await errorOf("no_such_tool");
    expect(hidden).toEqual({
      code: -32602,
      message: "MCP error -32602: Unknown tool: secret_tool",
    });
    expect(JSON.stringify(hidden).replace("secret_tool", "X")).toBe(
      JSON.stringify(unknown).replace("no_such_tool", "X"),
    );
    expect(upstream.executed).not.toContain("secret_tool");
    await client.close();
  });

  test("waits for a person, runs once when approved, and asks again the next time (invariant 6)", async () => {
    const server = await gated();
    const client = await connectClient(server.url, server.agent.token);
    const ran = () => upstream.executed.filter((name) => name === "wipe").length;
    const before = ran();
    const first = await client.callTool({ name: "wipe", arguments: { key: "x" } });
    expect(textOf(first)).toContain("Approval required");
    expect(textOf(first)).toContain("Wiping needs a second pair of eyes.");
    const again = await client.callTool({ name: "wipe", arguments: { key: "x" } });
    const meta = (result: typeof first) =>
      result._meta?.["dev.callgate/decision"] as { outcome: string; approvalId: string };
    expect(meta(again).approvalId).toBe(meta(first).approvalId);
    expect(ran()).toBe(before);

    await database().approval.update({
      where: { orgId_id: { orgId: server.context.org.id, id: meta(first).approvalId } },
      data: { state: "approved", decidedAt: new Date() },
    });
    const other = await client.callTool({ name: "wipe", arguments: { key: "y" } });
    expect(meta(other).outcome).toBe("approval_required");
    const racing = await Promise.all(
      Array.from({ length: 5 }, () => client.callTool({ name: "wipe", arguments: { key: "x" } })),
    );
    expect(racing.filter((result) => result.isError !== true)).toHaveLength(1);
    expect(ran()).toBe(before + 1);
    await client.close();
  });

  test("is told of a person's denial once, with the reason", async () => {
    const server = await gated();
    const client = await connectClient(server.url, server.agent.token);
    await client.callTool({ name: "wipe", arguments: { key: "d" } });
    await database().approval.updateMany({
      where: { orgId: server.context.org.id, state: "pending" },
      data: { state: "denied", decidedAt: new Date(), decisionNote: "Not on a Friday." },
    });
    const told = await client.callTool({ name: "wipe", arguments: { key: "d" } });
    expect(textOf(told)).toContain("Not on a Friday.");
    const anew = await client.callTool({ name: "wipe", arguments: { key: "d" } });
    expect(textOf(anew)).toContain("Approval required");
    await client.close();
  });

  test("runs everything under a policy that only observes, and the record says what would have been", async () => {
    const server = await gated("observe");
    const client = await connectClient(server.url, server.agent.token);
    expect((await client.listTools()).tools).toHaveLength(6);
    expect((await client.callTool({ name: "delete_all", arguments: {} })).isError).toBeUndefined();
    expect((await client.callTool({ name: "wipe", arguments: {} })).isError).toBeUndefined();
    expect((await decisions(server)).map((call) => call.decision)).toEqual(["denied", "approval"]);
    await client.close();
  });
});

test("each forwarded call has one record and one outcome", async () => {
  const server = await gated();
  const client = await connectClient(server.url, server.agent.token);
  await client.callTool({ name: "get", arguments: { key: "once" } });
  await client.close();
  const orgId = server.context.org.id;
  await expect.poll(() => database().callOutcome.count({ where: { orgId } })).toBe(1);
  const [call] = await database().call.findMany({ where: { orgId } });
  const [outcome] = await database().callOutcome.findMany({ where: { orgId } });
  expect(outcome).toMatchObject({ callId: call?.id, outcome: "ok", httpStatus: 200 });
  expect(JSON.stringify(call?.argumentShape)).not.toContain("once");
  expect(call?.argumentShape).toMatchObject([{ path: "key", type: "string", length: 4 }]);
});
