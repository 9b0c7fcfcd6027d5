import pg from "pg";
import { v7 } from "uuid";
import { expect, test, vi } from "vitest";
import type { OrgContext } from "#lib/auth/context.ts";
import { database } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { contextAs, makeAgent, makeOrg, makeServer } from "#lib/testing/factories.ts";
import { getServer, listServers, registerServer, removeServer } from "./servers.ts";
import { recordTransport } from "./transport.ts";
import { updateServer } from "./update.ts";

const target = { kind: "url", url: "https://mcp.example.test/mcp" };

const auditOf = (context: OrgContext) =>
  database().auditEvent.findMany({ where: { orgId: context.org.id }, orderBy: { id: "asc" } });

test("how a server speaks is found out again when its URL changes, and only then", async () => {
  const owner = await makeOrg();
  const { id } = await registerServer(owner, { slug: "older", name: "Older", ...target });
  await recordTransport(owner.org.id, id, "sse", ["2024-11-05"]);
  const renamed = await updateServer(owner, { server: "older", name: "Renamed" });
  const moved = await updateServer(owner, {
    server: "older",
    url: "https://other.example.test/sse",
  });
  expect([renamed.transport, moved.transport]).toEqual(["sse", null]);
});

test("a new server denies everything, and its registration is on the audit record", async () => {
  const owner = await makeOrg();
  const row = await registerServer(owner, { slug: "billing", name: "Billing", ...target });
  expect(row).toEqual({
    id: expect.any(String),
    slug: "billing",
    name: "Billing",
    kind: "url",
    url: "https://mcp.example.test/mcp",
    connector: null,
    health: "unknown",
    healthDetail: null,
    healthAt: null,
    protocolRevision: null,
    protocolRevisions: [],
    transport: null,
    tools: 0,
    heldTools: 0,
    agents: 0,
    calls24h: 0,
    refused24h: 0,
    hourly: Array(24).fill(0),
    proxyUrl: expect.stringMatching(new RegExp(`/mcp/${owner.org.slug}/billing$`)),
    revision: 1,
    policyVersion: 1,
  });
  const versions = await database().policyVersion.findMany({ where: { orgId: owner.org.id } });
  expect(versions).toMatchObject([{ version: 1, document: { version: 1, default: "deny" } }]);
  expect(await auditOf(owner)).toMatchObject([
    {
      action: "server.register",
      subject: { kind: "server", id: row.id, name: "billing" },
      detail: { url: "https://mcp.example.test/mcp", secrets: [] },
    },
  ]);
});

test("a registration that cannot be audited leaves nothing behind", async () => {
  const owner = await makeOrg();
  await database().$executeRawUnsafe(
    `alter table audit_events add constraint refuse check (org_id <> '${owner.org.id}') not valid`,
  );
  try {
    await expect(
      registerServer(owner, { slug: "billing", name: "Billing", ...target }),
    ).rejects.toThrow();
  } finally {
    await database().$executeRawUnsafe("alter table audit_events drop constraint refuse");
  }
  expect(await listServers(owner)).toEqual([]);
  expect(await database().policy.count({ where: { orgId: owner.org.id } })).toBe(0);
});

test("a taken slug is refused by name, with what to do; another org may use it", async () => {
  const owner = await makeOrg();
  await registerServer(owner, { slug: "billing", name: "Billing", ...target });
  await expect(
    registerServer(owner, { slug: "billing", name: "Other", ...target }),
  ).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringMatching(/“billing”.*Choose another slug/),
    fields: { slug: [expect.stringContaining("billing")] },
  });
  const other = await makeOrg();
  await registerServer(other, { slug: "billing", name: "Billing", ...target });
});

test.each([
  ["mcp.example.test/mcp", "complete URL"],
  ["ftp://mcp.example.test/", "https://"],
  ["file:///etc/passwd", "https://"],
  ["javascript:alert(1)", "https://"],
  ["https://user:pass@mcp.example.test/", "header"],
  ["https://token@mcp.example.test/", "header"],
  ["https://mcp.example.test/mcp#part", "#"],
  ["https://mcp.example.test/mcp#", "#"],
  ["", "complete URL"],
])("the URL %s is refused at its field, with what to do", async (url, advice) => {
  const owner = await makeOrg();
  const attempt = registerServer(owner, { slug: "billing", name: "Billing", kind: "url", url });
  await expect(attempt).rejects.toMatchObject({
    code: "invalid_input",
    fields: { url: [expect.stringContaining(advice)] },
  });
});

test.each([
  ["Host", "x", "headers.0.name"],
  ["content-LENGTH", "5", "headers.0.name"],
  ["Mcp-Session-Id", "x", "headers.0.name"],
  ["X Space", "x", "headers.0.name"],
  ["Authorization", "Bearer x\r\nHost: evil", "headers.0.value"],
  ["Authorization", "", "headers.0.value"],
])("the header %s: %j is refused", async (name, value, field) => {
  const owner = await makeOrg();
  const headers = [{ name, value }];
  await expect(
    registerServer(owner, { slug: "billing", name: "Billing", ...target, headers }),
  ).rejects.toMatchObject({ code: "invalid_input", fields: { [field]: [expect.any(String)] } });
});

