// Invariant 8: the web tier seals upstream secrets and cannot open them; only the proxy can.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAgent } from "#lib/agents/agents.ts";
import { database } from "#lib/db.ts";
import { setToolRules } from "#lib/rules/rules.ts";
import { loadOpeningKey } from "#lib/secrets/keys.ts";
import { registerServer, updateServer } from "#lib/servers/servers.ts";
import { makeOrg } from "#lib/testing/factories.ts";
import { storeDiscovery } from "#lib/tools/store.ts";
import { callBody, post, startProxy, type TestProxy } from "../testing/harness.ts";
import { startUpstream, type TestUpstream } from "../testing/upstream.ts";

const canary = "canary-secret-7d1f0c";
const root = join(import.meta.dirname, "../..");

let upstream: TestUpstream;
let proxy: TestProxy;

beforeAll(async () => {
  upstream = await startUpstream({ json: true });
  const folder = await mkdtemp(join(tmpdir(), "callgate-key-"));
  proxy = await startProxy({ openingKey: await loadOpeningKey(folder, undefined) });
});

afterAll(async () => {
  await proxy.close();
  await upstream.close();
});

/** A server registered as a person would, with a secret header, and one allowed tool. */
async function register() {
  const context = await makeOrg();
  const { id } = await registerServer(context, {
    slug: "vault",
    name: "Vault",
    kind: "url",
    url: upstream.url,
    headers: [{ name: "X-Api-Key", value: canary }],
  });
  const discovery = { tools: await upstream.definitions(), protocolRevision: "2025-11-25", serverInfo: {} };
  await storeDiscovery({ orgId: context.org.id, serverId: id }, discovery);
  await setToolRules(context, { server: "vault", tools: ["get"], rule: { choice: "allow" } });
  const agent = await createAgent(context, { name: "agent", servers: ["vault"], expiresInDays: null });
  return { context, id, token: agent.token, url: `${proxy.origin}/mcp/${context.org.slug}/vault` };
}

describe("invariant 8: the web tier cannot read upstream secrets", () => {
  test("the secret stands sealed in its row and in clear nowhere in the database", async () => {
    const { id } = await register();
    const [secret] = await database().serverSecret.findMany({ where: { serverId: id } });
    expect(secret).toMatchObject({ name: "header:X-Api-Key", sealed: expect.stringMatching(/^v1\./) });
    const tables = await database().$queryRaw<{ name: string }[]>`
      select table_name as name from information_schema.tables
      where table_schema = 'public' and table_type = 'BASE TABLE'`;
    for (const { name } of tables) {
      const found = await database().$queryRawUnsafe<{ count: number }[]>(
        `select count(*)::int as count from "${name}" t where t::text like $1`,
        `%${canary}%`,
      );
      expect([name, found]).toEqual([name, [{ count: 0 }]]);
    }
  });

  test("the server receives the opened header through the proxy, and the agent never does", async () => {
    const { token, url } = await register();
    const before = upstream.ledger.length;
    const answer = await post(url, token, callBody("get", { key: "k" }));
    expect(answer.text).toContain("get:k");
    expect(upstream.ledger.slice(before).map(({ headers }) => headers["x-api-key"])).toEqual([canary]);
    expect(answer.text + JSON.stringify([...answer.headers])).not.toContain(canary);
  });

  test("a new secret is used from the very next call on", async () => {
    const { context, token, url } = await register();
    await post(url, token, callBody("get"));
    const headers = [{ name: "X-Api-Key", value: "renewed" }];
    await updateServer(context, { server: "vault", headers });
    const before = upstream.ledger.length;
    await post(url, token, callBody("get"));
    expect(upstream.ledger.slice(before).map(({ headers: seen }) => seen["x-api-key"])).toEqual(["renewed"]);
  });

  test.each([
    ["another server's row", "server_id"],
    ["another name", "name"],
  ])("a sealed value moved to %s does not open: the call says so and is not sent", async (_, column) => {
    const { id, token, url } = await register();
    const victim = await register();
    if (column === "name") {
      await database().$executeRaw`
        update server_secrets set name = 'header:X-Other' where server_id = ${id}::uuid`;
    } else {
      await database().$executeRaw`
        update server_secrets s set sealed = v.sealed from server_secrets v
        where s.server_id = ${id}::uuid and v.server_id = ${victim.id}::uuid`;
    }
    const before = upstream.ledger.length;
    const answer = JSON.parse((await post(url, token, callBody("get"))).text);
    expect(answer.result.isError).toBe(true);
    expect(answer.result.content[0].text).toContain("The action was not performed.");
    expect(upstream.ledger.length).toBe(before);
    await expect
      .poll(() => database().callOutcome.findMany({ where: { orgId: { not: victim.context.org.id }, detail: { contains: "before anything was sent" } } }))
      .not.toEqual([]);
  });

  test("nothing that the web process loads can open a secret", () => {
    const entries = [...filesUnder("app"), ...filesUnder("components"), ...filesUnder("lib/web")].filter(isCode);
    const reached = closure(entries);
    expect(reached.size).toBeGreaterThan(entries.length);
    expect([...reached].filter((file) => /lib\/secrets\/open|^proxy\//.test(file))).toEqual([]);
    const decrypting = [...reached].filter((file) => /createDecipheriv|PROXY_SEALING_KEY|proxy\.key/.test(code(file)));
    expect(decrypting).toEqual(keyFiles(decrypting));
  });

  test("no verb reaches the opening of secrets; only the proxy's main modules and tests import it", () => {
    const importers = ["app", "bin", "components", "lib", "proxy", "scripts"]
      .flatMap(filesUnder)
      .filter((file) => isCode(file) && !/\.test\.ts$|\/testing\//.test(file))
      .filter((file) => importsOf(file).includes("lib/secrets/open.ts"));
    expect(importers).toEqual(["proxy/main/targets.ts"]);
  });
});
