import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { listApprovals } from "#lib/approvals/approvals.ts";
import type { OrgContext } from "#lib/auth/context.ts";
import { listCalls } from "#lib/calls/calls.ts";
import { database } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";
import { openGatePool } from "#lib/gate/pool.ts";
import { newId } from "#lib/ids.ts";
import { getJob, requestConnectionTest, requestDiscovery, waitForJob } from "#lib/jobs/jobs.ts";
import { claimJob, finishJob } from "#lib/jobs/worker.ts";
import {
  applyPolicy,
  diffPolicy,
  getPolicy,
  listPolicyVersions,
  setPolicyMode,
  setToolRules,
} from "#lib/rules/rules.ts";
import { type OpeningKey, openSecret } from "#lib/secrets/open.ts";
import { loadOpeningKey } from "#lib/secrets/opening-key.ts";
import { makeOrg } from "#lib/testing/factories.ts";
import { storeDiscovery } from "#lib/tools/store.ts";
import { acceptTools, getTool, listTools } from "#lib/tools/tools.ts";
import { getServer, listServers, registerServer, removeServer, updateServer } from "./servers.ts";

const canary = "canary-7f3a-do-not-show";
let key: OpeningKey;

beforeAll(async () => {
  const pool = openGatePool(process.env.DATABASE_URL ?? "");
  key = await loadOpeningKey(pool, mkdtempSync(join(tmpdir(), "callgate-key-")), undefined);
  await pool.end();
});

const withHeaders = (slug: string, value = `Bearer ${canary}`) => ({
  slug,
  name: "Billing",
  kind: "url",
  url: "https://mcp.example.test/mcp",
  headers: [{ name: "Authorization", value }],
});

const valkey = (slug: string, settings: Record<string, unknown> = {}) => ({
  slug,
  name: "Cache",
  kind: "connector",
  connector: "valkey",
  settings: { host: "cache.internal", password: canary, ...settings },
});

async function opened(context: OrgContext, slug: string): Promise<Record<string, string>> {
  const { id } = await getServer(context, { server: slug });
  const orgId = context.org.id;
  const rows = await database().serverSecret.findMany({ where: { orgId, serverId: id } });
  return Object.fromEntries(
    rows.map(({ name, sealed }) => [name, openSecret(key, { orgId, ownerId: id, name }, sealed)]),
  );
}

