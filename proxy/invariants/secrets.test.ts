// Invariant 8: the web tier seals upstream secrets and cannot open them; only the proxy can.
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAgent } from "#lib/agents/agents.ts";
import { database } from "#lib/db.ts";
import { openGatePool } from "#lib/gate/pool.ts";
import { setToolRules } from "#lib/rules/rules.ts";
import { loadOpeningKey } from "#lib/secrets/opening-key.ts";
import { registerServer, updateServer } from "#lib/servers/servers.ts";
import { makeOrg } from "#lib/testing/factories.ts";
import { storeDiscovery } from "#lib/tools/store.ts";
import { callBody, openSession, startProxy, type TestProxy } from "#proxy/testing/harness.ts";
import { startUpstream, type TestUpstream } from "#proxy/testing/upstream.ts";

const canary = "canary-secret-7d1f0c";
const root = join(import.meta.dirname, "../..");

let upstream: TestUpstream;
let proxy: TestProxy;

beforeAll(async () => {
  upstream = await startUpstream({ json: true });
  const folder = await mkdtemp(join(tmpdir(), "callgate-key-"));
  const pool = openGatePool(process.env.DATABASE_URL ?? "");
  proxy = await startProxy({ openingKey: await loadOpeningKey(pool, folder, undefined) });
  await pool.end();
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
  const discovery = {
    tools: await upstream.definitions(),
    protocolRevision: "2025-11-25",
    serverInfo: {},
  };
  await storeDiscovery({ orgId: context.org.id, serverId: id }, discovery);
  await setToolRules(context, { server: "vault", tools: ["get"], rule: { choice: "allow" } });
  const agent = await createAgent(context, {
    name: "agent",
    servers: ["vault"],
    expiresInDays: null,
  });
  const url = `${proxy.origin}/mcp/${context.org.slug}/vault`;
  return { context, id, send: await openSession(url, agent.token) };
}

describe("invariant 8: the web tier cannot read upstream secrets", () => {
  test("the secret stands sealed in its row and in clear nowhere in the database", async () => {
    const { id } = await register();
    const [secret] = await database().serverSecret.findMany({ where: { serverId: id } });
    expect(secret).toMatchObject({
      name: "header:X-Api-Key",
      sealed: expect.stringMatching(/^v1\./),
    });
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
    const { send } = await register();
    const before = upstream.ledger.length;
    const answer = await send(callBody("get", { key: "k" }));
    expect(answer.text).toContain("get:k");
    expect(upstream.ledger.slice(before).map(({ headers }) => headers["x-api-key"])).toEqual([
      canary,
    ]);
    expect(answer.text + JSON.stringify([...answer.headers])).not.toContain(canary);
  });

  test("a new secret is used from the very next call on", async () => {
    const { context, send } = await register();
    await send(callBody("get"));
    const headers = [{ name: "X-Api-Key", value: "renewed" }];
    await updateServer(context, { server: "vault", headers });
    const before = upstream.ledger.length;
    await send(callBody("get"));
    expect(upstream.ledger.slice(before).map(({ headers: seen }) => seen["x-api-key"])).toEqual([
      "renewed",
    ]);
  });

  test.each([
    ["another server's row", "server_id"],
    ["another name", "name"],
  ])(
    "a sealed value moved to %s does not open: the call says so and is not sent",
    async (_, column) => {
      const { context, id, send } = await register();
      const victim = await register();
      if (column === "name") {
        await database().$executeRaw`
        update server_secrets set name = 'header:X-Other' where server_id = ${id}::uuid`;
      } else {
        await database().$executeRaw`
        update server_secrets s set sealed = v.sealed from server_secrets v
        where s.server_id = ${id}::uuid and v.server_id = ${victim.id}::uuid`;
      }
      await database()
        .$executeRaw`update servers set revision = revision + 1 where id = ${id}::uuid`;
      const before = upstream.ledger.length;
      const answer = JSON.parse((await send(callBody("get"))).text);
      expect(answer.result.isError).toBe(true);
      expect(answer.result.content[0].text).toContain("The action was not performed.");
      expect(upstream.ledger.length).toBe(before);
      await expect
        .poll(() =>
          database().callOutcome.findMany({
            where: {
              orgId: context.org.id,
              detail: { contains: "before anything was sent" },
            },
          }),
        )
        .not.toEqual([]);
    },
  );

  test("nothing that the web process loads can open a secret", () => {
    const entries = ["app", "components", "lib/web"].flatMap(codeUnder);
    const opening = ["lib/secrets/open.ts", "lib/secrets/opening-key.ts"];
    const verbs = codeUnder("lib").filter((file) => !opening.includes(file));
    const reached = loadedBy([...entries, ...verbs]);
    expect(reached.size).toBeGreaterThan(entries.length + 50);
    expect([...reached].filter((file) => /^proxy\/|secrets\/open/.test(file))).toEqual([]);
    expect([...reached].filter((file) => /createDecipheriv/.test(read(file)))).toEqual([]);
  });

  test("only the proxy's own parts that connect or notify import the opening of secrets", () => {
    const importers = ["app", "bin", "components", "lib", "proxy", "scripts"]
      .flatMap(codeUnder)
      .filter((file) => importsOf(file).includes("lib/secrets/open.ts"));
    expect(importers).toEqual(["proxy/main/send-notice.ts", "proxy/main/targets.ts"]);
  });
});

function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

/** Product files of a folder; tests and their helpers are not loaded by any process. */
function codeUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\.ts$|(^|\/)testing\//.test(name));
}

/** Everything that is loaded when these files are, themselves included. */
function loadedBy(entries: string[]): Set<string> {
  const reached = new Set<string>();
  const waiting = [...entries];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    waiting.push(...importsOf(file));
  }
  return reached;
}

/** Own modules that a file loads, as paths from the root; `import type` loads nothing. */
function importsOf(file: string): string[] {
  const statements = read(file).matchAll(
    /(?:^|\n)\s*(?:import|export)\s(?!type\s)[^;"']*?from\s*["']([^"']+)["']|import\s*\(?\s*["']([^"']+)["']/g,
  );
  return [...statements]
    .map((match) => match[1] ?? match[2] ?? "")
    .flatMap((name) => {
      if (name.startsWith(".")) return [join(dirname(file), name)];
      return /^#(app|components|lib|proxy|scripts)\//.test(name) ? [name.slice(1)] : [];
    })
    .filter((name) => /\.tsx?$/.test(name));
}
