import { chmod, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { parseAllowedNetworks } from "#proxy/upstream/address-guard.ts";
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

  it("uses uvx with the pinned version when it is installed", async () => {
    const bin = await programOnPath("uvx", "");
    const launch = await launchConnector(
      "valkey",
      { host: "127.0.0.1" },
      {},
      runtime({ PATH: bin }),
    );
    expect(launch.command).toBe(join(bin, "uvx"));
    expect(launch.args).toEqual([
      "--from",
      "awslabs.valkey-mcp-server==1.0.22",
      "awslabs.valkey-mcp-server",
    ]);
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
    const program = join(
      folder,
      "data/connectors/awslabs.valkey-mcp-server-1.0.22/bin/awslabs.valkey-mcp-server",
    );
    expect(new Set(launches.map(({ command }) => command))).toEqual(new Set([program]));
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
});
