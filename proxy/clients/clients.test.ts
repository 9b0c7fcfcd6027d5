// Real clients at every kind of server: none of them can tell that a gate stands in the way until a
// rule speaks, and then each tells its model what the rule says.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decideApproval } from "#lib/approvals/decide.ts";
import type { OrgContext } from "#lib/auth/context.ts";
import { database } from "#lib/db.ts";
import { type Agent, type Connect, clients, commands } from "#proxy/testing/agents.ts";
import { type DualEraFixture, startDualEra } from "#proxy/testing/fixtures/dual-era.ts";
import { type LegacyFixture, startLegacy } from "#proxy/testing/fixtures/legacy.ts";
import { gateFixture } from "#proxy/testing/gate-fixture.ts";
import { startProxy, type TestProxy } from "#proxy/testing/harness.ts";

const waiting = "test_tool_with_progress";
const policy = {
  version: 1,
  default: "allow",
  tools: {
    test_image_content: { action: "deny", reason: "No pictures." },
    test_multiple_content_types: { action: "hide" },
    // Per agent, because a command is a session of its own where there are sessions.
    test_logging_tool: { action: "allow", rate_limit: { max: 1, window: 300, per: "agent" } },
    [waiting]: { action: "require_approval" },
  },
};

const servers: Record<string, DualEraFixture | LegacyFixture> = {};
let proxy: TestProxy;

beforeAll(async () => {
  // Clients give up after 60 s; a person takes a moment here.
  proxy = await startProxy({ approvalHoldMs: 20_000 });
  servers["of both eras"] = await startDualEra();
  servers["of 2026-07-28 alone"] = await startDualEra({ legacy: false });
  servers["with sessions"] = await startLegacy();
});

afterAll(async () => {
  await proxy.close();
  for (const server of Object.values(servers)) await server.close();
});

type Row = [client: string, server: string, connect: Connect];
const kinds = ["of both eras", "of 2026-07-28 alone", "with sessions"];
const rows = [
  ...kinds.flatMap((kind) =>
    Object.entries(clients).map(([client, connect]): Row => [client, kind, connect]),
  ),
  ...Object.entries(commands).map(([client, connect]): Row => [client, "of both eras", connect]),
];

describe("lists, calls, is denied, is limited and waits for an approval:", () => {
  test.each(rows)("%s, at a server %s", { timeout: 120_000 }, async (_client, kind, connect) => {
    const server = servers[kind];
    if (!server) throw new Error("no such server");
    const gated = await gateFixture(proxy, server, policy);
    const agent = await connect(gated.url, gated.agent.token);
    const before = server.executed.length;
    await tryEverything(agent, gated.context);
    const executed = server.executed.slice(before);
    expect(executed).toEqual(["test_simple_text", "test_logging_tool", waiting]);
    await agent.close();
  });
});

async function tryEverything(agent: Agent, context: OrgContext): Promise<void> {
  const names = await agent.list();
  expect(names).toContain("test_simple_text");
  expect(names).toContain("test_image_content");
  expect(names).not.toContain("test_multiple_content_types");

  const text = "This is a simple text response for testing.";
  expect(await agent.call("test_simple_text")).toEqual({ text, isError: false });

  const denied = await agent.call("test_image_content");
  expect(denied.isError).toBe(true);
  expect(denied.text).toContain("Reason: No pictures.");

  expect((await agent.call("test_logging_tool")).isError).toBe(false);
  const limited = await agent.call("test_logging_tool");
  expect(limited.isError).toBe(true);
  expect(limited.text).toMatch(/Rate limit reached.* Wait \d+ seconds/);

  const [waited] = await Promise.all([agent.call(waiting), approveNext(context)]);
  expect(waited).toEqual({ text: "Done in three steps.", isError: false });
}

/** A person of the org approves the next request as soon as it is there. */
async function approveNext(context: OrgContext): Promise<void> {
  const where = { orgId: context.org.id, state: "pending" as const };
  const next = () => database().approval.findFirst({ where });
  await expect.poll(next, { timeout: 30_000 }).not.toBeNull();
  const { state } = await decideApproval(context, { id: (await next())?.id, decision: "approve" });
  expect(state).toBe("approved");
}
