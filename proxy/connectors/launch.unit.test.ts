import { chmod, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, test } from "vitest";
import { ask } from "#proxy/discover/discover-ask.ts";
import { startLocalServer } from "#proxy/testing/local-server.ts";
import { parseAllowedNetworks } from "#proxy/upstream/address-guard.ts";
import type { Launch } from "#proxy/upstream/child-process.ts";
import { STDIO_DEFAULTS, StdioUpstream } from "#proxy/upstream/stdio.ts";
import type { UpstreamContext } from "#proxy/upstream/types.ts";
import { launchConnector } from "./launch.ts";
import type { ConnectorRuntime } from "./runtime.ts";

let folder: string;
let reports: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "callgate-"));
  reports = [];
});

function runtime(environment: Record<string, string> = {}): ConnectorRuntime {
  return {
    environment,
    dataDir: join(folder, "data"),
    allowed: parseAllowedNetworks(["127.0.0.0/8", "10.0.0.0/8"]),
    report: (progress) => void reports.push(progress),
  };
}

/** An executable shell script on a PATH of its own. */
async function programOnPath(name: string, script: string): Promise<string> {
  const bin = join(folder, "bin");
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(bin, name), 0o755);
  return bin;
}

/** What `uv venv` does with the folder it is told last. */
const makeFolder = 'for last; do :; done; if [ "$1" = venv ]; then /bin/mkdir -p "$last"; fi';

const SETTINGS = { host: "127.0.0.1", port: 6380, tls: false, read_only: true, embeddings: "hash" };

describe("starting the Valkey connector", () => {
  it("prefers the operator's command, and turns settings into variables and known flags only", async () => {
    const environment = {
      CALLGATE_VALKEY_COMMAND: "/opt/valkey-mcp --flag",
      PATH: "/bin",
      AWS_SECRET: "canary",
    };
    const settings = { ...SETTINGS, user: "$(touch x); --evil", admin_commands: true };
    const launch = await launchConnector(
      "valkey",
      settings,
      { password: "pass word" },
      runtime(environment),
    );
    expect(launch).toMatchObject({
      command: "/opt/valkey-mcp",
      args: ["--flag", "--readonly"],
      env: {
        VALKEY_HOST: "127.0.0.1",
        VALKEY_PORT: "6380",
        VALKEY_USERNAME: "$(touch x); --evil",
        VALKEY_PWD: "pass word",
        VALKEY_USE_SSL: "false",
        VALKEY_ADMIN_ENABLED: "true",
        EMBEDDING_PROVIDER: "hash",
        MCP_LOG_FILE: "/dev/null",
      },
    });
    expect(JSON.stringify(launch)).not.toContain("canary");
  });

  const program = () =>
    join(folder, "data/connectors/awslabs.valkey-mcp-server-1.0.22/bin/awslabs.valkey-mcp-server");

  it("is installed by uv where there is one, and started without it", async () => {
    const log = join(folder, "log");
    const bin = await programOnPath("uv", `echo "$@" >> ${log}; ${makeFolder}`);
    const launch = await launchConnector(
      "valkey",
      { host: "127.0.0.1" },
      {},
      runtime({ PATH: bin }),
    );
    expect(launch).toMatchObject({ command: program(), args: [] });
    const commands = (await readFile(log, "utf8")).trim().split("\n");
    expect(commands).toHaveLength(2);
    expect(commands[0]).toMatch(/^venv /);
    expect(commands[1]).toMatch(/^pip install .*awslabs\.valkey-mcp-server==1\.0\.22$/);
  });

  it("tells the installer where packages are, the program nothing of it, and neither the product's secrets", async () => {
    const log = join(folder, "log");
    const bin = await programOnPath("uv", `/usr/bin/env >> ${log}; ${makeFolder}`);
    const forInstallers = {
      HTTPS_PROXY: "http://ops:hunter2@egress:3128",
      no_proxy: "pypi.corp.test",
      UV_INDEX_URL: "https://ci:s3cret@pypi.corp.test/simple",
      PIP_INDEX_URL: "https://ci:s3cret@pypi.corp.test/simple",
      SSL_CERT_FILE: "/etc/corp.pem",
    };
    const environment = {
      ...forInstallers,
      PATH: bin,
      HOME: "/home/operator",
      DATABASE_URL: "postgresql://canary",
      PROXY_SEALING_KEY: "canary",
    };
    const { env, cwd } = await launchConnector("valkey", SETTINGS, {}, runtime(environment));
    const seen = await readFile(log, "utf8");
    for (const [name, value] of Object.entries(forInstallers)) {
      expect(seen).toContain(`${name}=${value}`);
      expect(env).not.toHaveProperty([name]);
    }
    expect(seen).not.toContain("canary");
    expect(JSON.stringify(env)).not.toMatch(/canary|operator/);
    expect(env.HOME).toBe(cwd);
  });

  it("otherwise installs the pinned version once, however many sessions start together", async () => {
    const log = join(folder, "log");
    const bin = await programOnPath(
      "python3",
      `echo "$@" >> ${log}; if [ "$2" = venv ]; then /bin/mkdir -p "$3/bin"; /bin/cp "$0" "$3/bin/python"; fi`,
    );
    const starts = [1, 2, 3].map(() =>
      launchConnector("valkey", SETTINGS, {}, runtime({ PATH: bin })),
    );
    const launches = await Promise.all(starts);
    expect(new Set(launches.map(({ command }) => command))).toEqual(new Set([program()]));
    const commands = (await readFile(log, "utf8")).trim().split("\n");
    expect(commands).toHaveLength(2);
    expect(commands[1]).toContain("pip install");
    expect(commands[1]).toContain("awslabs.valkey-mcp-server==1.0.22");
    expect(reports.join("\n")).toContain("Installing awslabs.valkey-mcp-server==1.0.22");
  });

  it("says what to install when Python is missing or the package cannot be had", async () => {
    const start = (PATH: string) => launchConnector("valkey", SETTINGS, {}, runtime({ PATH }));
    await expect(start(join(folder, "empty"))).rejects.toThrow("Install Python 3.10");
    const bin = await programOnPath(
      "python3",
      'if [ "$2" = venv ]; then /bin/mkdir -p "$3/bin"; /bin/cp "$0" "$3/bin/python"; else exit 1; fi',
    );
    await expect(start(bin)).rejects.toThrow("package index");
    await expect(start(bin)).rejects.toThrow("package index");
  });

  it("refuses a host inside networks the operator did not allow, and pins the one it checked", async () => {
    const environment = { CALLGATE_VALKEY_COMMAND: "valkey-mcp" };
    const start = (host: string) =>
      launchConnector("valkey", { ...SETTINGS, host }, {}, runtime(environment));
    await expect(start("169.254.169.254")).rejects.toThrow("never connected to");
    await expect(start("192.168.0.1")).rejects.toThrow("never connected to");
    await expect(start("no-such-host.invalid")).rejects.toThrow("has no address");
    expect((await start("10.0.0.7")).env.VALKEY_HOST).toBe("10.0.0.7");
  });

  it("refuses a cluster, which names nodes that nobody checks, unless the operator allows them", async () => {
    const start = (environment: Record<string, string>) =>
      launchConnector(
        "valkey",
        { ...SETTINGS, cluster: true },
        {},
        runtime({ ...environment, CALLGATE_VALKEY_COMMAND: "valkey-mcp" }),
      );
    for (const setting of [{}, { CALLGATE_VALKEY_CLUSTER: "no" }]) {
      const refusal = await start(setting).catch((error: unknown) => error);
      expect(refusal).toMatchObject({
        failure: {
          code: "blocked_address",
          message: expect.stringContaining("nodes of its own choice"),
          fix: expect.stringContaining("CALLGATE_VALKEY_CLUSTER=allow"),
        },
      });
    }
    const { env } = await start({ CALLGATE_VALKEY_CLUSTER: "allow" });
    expect(env).toMatchObject({ VALKEY_HOST: "127.0.0.1", VALKEY_CLUSTER_MODE: "true" });
  });
});

