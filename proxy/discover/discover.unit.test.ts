import { randomUUID } from "node:crypto";
import { mkdtemp } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { describe, expect, it, test } from "vitest";
import { z } from "zod";
import { launchConnector } from "#proxy/connectors/launch.ts";
import { type SeenRequest, startLocalServer } from "#proxy/testing/local-server.ts";
import { parseAllowedNetworks } from "#proxy/upstream/address-guard.ts";
import { connectAndList, type DiscoveryStep, type DiscoveryTarget } from "./discover.ts";

const LOOPBACK = parseAllowedNetworks(["127.0.0.0/8", "::1"]);

async function discover(target: DiscoveryTarget, allowed = LOOPBACK) {
  const steps: DiscoveryStep[] = [];
  const report = (step: DiscoveryStep) => steps.push(step);
  const found = await connectAndList(target, { allowed, report, answerMilliseconds: 5_000 });
  return { found, steps, last: steps.at(-1) };
}
const http = (url: URL | string, headers = {}): DiscoveryTarget => ({
  kind: "http",
  url: String(url),
  headers,
});
const states = (steps: DiscoveryStep[]) => steps.map(({ step, state }) => `${step} ${state}`);

async function startRealServer(options: { json: boolean }) {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  const server = createServer(async (request, response) => {
    const known = sessions.get(String(request.headers["mcp-session-id"]));
    if (known) return known.handleRequest(request, response);
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      enableJsonResponse: options.json,
      onsessioninitialized: (id) => void sessions.set(id, transport),
      onsessionclosed: (id) => void sessions.delete(id),
    });
    const mcp = new McpServer({ name: "real", version: "3.1" }, { instructions: "Be kind." });
    mcp.registerTool("get", { inputSchema: { key: z.string() } }, () => ({ content: [] }));
    mcp.registerTool("wipe", {}, () => ({ content: [] }));
    // The SDK's transport and its interface disagree under exactOptionalPropertyTypes.
    await mcp.connect(transport as Parameters<McpServer["connect"]>[0]);
    await transport.handleRequest(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    sessions,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe("discovery", () => {
  it.each([{ json: true }, { json: false }])(
    "finds the tools of a real server and leaves no session (%j)",
    async (options) => {
      await using server = await startRealServer(options);
      const { found, steps } = await discover(http(server.url));
      expect(found).toMatchObject({
        kind: "found",
        protocolRevision: "2025-11-25",
        serverInfo: { name: "real", version: "3.1" },
        instructions: "Be kind.",
        tools: [{ name: "get", inputSchema: { required: ["key"] } }, { name: "wipe" }],
      });
      expect(states(steps)).toEqual(
        ["resolve", "connect", "initialize", "list_tools"].flatMap((step) => [
          `${step} running`,
          `${step} ok`,
        ]),
      );
      expect(steps.at(-1)?.detail).toBe("2 tools.");
      expect(server.sessions.size).toBe(0);
    },
  );

  it("finds the tools of a connector", async () => {
    const runtime = {
      environment: process.env,
      dataDir: await mkdtemp(join(tmpdir(), "callgate-")),
      allowed: LOOPBACK,
      report: () => {},
    };
    const target: DiscoveryTarget = {
      kind: "stdio",
      prepare: (report) => {
        report("Looking for the program.");
        return launchConnector("everything", {}, {}, runtime);
      },
    };
    const { found, steps } = await discover(target);
    expect(found.kind === "found" && found.tools.length).toBeGreaterThan(5);
    expect(states(steps)).toEqual([
      "start running",
      "start running",
      "start ok",
      "initialize running",
      "initialize ok",
      "list_tools running",
      "list_tools ok",
    ]);
  }, 20_000);

  it("says that the program of a connector is missing", async () => {
    const launch = { command: "callgate-no-such-program", args: [], env: {}, cwd: tmpdir() };
    const { last } = await discover({ kind: "stdio", prepare: async () => launch });
    expect(last).toMatchObject({
      step: "start",
      state: "failed",
      detail: expect.stringContaining("not found"),
    });
    expect(last?.fix).toContain("installs it");
  });

  test.each<[string, string, Partial<DiscoveryStep>]>([
    ["no URL", "mcp.example.com", { step: "resolve", detail: "This is not a URL." }],
    [
      "a name without an address",
      "https://no-such-host.invalid/mcp",
      { step: "resolve", detail: "The name no-such-host.invalid has no address." },
    ],
    [
      "a private address",
      "https://10.0.0.1/mcp",
      { step: "resolve", detail: expect.stringContaining("private") },
    ],
    [
      "a database port",
      "https://mcp.example.com:5432/",
      { step: "resolve", detail: expect.stringContaining("5432") },
    ],
    [
      "a port nobody listens on",
      "https://127.0.0.1:443/mcp",
      { step: "connect", detail: "Nothing answers on 127.0.0.1." },
    ],
  ])("explains %s", async (_name, url, expected) => {
    const { found, last } = await discover(http(url));
    expect(found.kind).toBe("failed");
    expect(last).toMatchObject({
      state: "failed",
      fix: expect.stringMatching(/\w+ .*\./),
      ...expected,
    });
  });

  it("explains that a server does not speak TLS", async () => {
    await using server = await startLocalServer((_request, response) => response.end());
    const { last } = await discover(http(`https://127.0.0.1:${server.url.port}/mcp`));
    expect(last).toMatchObject({
      step: "connect",
      state: "failed",
      detail: expect.stringContaining("TLS"),
    });
  });

  type Answer = Parameters<typeof startLocalServer>[0];
  const page: Answer = (_q, r) => r.writeHead(200, { "content-type": "text/html" }).end("<html>");
  const refuse =
    (status: number): Answer =>
    (_q, r) =>
      r.writeHead(status).end("no");
  test.each<[string, Answer, string, string]>([
    ["a web page", page, "a web page", "MCP endpoint"],
    ["404", refuse(404), "HTTP 404", "MCP endpoint"],
    ["405, as the older transport says", refuse(405), "HTTP 405", "/sse"],
    ["401", refuse(401), "wants a valid token", "under Headers"],
    ["403", refuse(403), "wants a valid token", "under Headers"],
    [
      "a redirect",
      (_q, r) => r.writeHead(308, { location: "/new" }).end(),
      "redirects",
      "final URL",
    ],
    ["an error", refuse(500), "HTTP 500", "log"],
  ])("explains %s", async (_name, answer, detail, fix) => {
    await using server = await startLocalServer(answer);
    const { last } = await discover(http(server.url));
    expect(last).toMatchObject({ step: "initialize", state: "failed" });
    expect(last?.detail).toContain(detail);
    expect(last?.fix).toContain(fix);
  });

  it("gives up on a server that hangs", async () => {
    await using server = await startLocalServer(() => {});
    const report = () => {};
    const ports = { allowed: LOOPBACK, report, answerMilliseconds: 100 };
    expect(await connectAndList(http(server.url), ports)).toMatchObject({
      failure: { code: "timeout" },
    });
  });

  const scripted =
    (pages: (cursor: unknown) => object): Answer =>
    (request: SeenRequest, response) => {
      const { id, method, params } = JSON.parse(request.body);
      if (id === undefined) return response.writeHead(202).end();
      const greeting = {
        protocolVersion: "2025-06-18",
        capabilities: { tools: {} },
        serverInfo: { name: "s" },
      };
      const result = method === "initialize" ? greeting : pages(params.cursor);
      response
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify({ jsonrpc: "2.0", id, result }));
    };

  it("ends altogether after its time, however fast a list goes on without an end", async () => {
    await using server = await startLocalServer((request, response) => {
      const answer = scripted(() => ({ tools: [], nextCursor: "again" }));
      setTimeout(answer, request.body.includes("tools/list") ? 50 : 0, request, response);
    });
    const steps: DiscoveryStep[] = [];
    const found = await connectAndList(http(server.url), {
      allowed: LOOPBACK,
      report: (step) => steps.push(step),
      answerMilliseconds: 5_000,
      totalMilliseconds: 1_000,
    });
    const message = "Reading the tools took longer than 1 second altogether.";
    expect(found).toMatchObject({ failure: { code: "timeout", message } });
    expect(steps.at(-1)).toMatchObject({ step: "list_tools", state: "failed", detail: message });
    expect(server.seen.length).toBeLessThan(30);
  });

  it("follows cursors, and stops when they never end", async () => {
    await using paged = await startLocalServer(
      scripted((cursor) =>
        cursor === "2" ? { tools: [{ name: "b" }] } : { tools: [{ name: "a" }], nextCursor: "2" },
      ),
    );
    expect((await discover(http(paged.url))).found).toMatchObject({
      tools: [{ name: "a" }, { name: "b" }],
    });
    await using endless = await startLocalServer(
      scripted(() => ({ tools: [], nextCursor: "again" })),
    );
    expect((await discover(http(endless.url))).found).toMatchObject({
      failure: { code: "too_large" },
    });
    expect(endless.seen.length).toBeLessThan(110);
  });

  it("sends the stored headers and repeats none of them in its report", async () => {
    await using server = await startLocalServer(refuse(401));
    const { steps } = await discover(http(server.url, { authorization: "Bearer canary" }));
    expect(server.seen[0]?.headers.authorization).toBe("Bearer canary");
    expect(JSON.stringify(steps)).not.toContain("canary");
  });
});
