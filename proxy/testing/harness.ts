import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Pool } from "pg";
import type { OrgContext } from "#lib/auth/context.ts";
import { parseEnv } from "#lib/env.ts";
import { beat, leave } from "#lib/gate/instances.ts";
import { openGatePool, openMaintenancePool } from "#lib/gate/pool.ts";
import { newId } from "#lib/ids.ts";
import type { OpeningKey } from "#lib/secrets/open.ts";
import { makeAgent, makeOrg, makeServer } from "#lib/testing/factories.ts";
import { storeDiscovery } from "#lib/tools/store.ts";
import type { Prisma } from "#prisma/client.ts";
import { createHandler } from "#proxy/handler.ts";
import { parseStored } from "#proxy/json/read-by-hand.ts";
import { proxyConfig } from "#proxy/main/config.ts";
import { type Listener, startListener } from "#proxy/main/listener.ts";
import { createPorts } from "#proxy/main/ports.ts";
import { targetOptions } from "#proxy/main/targets.ts";
import type { Ports } from "#proxy/ports.ts";
import type { Pressure } from "#proxy/receive/pressure.ts";
import { createState } from "#proxy/state.ts";
import type { TestUpstream } from "./upstream.ts";

export interface TestProxy {
  origin: string;
  pool: Pool;
  instanceId: string;
  /** Puts on record and into the log what was refused so far, without waiting for its turn. */
  report(): Promise<void>;
  close(): Promise<void>;
}

export interface TestProxyOptions {
  approvalHoldMs?: number;
  /** Another way to the test's database, as through a relay that can be cut. */
  databaseUrl?: string;
  openingKey?: OpeningKey;
  /** Variables of the proxy's environment, such as its limits. */
  environment?: Record<string, string>;
  pressure?: () => Pressure;
  /** Ports to replace, as a connection to the server with short deadlines. */
  ports?: Partial<Ports>;
}

/** The whole pipeline on a free port, on the test's database; only the process is missing. */
export async function startProxy(options: TestProxyOptions = {}): Promise<TestProxy> {
  const databaseUrl = options.databaseUrl ?? process.env.DATABASE_URL ?? "";
  const pool = openGatePool(databaseUrl, parseStored);
  const maintenancePool = openMaintenancePool(databaseUrl);
  const listener: Listener = startListener(databaseUrl);
  const privateKey = createPrivateKey(
    generateKeyPairSync("x25519").privateKey.export({ format: "pem", type: "pkcs8" }),
  );
  const openingKey = options.openingKey ?? { id: "test", privateKey };
  const settings = parseEnv({
    DATABASE_URL: databaseUrl,
    DATA_DIR: "/tmp",
    UPSTREAM_PRIVATE_NETWORKS: "127.0.0.0/8,::1/128",
    PUBLIC_URL: "http://dashboard.test",
    ...options.environment,
  });
  const targets = targetOptions(openingKey, settings);
  const instanceId = newId();
  const config = proxyConfig(settings, instanceId);
  const hosts = new Set<string>();
  const state = createState(
    {
      ...createPorts(pool, maintenancePool, listener, targets),
      // Nearly every file has some, and its output is not the place for them.
      reportEarlyRefusals() {},
      ...options.ports,
    },
    { ...config, approvalHoldMs: options.approvalHoldMs ?? 0, hosts },
    options.pressure,
  );
  const server: Server = createServer(createHandler(state));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  hosts.add(`127.0.0.1:${port}`);
  await beat(pool, instanceId, `http://127.0.0.1:${port}`);
  return {
    origin: `http://127.0.0.1:${port}`,
    pool,
    instanceId,
    report: () => state.report(),
    async close() {
      state.drain();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await state.upstreams.close();
      await state.settled();
      await leave(pool, instanceId).catch(() => {});
      await listener.stop();
      await Promise.all([pool.end(), maintenancePool.end()]);
    },
  };
}

export interface GatedServer {
  context: OrgContext;
  server: { id: string; slug: string; policyId: string };
  agent: { id: string; name: string; token: string; tokenId: string };
  url: string;
}

/** An org with one discovered server under this policy and one agent that may use it. */
export async function gateServer(
  proxy: Pick<TestProxy, "origin">,
  upstream: Pick<TestUpstream, "url" | "definitions">,
  document: Prisma.InputJsonObject,
  mode: "enforce" | "observe" = "enforce",
): Promise<GatedServer> {
  const context = await makeOrg();
  const server = await makeServer(context, { url: upstream.url, document, mode });
  await storeDiscovery(
    { orgId: context.org.id, serverId: server.id },
    { tools: await upstream.definitions(), protocolRevision: "2025-11-25", serverInfo: {} },
  );
  const agent = await makeAgent(context, { servers: [server] });
  const url = `${proxy.origin}/mcp/${context.org.slug}/${server.slug}`;
  return { context, server, agent, url };
}

/** The official SDK's client, connected through the proxy. */
export async function connectClient(url: string, token: string): Promise<Client> {
  const client = new Client({ name: "test-client", version: "1.2.3" });
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
  });
  // The SDK's own transport does not satisfy its interface under exactOptionalPropertyTypes.
  await client.connect(transport as Parameters<Client["connect"]>[0]);
  return client;
}

/** One raw POST, as an attacker or a broken client would send it. */
export async function post(
  url: string,
  token: string | null,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; text: string }> {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body,
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/**
 * Opens a session by hand, without a client in between.
 * @returns sends one body in that session; `session` is its id
 */
export async function openSession(url: string, token: string) {
  const { headers } = await post(url, token, initializeBody);
  const session = headers.get("mcp-session-id");
  if (session === null) throw new Error("the proxy opened no session");
  const send = (body: string | Uint8Array<ArrayBuffer>, more: Record<string, string> = {}) =>
    post(url, token, body, { "mcp-session-id": session, ...more });
  return Object.assign(send, { session });
}

/** An `initialize` request as text. */
export const initializeBody = JSON.stringify({
  jsonrpc: "2.0",
  id: 0,
  method: "initialize",
  params: {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "test-client", version: "1.2.3" },
  },
});

/** A `tools/list` request as text. */
export const listBody = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';

/** A `tools/call` request as text. */
export function callBody(name: string, args: object = {}, id: number | string = 1): string {
  return JSON.stringify({
    jsonrpc: "2.0",
    id,
    method: "tools/call",
    params: { name, arguments: args },
  });
}
