// Real clients at every kind of server: none of them can tell that a gate stands in the way until a
// rule speaks, and then each tells its model what the rule says.
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decideApproval } from "#lib/approvals/decide.ts";
import type { OrgContext } from "#lib/auth/context.ts";
import { database } from "#lib/db.ts";
import { type Agent, type Connect, clients, commands } from "#proxy/testing/agents.ts";
import { startDualEra } from "#proxy/testing/fixtures/dual-era.ts";
import { startLegacy } from "#proxy/testing/fixtures/legacy.ts";
import { makeLegacyServer } from "#proxy/testing/fixtures/legacy-server.ts";
import { gateFixture } from "#proxy/testing/gate-fixture.ts";
import { startProxy, type TestProxy } from "#proxy/testing/harness.ts";
import { startSseUpstream } from "#proxy/testing/sse-upstream.ts";
import type { Launch } from "#proxy/upstream/child-process.ts";
import { STDIO_DEFAULTS, StdioUpstream } from "#proxy/upstream/stdio.ts";

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

/** A server, and the names of its tools that really ran, in order. */
interface Kind {
  source: { url: string } | Launch;
  executed(context: OrgContext): Promise<string[]>;
  close(): Promise<void>;
}

const servers: Record<string, Kind> = {};
let proxy: TestProxy;
/** Whose connectors start the program below. */
let overStdio: TestProxy;

const program: Launch = {
  command: process.execPath,
  args: [join(import.meta.dirname, "../testing/fixtures/legacy.ts"), "stdio"],
  env: { NODE_OPTIONS: "--disable-warning=ExperimentalWarning" },
  cwd: "/tmp",
};

beforeAll(async () => {
  // Clients give up after 60 s; a person takes a moment here.
  const approvalHoldMs = 20_000;
  proxy = await startProxy({ approvalHoldMs });
  const openUpstream = async () => new StdioUpstream(program, STDIO_DEFAULTS);
  overStdio = await startProxy({ approvalHoldMs, ports: { openUpstream } });
  servers["of both eras"] = seen(await startDualEra());
  servers["of 2026-07-28 alone"] = seen(await startDualEra({ legacy: false }));
  servers["with sessions"] = seen(await startLegacy());
  const older = (executed: string[]) => makeLegacyServer({ executed, cancelled: [] });
  servers["over HTTP+SSE"] = seen(await startSseUpstream(older));
  servers["that is a program"] = { source: program, executed: settled, close: async () => {} };
});

function seen(server: { url: string; executed: string[]; close(): Promise<void> }): Kind {
  let before = 0;
  return {
    source: server,
    close: () => server.close(),
    async executed() {
      const ran = server.executed.slice(before);
      before = server.executed.length;
      return ran;
    },
  };
}

/** Of a program that cannot be looked into, what is on record as having answered. */
async function settled({ org }: OrgContext): Promise<string[]> {
  const where = { orgId: org.id };
  const orderBy = { id: "asc" } as const;
  const finished = async () => {
    const outcomes = await database().callOutcome.findMany({ where });
    return new Set(outcomes.flatMap(({ callId, outcome }) => (outcome === "ok" ? [callId] : [])));
  };
  await expect.poll(async () => (await finished()).size).toBe(3);
  const ok = await finished();
  const calls = await database().call.findMany({ where, orderBy });
  return calls.flatMap(({ id, tool }) => (ok.has(id) ? [tool] : []));
}

afterAll(async () => {
  await Promise.all([proxy.close(), overStdio.close()]);
  for (const server of Object.values(servers)) await server.close();
});

type Row = [client: string, server: string, connect: Connect];
const kinds = [
  "of both eras",
  "of 2026-07-28 alone",
  "with sessions",
  "over HTTP+SSE",
  "that is a program",
];
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
    const through = "url" in server.source ? proxy : overStdio;
    const gated = await gateFixture(through, server.source, policy);
    const agent = await connect(gated.url, gated.agent.token);
    await tryEverything(agent, gated.context);
    expect(await server.executed(gated.context)).toEqual([
      "test_simple_text",
      "test_logging_tool",
      waiting,
    ]);
    await agent.close();
    // Nothing that an honest client does looks like one that is broken or hostile.
    await through.report();
    const where = { orgId: gated.context.org.id };
    expect(await database().refusedRequest.findMany({ where })).toEqual([]);
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
