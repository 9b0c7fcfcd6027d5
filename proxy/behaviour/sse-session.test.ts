// A session with an HTTP+SSE server of 2024-11-05 behind the gate, from discovery to its end.
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { CreateMessageRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { recordTransport } from "#lib/servers/transport.ts";
import { connectAndList, type DiscoveryStep } from "#proxy/discover/discover.ts";
import {
  callBody,
  connectClient,
  type GatedServer,
  gateServer,
  initializeBody,
  openSession,
  post,
  startProxy,
  type TestProxy,
} from "#proxy/testing/harness.ts";
import { startLocalServer } from "#proxy/testing/local-server.ts";
import { type SseTestUpstream, startSseUpstream } from "#proxy/testing/sse-upstream.ts";
import { parseAllowedNetworks } from "#proxy/upstream/address-guard.ts";

let upstream: SseTestUpstream;
let proxy: TestProxy;

beforeAll(async () => {
  upstream = await startSseUpstream();
  proxy = await startProxy({ environment: { PROXY_MAX_HELD_SESSIONS_PER_ORG: "3" } });
});

afterAll(async () => {
  await proxy.close();
  await upstream.close();
});

const policy = {
  version: 1,
  default: "deny",
  tools: { get: { action: "allow" }, ask: { action: "allow" }, slow: { action: "hide" } },
};

async function gate(): Promise<GatedServer> {
  const gated = await gateServer(proxy, upstream, policy);
  await recordTransport(gated.context.org.id, gated.server.id, "sse", ["2024-11-05"]);
  return gated;
}

function textOf(result: Awaited<ReturnType<Client["callTool"]>>): string {
  return (result.content as { text: string }[])[0]?.text ?? "";
}

async function discover(url: string) {
  const steps: DiscoveryStep[] = [];
  const discovery = await connectAndList(
    { kind: "http", url, headers: {} },
    {
      allowed: parseAllowedNetworks(["127.0.0.0/8"]),
      report: (step) => steps.push(step),
      answerMilliseconds: 2_000,
    },
  );
  return { discovery, steps };
}

describe("discovery", () => {
  test("finds the older transport where POST leads nowhere, and says so", async () => {
    const before = upstream.sessions();
    const { discovery, steps } = await discover(upstream.url);
    expect(discovery).toMatchObject({
      kind: "found",
      transport: "sse",
      serverInfo: { name: "sse-upstream" },
      tools: [{ name: "get" }, { name: "slow" }, { name: "ask" }],
    });
    expect(steps.map(({ detail }) => detail).join(" ")).toContain("over HTTP+SSE");
    await expect.poll(upstream.sessions).toBe(before);
  });

  test.each([
    [401, "unauthorized", 1],
    [500, "http_status", 1],
    [404, "not_mcp", 2],
  ])("asks once more only after 400, 404 or 405: HTTP %i is %s", async (status, code, requests) => {
    await using server = await startLocalServer((_request, response) => {
      response.writeHead(status).end();
    });
    const { discovery } = await discover(server.url.href);
    expect(discovery).toMatchObject({ kind: "failed", failure: { code } });
    // MODERN probes may come before; what counts is whether a GET followed the refusal.
    expect(server.seen.filter(({ method }) => method === "GET")).toHaveLength(requests - 1);
  });

  test("says that an endpoint on another origin is not used", async () => {
    await using server = await startLocalServer(({ method }, response) => {
      if (method !== "GET") return void response.writeHead(405).end();
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("event: endpoint\ndata: http://169.254.169.254/messages\n\n");
    });
    const { discovery } = await discover(server.url.href);
    expect(discovery).toMatchObject({
      failure: { code: "blocked_address", message: expect.stringContaining("another address") },
    });
  });

  test("is remembered: new sessions go the way that was found, until the URL changes", async () => {
    const gated = await gate();
    const key = { orgId_id: { orgId: gated.context.org.id, id: gated.server.id } };
    const known = await database().server.findUniqueOrThrow({ where: key });
    await recordTransport(gated.context.org.id, gated.server.id, "sse", ["2024-11-05"]);
    const again = await database().server.findUniqueOrThrow({ where: key });
    expect([known.transport, again.revision]).toEqual(["sse", known.revision]);
  });
});

describe("a session with an HTTP+SSE server", () => {
  test("shows the allowed tools and decides every call", async () => {
    const gated = await gate();
    const client = await connectClient(gated.url, gated.agent.token);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(["get", "ask"]);
    const got = await client.callTool({ name: "get", arguments: { key: "k" } });
    expect(textOf(got)).toBe("get:k");
    const hidden = client.callTool({ name: "slow", arguments: { ms: 1 } });
    await expect(hidden).rejects.toThrow("Unknown tool: slow");
    expect(upstream.executed).not.toContain("slow");
    await client.close();
  });

  test("carries the server's questions to the agent and the answers back", async () => {
    const gated = await gate();
    const { Client: SdkClient } = await import("@modelcontextprotocol/sdk/client/index.js");
    const { StreamableHTTPClientTransport } = await import(
      "@modelcontextprotocol/sdk/client/streamableHttp.js"
    );
    const client = new SdkClient(
      { name: "asked", version: "1" },
      { capabilities: { sampling: {} } },
    );
    client.setRequestHandler(CreateMessageRequestSchema, async () => ({
      role: "assistant",
      model: "m",
      content: { type: "text", text: "it is me" },
    }));
    const transport = new StreamableHTTPClientTransport(new URL(gated.url), {
      requestInit: { headers: { authorization: `Bearer ${gated.agent.token}` } },
    });
    // The SDK's own transport does not satisfy its interface under exactOptionalPropertyTypes.
    await client.connect(transport as Parameters<Client["connect"]>[0]);
    expect(textOf(await client.callTool({ name: "ask", arguments: {} }))).toContain("it is me");
    await client.close();
  });

  test("whose stream ended is over: the agent is told by 404 and starts anew", async () => {
    const gated = await gate();
    const send = await openSession(gated.url, gated.agent.token);
    expect((await send(callBody("get", { key: "a" }))).text).toContain("get:a");
    upstream.drop();
    await expect.poll(async () => (await send(callBody("get", { key: "b" }))).status).toBe(404);
    const anew = await openSession(gated.url, gated.agent.token);
    expect((await anew(callBody("get", { key: "c" }))).text).toContain("get:c");
  });

  test("holds one stream, of which an org may have so many and another org does not notice", async () => {
    const [gated, other] = [await gate(), await gate()];
    const open = () => post(gated.url, gated.agent.token, initializeBody);
    const answers = await Promise.all(Array.from({ length: 6 }, open));
    expect(answers.filter(({ headers }) => headers.has("mcp-session-id"))).toHaveLength(3);
    expect(answers.filter(({ text }) => text.includes("Too many sessions"))).toHaveLength(3);
    await openSession(other.url, other.agent.token);
    const session = answers.find(({ headers }) => headers.has("mcp-session-id"))?.headers;
    const headers = {
      authorization: `Bearer ${gated.agent.token}`,
      "mcp-session-id": session?.get("mcp-session-id") ?? "",
    };
    expect((await fetch(gated.url, { method: "DELETE", headers })).status).toBe(200);
    await openSession(gated.url, gated.agent.token);
  });
});
