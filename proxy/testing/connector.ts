import { readdirSync, readFileSync } from "node:fs";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { database } from "#lib/db.ts";
import { launchConnector } from "#proxy/connectors/launch.ts";
import { parseAllowedNetworks } from "#proxy/upstream/address-guard.ts";
import { type GatedServer, gateServer, type TestProxy } from "./harness.ts";

const policy = {
  version: 1,
  default: "deny",
  tools: {
    echo: { action: "allow" },
    "get-sum": { action: "allow", rate_limit: { max: 2, window: 60 } },
    "get-env": { action: "hide" },
    "trigger-long-running-operation": { action: "allow" },
  },
};

/** The protocol's own test server as a registered connector, and an agent that may use it. */
export async function gateConnector(proxy: Pick<TestProxy, "origin">): Promise<GatedServer> {
  const gated = await gateServer(
    proxy,
    { url: "http://127.0.0.1:9/", definitions: connectorDefinitions },
    policy,
  );
  await database().server.update({
    where: { orgId_id: { orgId: gated.context.org.id, id: gated.server.id } },
    data: { kind: "connector", connector: "everything", url: null },
  });
  return gated;
}

/** What the connector's program offers, read from it without the gate. */
export async function connectorDefinitions(): Promise<unknown[]> {
  const runtime = {
    environment: process.env,
    dataDir: "/tmp",
    allowed: parseAllowedNetworks([]),
    report: () => {},
  };
  const { command, args, env, cwd } = await launchConnector("everything", {}, {}, runtime);
  const client = new Client({ name: "definitions", version: "1" });
  const stdio = { command, args: [...args], env: { ...env }, cwd, stderr: "ignore" as const };
  await client.connect(new StdioClientTransport(stdio));
  const { tools } = await client.listTools();
  await client.close();
  return tools;
}

/** Process ids of the connector's programs that this process started. */
export function programs(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const parent = /\nPPid:\t(\d+)/.exec(readFileSync(`/proc/${name}/status`, "utf8"))?.[1];
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8");
        return Number(parent) === process.pid && command.includes("server-everything");
      } catch {
        return false;
      }
    })
    .map(Number);
}
