import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { closeDatabase } from "#lib/db.ts";
import { makeAgent, makeOrg, makeServer } from "#lib/testing/factories.ts";
import { storeDiscovery } from "#lib/tools/store.ts";
import { type EmbeddedDatabase, freePort, startEmbedded } from "#scripts/database/embedded.ts";
import { migrate } from "#scripts/database/migrate.ts";
import type { Target } from "./load.ts";

const root = join(import.meta.dirname, "..");

export interface World {
  targets: Target[];
  close(): Promise<void>;
}

/** Starts Postgres, the small server, the pass-through and the real proxy, each a process. */
export async function startWorld(): Promise<World> {
  const folder = mkdtempSync("/tmp/callgate-bench-");
  const embedded = process.env.DATABASE_URL ? null : await openDatabase(folder);
  if (embedded) process.env.DATABASE_URL = embedded.url;
  await migrate(process.env.DATABASE_URL ?? "");

  const upstream = await startChild("bench/upstream.ts", []);
  const upstreamUrl = `http://127.0.0.1:${upstream.port}/mcp`;
  const passThrough = await startChild("bench/pass-through.ts", [upstreamUrl]);
  const proxyPort = await freePort();
  const proxy = await startChild("proxy/main.ts", [], {
    PROXY_PORT: String(proxyPort),
    DATA_DIR: folder,
    UPSTREAM_PRIVATE_NETWORKS: "127.0.0.0/8",
  });
  const children = [upstream.child, passThrough.child, proxy.child];

  const gated = async (name: string, rule: object, expect: string): Promise<Target> => {
    const context = await makeOrg();
    const document = { version: 1, default: "deny", tools: { echo: { ...rule } } };
    const server = await makeServer(context, { url: upstreamUrl, document });
    await storeDiscovery(
      { orgId: context.org.id, serverId: server.id },
      { tools: [toolOf()], protocolRevision: "2025-11-25", serverInfo: {} },
    );
    const agent = await makeAgent(context, { servers: [server] });
    return {
      name,
      url: new URL(`http://127.0.0.1:${proxyPort}/mcp/${context.org.slug}/${server.slug}`),
      headers: { authorization: `Bearer ${agent.token}` },
      body,
      expect,
      pid: proxy.child.pid ?? null,
    };
  };
  const plain = { headers: {}, body, expect: '"ok"' };
  const targets: Target[] = [
    { ...plain, name: "direct", url: new URL(upstreamUrl), pid: null },
    {
      ...plain,
      name: "bare Node pass-through",
      url: new URL(`http://127.0.0.1:${passThrough.port}/mcp`),
      pid: passThrough.child.pid ?? null,
    },
    await gated("Callgate, allowed", { action: "allow" }, '"ok"'),
    await gated(
      "Callgate, limited, within",
      { action: "allow", rate_limit: { max: 1_000_000, window: 60, per: "agent" } },
      '"ok"',
    ),
    await gated(
      "Callgate, limit of 100 used up",
      { action: "allow", rate_limit: { max: 100, window: 3600, per: "agent" } },
      "",
    ),
    await gated("Callgate, denied", { action: "deny", reason: "Not here." }, "Not here."),
  ];
  return {
    targets,
    async close() {
      for (const child of children) child.kill("SIGTERM");
      await closeDatabase();
      await embedded?.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const body = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "tools/call",
  params: { name: "echo", arguments: { text: "hello", count: 3 } },
});

function toolOf() {
  return { name: "echo", description: "Returns a short text", inputSchema: { type: "object" } };
}

async function openDatabase(folder: string): Promise<EmbeddedDatabase> {
  const { chmodSync } = await import("node:fs");
  chmodSync(folder, 0o755);
  const embedded = await startEmbedded(folder);
  const url = new URL(embedded.url);
  url.pathname = "/bench";
  return { ...embedded, url: url.toString() };
}

function startChild(
  script: string,
  args: string[],
  environment: Record<string, string> = {},
): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(join(root, script), args, {
    env: { ...process.env, ...environment },
    execArgv: [
      "--disable-warning=ExperimentalWarning",
      ...(process.env.BENCH_PROFILE && script.startsWith("proxy")
        ? ["--cpu-prof", `--cpu-prof-dir=${process.env.BENCH_PROFILE}`]
        : []),
    ],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  return new Promise((done, fail) => {
    child.once("message", (message: { port?: number } | string) => {
      done({ child, port: typeof message === "string" ? 0 : (message.port ?? 0) });
    });
    child.once("exit", (code) => fail(new Error(`${script} ended with code ${code}`)));
  });
}
