import type { OrgContext } from "#lib/auth/context.ts";
import { closeDatabase } from "#lib/db.ts";
import { makeAgent, makeOrg, makeServer } from "#lib/testing/factories.ts";
import { storeDiscovery } from "#lib/tools/store.ts";
import type { Prisma } from "#prisma/client.ts";
import { startThrowawayDatabase } from "#scripts/database/throwaway.ts";
import { freePort } from "#scripts/free-port.ts";
import { compileProxy } from "#scripts/proxy-process.ts";
import type { Target } from "./load.ts";
import { type Child, startChild } from "./processes.ts";

export interface GatedTarget extends Target {
  /** The owner of its org. */
  context: OrgContext;
}

export interface World {
  upstreamUrl: string;
  proxy: Child;
  direct(body?: string): Target;
  passThrough(body?: string): Target;
  /**
   * The same, but each call is on record, committed, before it is sent on; and one that also writes what
   * became of it.
   */
  recordingPassThroughs(): Target[];
  /** A target of its own org, server, agent and session, under this policy. */
  gated(name: string, document: Prisma.InputJsonObject, body?: string): Promise<GatedTarget>;
  /** The same through the address of all servers, in a session and as agents of 2026-07-28 ask. */
  gatedAll(document: Prisma.InputJsonObject): Promise<Target[]>;
  close(): Promise<void>;
}

/** A `tools/call` of the bench server's only tool. */
export function callBody(
  args: Record<string, unknown> = { text: "hello", count: 3 },
  name = "echo",
): string {
  const params = { name, arguments: args };
  return JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params });
}

/** A policy with one rule, for the bench server's only tool. */
export function policyOf(rule: Prisma.InputJsonObject): Prisma.InputJsonObject {
  return { version: 1, default: "deny", tools: { echo: rule } };
}

/** Starts Postgres, the small server, the pass-through and the real proxy, each a process. */
export async function startWorld(): Promise<World> {
  const database = await startThrowawayDatabase("bench");
  const upstream = await startChild("bench/upstream.ts");
  const upstreamUrl = `http://127.0.0.1:${upstream.port}/mcp`;
  const bare = await startChild("bench/pass-through.ts", [upstreamUrl]);
  const recording = await startChild("bench/pass-through.ts", [upstreamUrl, database.url]);
  const settling = await startChild("bench/pass-through.ts", [
    upstreamUrl,
    database.url,
    "settles",
  ]);
  await compileProxy();
  const proxyPort = await freePort();
  const proxy = await startChild("proxy/main.ts", [], {
    PROXY_PORT: String(proxyPort),
    DATA_DIR: database.folder,
    UPSTREAM_PRIVATE_NETWORKS: "127.0.0.0/8",
    // A call that has to wait for a person is answered so at once.
    APPROVAL_HOLD_SECONDS: "0",
    // Measure what load does instead of shedding it.
    PROXY_MAX_LOOP_DELAY_MS: "60000",
  });
  const plain = { headers: {}, expect: '"ok' };
  return {
    upstreamUrl,
    proxy,
    direct: (body = callBody()) => ({
      ...plain,
      name: "direct",
      url: new URL(upstreamUrl),
      body,
      pid: null,
    }),
    passThrough: (body = callBody()) => ({
      ...plain,
      name: "bare Node pass-through",
      url: new URL(`http://127.0.0.1:${bare.port}/mcp`),
      body,
      pid: bare.pid,
    }),
    recordingPassThroughs: () =>
      [
        { name: "the same with a record", child: recording },
        { name: "the same with a record and an outcome", child: settling },
      ].map(({ name, child }) => ({
        ...plain,
        name,
        url: new URL(`http://127.0.0.1:${child.port}/mcp`),
        body: callBody(),
        pid: child.pid,
      })),
    async gated(name, document, body = callBody()) {
      const origin = `http://127.0.0.1:${proxyPort}`;
      const { url, headers, context } = await makeGated(origin, upstreamUrl, document);
      return { ...plain, name, url, headers, context, body, pid: proxy.pid };
    },
    async gatedAll(document) {
      const origin = `http://127.0.0.1:${proxyPort}`;
      const { all, tool, token } = await makeGated(origin, upstreamUrl, document);
      const to = { ...plain, url: all, pid: proxy.pid };
      const legacy = { headers: await openSession(all, token), body: callBody(undefined, tool) };
      const modern = { headers: modernHeaders(tool, token), body: modernCallBody(tool) };
      return [
        { ...to, ...legacy, name: "Callgate, all servers, in a session" },
        { ...to, ...modern, name: "Callgate, all servers, 2026-07-28 translated" },
      ];
    },
    async close() {
      for (const child of [proxy, bare, recording, settling, upstream]) child.stop();
      await closeDatabase();
      await database.stop();
    },
  };
}

async function makeGated(origin: string, upstreamUrl: string, document: Prisma.InputJsonObject) {
  const context = await makeOrg();
  const server = await makeServer(context, { url: upstreamUrl, document });
  const tool = { name: "echo", description: "Returns a text", inputSchema: { type: "object" } };
  await storeDiscovery(
    { orgId: context.org.id, serverId: server.id },
    { tools: [tool], protocolRevision: "2025-11-25", serverInfo: {} },
  );
  const agent = await makeAgent(context, { servers: [server] });
  const all = new URL(`${origin}/mcp/${context.org.slug}`);
  const url = new URL(`${all.href}/${server.slug}`);
  const headers = await openSession(url, agent.token);
  return { url, headers, context, all, tool: `${server.slug}__echo`, token: agent.token };
}

/** The headers of an agent that has initialized. */
async function openSession(url: URL, token: string): Promise<Record<string, string>> {
  const authorization = `Bearer ${token}`;
  const params = {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "bench", version: "1" },
  };
  const response = await fetch(url, {
    method: "POST",
    headers: {
      authorization,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 0, method: "initialize", params }),
  });
  const answer = await response.text();
  const session = response.headers.get("mcp-session-id");
  if (session === null) throw new Error(`the proxy opened no session: ${answer}`);
  return { authorization, "mcp-session-id": session, "mcp-protocol-version": "2025-11-25" };
}

function modernHeaders(tool: string, token: string): Record<string, string> {
  return {
    authorization: `Bearer ${token}`,
    "mcp-protocol-version": "2026-07-28",
    "mcp-method": "tools/call",
    "mcp-name": tool,
  };
}

function modernCallBody(name: string): string {
  const _meta = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
  };
  const params = { _meta, name, arguments: { text: "hello", count: 3 } };
  return JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params });
}
