import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { z } from "zod";

export interface LedgerEntry {
  method: string;
  body: string;
  headers: Record<string, string | string[] | undefined>;
}

export interface TestUpstream {
  url: string;
  /** Every request body it received, as text, in order. */
  ledger: LedgerEntry[];
  /** Names of the tools that really ran. */
  executed: string[];
  /** Definitions as `tools/list` gives them. */
  definitions(): Promise<unknown[]>;
  close(): Promise<void>;
}

/**
 * A real MCP server (SDK v1, sessions, streamable HTTP) with the tools that the adversarial cases
 * name, which keeps a ledger of all it receives.
 *
 * @param extra more tool names
 */
export async function startUpstream(
  options: { json?: boolean; extra?: string[] } = {},
): Promise<TestUpstream> {
  const ledger: LedgerEntry[] = [];
  const executed: string[] = [];
  const transports = new Map<string, StreamableHTTPServerTransport>();
  const names = [
    "get",
    "delete_all",
    "secret_tool",
    "send",
    "wipe",
    "pay",
    ...(options.extra ?? []),
  ];

  const connect = async () => {
    const server = new McpServer({ name: "test-upstream", version: "1.0.0" });
    for (const name of names) {
      const definition = {
        description: `The ${name} tool`,
        inputSchema: { key: z.string().optional(), amount: z.number().optional() },
      };
      server.registerTool(name, definition, async ({ key }) => {
        executed.push(name);
        return { content: [{ type: "text" as const, text: `${name}:${key ?? ""}` }] };
      });
    }
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      enableJsonResponse: options.json ?? false,
      onsessioninitialized: (id) => void transports.set(id, transport),
      onsessionclosed: (id) => void transports.delete(id),
    });
    // The SDK's own transport does not satisfy its interface under exactOptionalPropertyTypes.
    await server.connect(transport as Parameters<McpServer["connect"]>[0]);
    return transport;
  };

  const http: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString("utf8");
    ledger.push({ method: request.method ?? "", body, headers: request.headers });
    const session = request.headers["mcp-session-id"];
    const known = typeof session === "string" ? transports.get(session) : undefined;
    if (typeof session === "string" && !known) {
      response.writeHead(404, { "content-type": "application/json" });
      response.end(
        '{"jsonrpc":"2.0","id":null,"error":{"code":-32001,"message":"Session not found"}}',
      );
      return;
    }
    const transport = known ?? (await connect());
    await transport.handleRequest(request, response, body === "" ? undefined : JSON.parse(body));
  });
  await new Promise<void>((done) => http.listen(0, "127.0.0.1", done));
  const { port } = http.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/mcp`;
  return {
    url,
    ledger,
    executed,
    definitions: () => listDefinitions(url),
    async close() {
      http.closeAllConnections();
      await new Promise((done) => http.close(done));
    },
  };
}

async function listDefinitions(url: string): Promise<unknown[]> {
  const { Client } = await import("@modelcontextprotocol/sdk/client/index.js");
  const { StreamableHTTPClientTransport } = await import(
    "@modelcontextprotocol/sdk/client/streamableHttp.js"
  );
  const client = new Client({ name: "definitions", version: "1" });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)) as never);
  const { tools } = await client.listTools();
  await client.close();
  return tools;
}