test("what is entered as a secret never comes back out of any verb, error, audit row or table", async () => {
  const owner = await makeOrg();
  const said: unknown[] = [];
  const hear = async (answer: Promise<unknown>) => {
    said.push(await answer.catch((error: unknown) => error));
  };
  await hear(registerServer(owner, withHeaders("billing")));
  await hear(registerServer(owner, withHeaders("billing")));
  await hear(registerServer(owner, { ...withHeaders("bad"), url: "ftp://x" }));
  await hear(registerServer(owner, withHeaders("bad", `${canary}\u0007`)));
  await hear(registerServer(owner, valkey("cache")));
  await hear(registerServer(owner, valkey("bad", { port: "many" })));
  await hear(registerServer(owner, valkey("bad", { password: `${canary}\n` })));
  await hear(registerServer(owner, valkey("bad", { passwrod: canary })));
  await hear(updateServer(owner, { server: "billing", url: "https://other.example.test/" }));
  await hear(updateServer(owner, { server: "cache", settings: { host: "h", password: canary } }));
  await hear(listServers(owner));
  await hear(getServer(owner, { server: "billing" }));
  await hear(getServer(owner, { server: "cache" }));
  const { slug: _, name: __, ...target } = withHeaders("x");
  const test = await requestConnectionTest(owner, { target });
  await hear(Promise.resolve(test));
  await hear(requestDiscovery(owner, { server: "billing" }));
  await hear(getJob(owner, { id: test.jobId }));
  await hear(claimJob(newId()));
  await hear(listTools(owner, { server: "billing" }));
  await hear(getPolicy(owner, { server: "billing" }));
  await hear(applyPolicy(owner, { server: "billing", text: "version: 1\ndefault: allow\n" }));
  await hear(listPolicyVersions(owner, { server: "billing" }));
  await hear(diffPolicy(owner, { server: "billing", text: "version: 1\ndefault: deny\n" }));
  await hear(setPolicyMode(owner, { server: "billing", mode: "observe" }));
  const serverId = (await getServer(owner, { server: "billing" })).id;
  const discovery = { tools: [], protocolRevision: "2025-11-25", serverInfo: null };
  const key = { orgId: owner.org.id, serverId };
  await hear(storeDiscovery(key, discovery));
  await hear(storeDiscovery(key, { ...discovery, tools: [{ name: "pay" }] }));
  await hear(acceptTools(owner, { server: "billing", tools: ["pay"] }));
  await hear(getTool(owner, { server: "billing", tool: "pay" }));
  const rule = { choice: "allow" };
  await hear(setToolRules(owner, { server: "billing", tools: ["pay"], rule }));
  await hear(waitForJob(owner, { id: test.jobId }, 0));
  await hear(listCalls(owner));
  await hear(listApprovals(owner));
  await hear(removeServer(owner, { server: "cache", confirmSlug: "cache" }));

  expect(said.filter((each) => each instanceof AppError)).toHaveLength(7);
  for (const each of said) {
    const text = each instanceof AppError ? each.message + JSON.stringify(each.fields) : "";
    expect(text + JSON.stringify(each)).not.toContain(canary);
  }
  const tables = ["servers", "server_secrets", "jobs", "audit_events", "policy_versions"];
  for (const table of tables) {
    const rows = await database().$queryRawUnsafe<{ found: bigint }[]>(
      `select count(*) as found from ${table} t where t::text like '%${canary}%'`,
    );
    expect(rows, table).toEqual([{ found: 0n }]);
  }
});

test("only the holder of the proxy's key can read a stored secret, and only as that server's", async () => {
  const owner = await makeOrg();
  await registerServer(owner, withHeaders("billing"));
  expect(await opened(owner, "billing")).toEqual({ "header:Authorization": `Bearer ${canary}` });
  expect((await getServer(owner, { server: "billing" })).secretNames).toEqual([
    "header:Authorization",
  ]);
});

test("ADV-168 a new URL wants the secrets again, and the record names both addresses", async () => {
  const owner = await makeOrg();
  await registerServer(owner, withHeaders("billing"));
  const moves = [
    { url: "https://elsewhere.example.test/mcp" },
    { url: "https://mcp.example.test/other" },
    { url: "https://elsewhere.example.test/mcp", headers: [{ name: "authorization" }] },
  ];
  for (const move of moves) {
    await expect(updateServer(owner, { server: "billing", ...move })).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringMatching(/enter these again: authorization/i),
      fields: { headers: [expect.stringMatching(/authorization/i)] },
    });
  }
  expect(await getServer(owner, { server: "billing" })).toMatchObject({
    url: "https://mcp.example.test/mcp",
    revision: 1,
  });
  const moved = await updateServer(owner, {
    server: "billing",
    url: "https://elsewhere.example.test/mcp",
    headers: [{ name: "Authorization", value: "Bearer new" }],
  });
  expect(moved).toMatchObject({ url: "https://elsewhere.example.test/mcp", revision: 2 });
  expect(await opened(owner, "billing")).toEqual({ "header:Authorization": "Bearer new" });
  const last = await database().auditEvent.findFirst({
    where: { orgId: owner.org.id, action: "server.update" },
  });
  expect(last?.detail).toEqual({
    from: "https://mcp.example.test/mcp",
    url: "https://elsewhere.example.test/mcp",
  });
});

