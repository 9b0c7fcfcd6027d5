// Real clients at the one address of all servers, which speak every era and one of which is away.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decideApproval } from "#lib/approvals/decide.ts";
import type { OrgContext } from "#lib/auth/context.ts";
import { database } from "#lib/db.ts";
import { type Agent, type Connect, clients, commands } from "#proxy/testing/agents.ts";
import { type DualEraFixture, startDualEra } from "#proxy/testing/fixtures/dual-era.ts";
import { type LegacyFixture, startLegacy } from "#proxy/testing/fixtures/legacy.ts";
import { dead, discovered, everything, type Fleet, makeFleet } from "#proxy/testing/fleet.ts";
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
const programPolicy = { version: 1, default: "deny", tools: { echo: { action: "allow" } } };

const servers: Record<string, DualEraFixture | LegacyFixture> = {};
let proxy: TestProxy;

beforeAll(async () => {
  // Clients give up after 60 s; a person takes a moment here.
  proxy = await startProxy({ approvalHoldMs: 20_000 });
  servers.dual = await startDualEra();
  servers.modern = await startDualEra({ legacy: false });
  servers.sessions = await startLegacy();
});

afterAll(async () => {
  await proxy.close();
  for (const server of Object.values(servers)) await server.close();
});

async function allServers(): Promise<Fleet> {
  const members = await Promise.all(
    Object.entries(servers).map(
      async ([slug, server]) => [slug, await discovered(server, policy)] as const,
    ),
  );
  const program = everything(programPolicy);
  return makeFleet(proxy, { dead, ...Object.fromEntries(members), program });
}

type Row = [client: string, connect: Connect];
const held = Object.entries(clients).map((row): Row => row);
const rows = [...held, ...Object.entries(commands)];

describe("lists, calls, is denied, is limited and waits for an approval, at every server:", () => {
  // The commands start anew for everything they do, so they try one server.
  test.each(rows)("%s", { timeout: 180_000 }, async (client, connect) => {
    const fleet = await allServers();
    const agent = await connect(fleet.url, fleet.agent.token);
    const names = await agent.list();
    expect(names).toContain("program__echo");
    expect(names.filter((name) => name.endsWith("test_multiple_content_types"))).toEqual([]);
    const slugs = Object.hasOwn(commands, client) ? ["modern"] : Object.keys(servers);
    for (const slug of slugs) {
      expect(names).toContain(`${slug}__test_simple_text`);
      await tryEverything(agent, slug, fleet.context);
    }
    const echo = await agent.call("program__echo", { message: "m" });
    expect(echo).toEqual({ text: "Echo: m", isError: false });
    await agent.close();
    // Nothing that an honest client does looks like one that is broken or hostile.
    await proxy.report();
    const where = { orgId: fleet.context.org.id };
    expect(await database().refusedRequest.findMany({ where })).toEqual([]);
  });
});

async function tryEverything(agent: Agent, slug: string, context: OrgContext): Promise<void> {
  const before = servers[slug]?.executed.length ?? 0;
  const text = "This is a simple text response for testing.";
  expect(await agent.call(`${slug}__test_simple_text`)).toEqual({ text, isError: false });
  const denied = await agent.call(`${slug}__test_image_content`);
  expect(denied.isError).toBe(true);
  expect(denied.text).toContain("Reason: No pictures.");
  expect((await agent.call(`${slug}__test_logging_tool`)).isError).toBe(false);
  const limited = await agent.call(`${slug}__test_logging_tool`);
  expect(limited.text).toMatch(/Rate limit reached.* Wait \d+ seconds/);
  const calls = [agent.call(`${slug}__${waiting}`), approveNext(context)] as const;
  expect((await Promise.all(calls))[0]).toEqual({ text: "Done in three steps.", isError: false });
  const executed = servers[slug]?.executed.slice(before);
  expect(executed).toEqual(["test_simple_text", "test_logging_tool", waiting]);
}

/** A person of the org approves the next request as soon as it is there. */
async function approveNext(context: OrgContext): Promise<void> {
  const where = { orgId: context.org.id, state: "pending" as const };
  const next = () => database().approval.findFirst({ where });
  await expect.poll(next, { timeout: 30_000 }).not.toBeNull();
  const { state } = await decideApproval(context, { id: (await next())?.id, decision: "approve" });
  expect(state).toBe("approved");
}
