import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "#scripts/free-port.ts";
import { type CallRow, compare } from "../compare.ts";
import type { Target } from "../load.ts";
import { startChild } from "../processes.ts";
import { callBody, policyOf } from "../world.ts";
import type { Section } from "./section.ts";

/** Two gateways of npm in front of the same server; neither decides anything nor keeps a record. */
export const peers: Section = async (world, effort, say) => {
  const hub = await startHub(world.upstreamUrl);
  const bridge = await startChild("bench/peers/mcp-proxy.ts", [world.upstreamUrl]);
  try {
    const targets = [
      world.direct(),
      world.passThrough(),
      await world.gated("Callgate, allowed", policyOf({ action: "allow" })),
      await bridgeTarget(bridge.port, bridge.pid),
      hub.target,
    ];
    const rows: CallRow[] = [];
    for (const concurrency of [1, 32]) {
      say(`${concurrency} at once`);
      rows.push(...(await compare(targets, concurrency, effort)));
    }
    return { title: "Peers", calls: rows, figures: [] };
  } finally {
    bridge.stop();
    hub.stop();
  }
};

async function bridgeTarget(port: number, pid: number): Promise<Target> {
  const url = new URL(`http://127.0.0.1:${port}/mcp`);
  const clientInfo = { name: "bench", version: "1" };
  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo };
  const headers = {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
  };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 0, method: "initialize", params });
  const response = await fetch(url, { method: "POST", headers, body });
  await response.text();
  const session = response.headers.get("mcp-session-id") ?? "";
  return {
    name: "mcp-proxy",
    url,
    headers: { "mcp-session-id": session, "mcp-protocol-version": "2025-11-25" },
    body: callBody(),
    expect: '"ok',
    pid,
  };
}

/** The hub's own way of calling a tool; its MCP endpoint answers on another connection. */
async function startHub(upstreamUrl: string): Promise<{ target: Target; stop(): void }> {
  const folder = mkdtempSync("/tmp/callgate-bench-hub-");
  const config = join(folder, "servers.json");
  writeFileSync(config, JSON.stringify({ mcpServers: { bench: { url: upstreamUrl } } }));
  const port = await freePort();
  const program = join(import.meta.dirname, "../../node_modules/mcp-hub/dist/cli.js");
  const child = spawn(process.execPath, [program, "--port", String(port), "--config", config], {
    stdio: "ignore",
    env: { ...process.env, XDG_STATE_HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
  });
  const origin = `http://127.0.0.1:${port}`;
  await healthy(origin);
  const call = { server_name: "bench", tool: "echo", arguments: { text: "hello", count: 3 } };
  return {
    target: {
      name: "mcp-hub",
      url: new URL(`${origin}/api/servers/tools`),
      headers: {},
      body: JSON.stringify(call),
      expect: '"ok',
      pid: child.pid ?? null,
    },
    stop() {
      child.kill("SIGTERM");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function healthy(origin: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const health = await fetch(`${origin}/api/health`)
      .then((response) => response.text())
      .catch(() => "");
    if (health.includes('"connected"')) return;
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error("mcp-hub did not connect to the server");
}