test("secrets need a proxy's key: until one has started, registering says what to do", async () => {
  const owner = await makeOrg();
  const headers = [{ name: "Authorization", value: "Bearer x" }];
  await expect(
    registerServer(owner, { slug: "billing", name: "Billing", ...target, headers }),
  ).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("Start the proxy"),
  });
  expect(await listServers(owner)).toEqual([]);
});

test("lists count tools, agents and the calls of 24 hours, in as many queries for 30 servers as for 1", async () => {
  const owner = await makeOrg();
  const busy = await makeServer(owner, {
    name: "A busy one",
    tools: ["one", { name: "two", state: "held" }, { name: "gone", state: "removed" }],
  });
  const agent = await makeAgent(owner, { servers: [busy] });
  const revoked = await makeAgent(owner, { servers: [busy] });
  await database().agent.update({
    where: { orgId_id: { orgId: owner.org.id, id: revoked.id } },
    data: { revokedAt: new Date() },
  });
  const hour = 3_600_000;
  const now = Date.now();
  const call = (at: Date, decision: string, observed = false) => {
    return database().call.create({
      data: {
        orgId: owner.org.id,
        id: v7({ msecs: at.getTime() }),
        at,
        agentId: agent.id,
        tokenId: agent.tokenId,
        serverId: busy.id,
        tool: "one",
        decision,
        observed,
        rule: "default",
        explanation: "",
        policyId: busy.policyId,
        policyVersion: 1,
        argumentShape: {},
        requestBytes: 1,
      },
    });
  };
  // Hours of the clock; the last begins with the hour that is not over yet.
  const within = (hoursAgo: number) => new Date(Math.floor(now / hour - hoursAgo) * hour);
  await call(within(0), "allowed");
  await call(within(0), "denied");
  await call(within(1), "limited");
  await call(within(2), "approval");
  await call(new Date(now - 23.99 * hour), "hidden", true);
  await call(new Date(now - 24.1 * hour), "denied");

  const countQueries = async () => {
    // Only watched: every statement to Postgres passes here.
    const watch = vi.spyOn(pg.Client.prototype, "query");
    const rows = await listServers(owner);
    const queries = watch.mock.calls.length;
    watch.mockRestore();
    return { rows, queries };
  };
  const one = await countQueries();
  expect(one.rows).toMatchObject([
    { slug: busy.slug, tools: 2, heldTools: 1, agents: 1, calls24h: 5, refused24h: 2 },
  ]);
  const hourly = one.rows[0]?.hourly ?? [];
  expect([hourly[23], hourly[22], hourly[21], hourly[0]]).toEqual([2, 1, 1, 1]);
  for (let index = 0; index < 29; index++) await makeServer(owner, { tools: ["x"] });
  const many = await countQueries();
  expect(many.rows).toHaveLength(30);
  expect(one.queries).toBeGreaterThan(0);
  expect(many.queries).toBe(one.queries);
});

test("removing a server asks for its slug, ends access at once, and frees the slug", async () => {
  const owner = await makeOrg();
  const { id } = await registerServer(owner, { slug: "billing", name: "Billing", ...target });
  const agent = await makeAgent(owner, { servers: [{ id }] });
  await database().approval.create({
    data: {
      orgId: owner.org.id,
      id: newId(),
      agentId: agent.id,
      serverId: id,
      tool: "pay",
      digest: new Uint8Array(32),
      arguments: {},
      rule: "tools.pay",
      policyVersion: 1,
      expiresAt: new Date(Date.now() + 60_000),
    },
  });
  await expect(
    removeServer(owner, { server: "billing", confirmSlug: "biling" }),
  ).rejects.toMatchObject({
    code: "invalid_input",
    fields: { confirmSlug: ["Type billing to confirm."] },
  });
  const removed = await removeServer(owner, { server: "billing", confirmSlug: "billing" });
  expect(removed).toEqual({ slug: "billing", agents: 1 });
  const orgId = owner.org.id;
  expect(await database().grant.count({ where: { orgId } })).toBe(0);
  expect(await database().approval.findMany({ where: { orgId } })).toMatchObject([
    { state: "void" },
  ]);
  expect(await listServers(owner)).toEqual([]);
  await expect(getServer(owner, { server: "billing" })).rejects.toMatchObject({
    code: "not_found",
  });
  expect((await auditOf(owner)).at(-1)).toMatchObject({
    action: "server.remove",
    subject: { id, name: "billing" },
    detail: { agents: 1 },
  });
  await registerServer(owner, { slug: "billing", name: "Billing again", ...target });
});

test("another org's server does not exist, and roles bound what can be done", async () => {
  const owner = await makeOrg();
  await registerServer(owner, { slug: "billing", name: "Billing", ...target });
  const stranger = await makeOrg();
  expect(await listServers(stranger)).toEqual([]);
  await expect(getServer(stranger, { server: "billing" })).rejects.toMatchObject({
    code: "not_found",
  });
  await expect(
    removeServer(stranger, { server: "billing", confirmSlug: "billing" }),
  ).rejects.toMatchObject({ code: "not_found" });
  const manager = await contextAs(owner, "policy_manager");
  expect(await listServers(manager)).toHaveLength(1);
  await expect(
    registerServer(manager, { slug: "other", name: "Other", ...target }),
  ).rejects.toMatchObject({ code: "forbidden" });
});