describe("the test server as a connector", () => {
  const start = () =>
    launchConnector(
      "everything",
      {},
      {},
      runtime({ PATH: "/bin", HOME: "/home/operator", HTTPS_PROXY: "http://ops:hunter2@egress" }),
    );

  it("fetches nothing, neither here nor elsewhere", async () => {
    await using inside = await startLocalServer((_request, response) => response.end("secret"));
    await using server = await openClient(await start());
    for (const data of [inside.url.href, "https://[::1]/", "http://example.test./"]) {
      const answer = await server.call("gzip-file-as-resource", {
        name: "a.gz",
        data,
        outputType: "resource",
      });
      expect(answer).toMatchObject({
        isError: true,
        content: [{ text: expect.stringContaining("not in the allowed domains") }],
      });
    }
    expect(inside.seen).toEqual([]);
  });

  it("has nothing of the operator's environment to show", async () => {
    await using server = await openClient(await start());
    const answer = await server.call("get-env", {});
    expect(answer).toMatchObject({
      content: [{ text: JSON.stringify({ GZIP_ALLOWED_DOMAINS: "/" }, null, 2) }],
    });
  });
});

test("there is no connector of another name", async () => {
  await expect(launchConnector("shell", {}, {}, runtime())).rejects.toThrow("no such connector");
});

/** The program itself, without the gate. */
async function openClient(launch: Launch) {
  const upstream = new StdioUpstream(launch, STDIO_DEFAULTS);
  const context: UpstreamContext = { sessionId: null, protocolVersion: null };
  const clientInfo = { name: "test", version: "1" };
  const greeting = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo };
  await ask(upstream, context, "initialize", greeting);
  await upstream.send({ jsonrpc: "2.0", method: "notifications/initialized" }, context);
  return {
    call: async (name: string, args: Record<string, string>) =>
      (await ask(upstream, context, "tools/call", { name, arguments: args })).result,
    [Symbol.asyncDispose]: () => upstream.close(),
  };
}