test("headers can be kept, replaced, added and dropped without showing the kept ones", async () => {
  const owner = await makeOrg();
  await registerServer(owner, withHeaders("billing"));
  await updateServer(owner, {
    server: "billing",
    headers: [{ name: "Authorization" }, { name: "X-Team", value: "blue" }],
  });
  expect(await opened(owner, "billing")).toEqual({
    "header:Authorization": `Bearer ${canary}`,
    "header:X-Team": "blue",
  });
  await updateServer(owner, { server: "billing", headers: [{ name: "X-Team", value: "red" }] });
  expect(await opened(owner, "billing")).toEqual({ "header:X-Team": "red" });
  await expect(
    updateServer(owner, { server: "billing", headers: [{ name: "X-New" }] }),
  ).rejects.toMatchObject({ fields: { headers: ["Enter the value of X-New"] } });
  const actions = await database().auditEvent.findMany({
    where: { orgId: owner.org.id },
    orderBy: { id: "asc" },
    select: { action: true },
  });
  expect(actions.map(({ action }) => action)).toEqual([
    "server.register",
    "server.secrets",
    "server.update",
    "server.secrets",
    "server.update",
  ]);
});

test("a connector's secret field is sealed apart from its settings and kept until the host changes", async () => {
  const owner = await makeOrg();
  await registerServer(owner, valkey("cache", { tls: "yes" }));
  const { settings, secretNames } = await getServer(owner, { server: "cache" });
  expect(secretNames).toEqual(["field:password"]);
  expect(settings).toMatchObject({ host: "cache.internal", tls: true });
  await updateServer(owner, {
    server: "cache",
    settings: { host: "cache.internal", port: "6379", password: "", read_only: true },
  });
  expect(await opened(owner, "cache")).toEqual({ "field:password": canary });
  await expect(
    updateServer(owner, { server: "cache", settings: { host: "evil.example.test" } }),
  ).rejects.toMatchObject({
    code: "invalid_input",
    fields: { settings: [expect.stringContaining("Password")] },
  });
  await updateServer(owner, {
    server: "cache",
    settings: { host: "other.internal", password: "second" },
  });
  expect(await opened(owner, "cache")).toEqual({ "field:password": "second" });
  await updateServer(owner, {
    server: "cache",
    settings: { host: "other.internal", password: null },
  });
  expect(await opened(owner, "cache")).toEqual({});
});

test("an unknown connector or a wrong setting is refused at its field", async () => {
  const owner = await makeOrg();
  await expect(
    registerServer(owner, { ...valkey("cache"), connector: "shell" }),
  ).rejects.toMatchObject({
    code: "invalid_input",
    fields: { connector: [expect.stringContaining("valkey")] },
  });
  await expect(registerServer(owner, valkey("cache", { port: "many" }))).rejects.toMatchObject({
    code: "invalid_input",
    fields: { "settings.port": [expect.any(String)] },
  });
});

test("a changed name needs no secrets and is on the audit record", async () => {
  const owner = await makeOrg();
  await registerServer(owner, withHeaders("billing"));
  expect(await updateServer(owner, { server: "billing", name: "Payments" })).toMatchObject({
    name: "Payments",
    revision: 2,
  });
  expect(await opened(owner, "billing")).toEqual({ "header:Authorization": `Bearer ${canary}` });
  const stranger = await makeOrg();
  await expect(updateServer(stranger, { server: "billing", name: "Mine" })).rejects.toMatchObject({
    code: "not_found",
  });
});

test("a connection test's secrets reach the proxy sealed and are erased when it ends", async () => {
  const owner = await makeOrg();
  await database().job.deleteMany({});
  const { slug: _, name: __, ...target } = withHeaders("x");
  const { jobId } = await requestConnectionTest(owner, { target });
  const job = await claimJob(newId());
  expect(job).toMatchObject({ id: jobId, secretOwnerId: jobId, serverId: null });
  const [secret] = job?.target.secrets ?? [];
  const identity = { orgId: owner.org.id, ownerId: jobId, name: "header:Authorization" };
  expect(openSecret(key, identity, secret?.sealed ?? "")).toBe(`Bearer ${canary}`);
  if (job) await finishJob(job, "done", { tools: 3 });
  expect(await database().job.findMany({ where: { id: jobId } })).toMatchObject([
    { state: "done", target: null, result: { tools: 3 } },
  ]);
});
