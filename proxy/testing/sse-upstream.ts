import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport } from "@modelcontextprotocol/sdk/client/sse.js";
import type { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { SSEServerTransport } from "@modelcontextprotocol/sdk/server/sse.js";
import { z } from "zod";

export interface SseTestUpstream {
  url: string;
  /** Every message that was POSTed, with its headers. */
  ledger: { body: string; headers: IncomingMessage["headers"] }[];
  /** Names of the tools that ran. */
  executed: string[];
  /** Event streams that are open. */
  sessions(): number;
  /** Ends every event stream, as a server that restarts. */
  drop(): void;
  definitions(): Promise<unknown[]>;
  close(): Promise<void>;
}

/**
 * A real MCP server on the HTTP+SSE transport of 2024-11-05 (SDK v1): GET /sse is a session, its
 * first event names where messages go. Tools: `get` answers at once, `slow` after its `ms` with
 * progress, `ask` with what the agent answers to a sampling request.
 *
 * @param make another server, for each session; `executed` gets the names of the tools that ran
 */
export async function startSseUpstream(
  make: (executed: string[]) => Pick<Server, "connect"> = describeServer,
): Promise<SseTestUpstream> {
  const ledger: SseTestUpstream["ledger"] = [];
  const executed: string[] = [];
  const transports = new Map<string, SSEServerTransport>();

  const open = async (response: ServerResponse) => {
    const transport = new SSEServerTransport("/messages", response);
    transports.set(transport.sessionId, transport);
    response.once("close", () => transports.delete(transport.sessionId));
    const comments = setInterval(() => response.write(": keep-alive\n\n"), 20);
    response.once("close", () => clearInterval(comments));
    // The SDK's own transport does not satisfy its interface under exactOptionalPropertyTypes.
    await make(executed).connect(transport as Parameters<McpServer["connect"]>[0]);
  };

  const http = createServer(async (request, response) => {
    const url = new URL(request.url ?? "", "http://test");
    if (request.method === "GET" && url.pathname === "/sse") return open(response);
    const transport = transports.get(url.searchParams.get("sessionId") ?? "");
    if (request.method !== "POST" || url.pathname !== "/messages" || !transport) {
      return response.writeHead(404, { "content-type": "text/plain" }).end("Not found");
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString("utf8");
    ledger.push({ body, headers: request.headers });
    await transport.handlePostMessage(request, response, JSON.parse(body));
  });
  await new Promise<void>((done) => http.listen(0, "127.0.0.1", done));
  // Listening on TCP makes the address an object.
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/sse`;
  const drop = () => {
    for (const transport of transports.values()) void transport.close();
  };
  return {
    url,
    ledger,
    executed,
    sessions: () => transports.size,
    drop,
    definitions: () => listDefinitions(url),
    async close() {
      http.closeAllConnections();
      await new Promise((done) => http.close(done));
    },
  };
}

function describeServer(executed: string[]): McpServer {
  const server = new McpServer({ name: "sse-upstream", version: "1.0.0" });
  const text = (said: string) => ({ content: [{ type: "text" as const, text: said }] });
  const get = { description: "Gets a key", inputSchema: { key: z.string() } };
  server.registerTool("get", get, async ({ key }) => {
    executed.push("get");
    return text(`get:${key}`);
  });
  const slow = { description: "Takes its time", inputSchema: { ms: z.number() } };
  server.registerTool("slow", slow, async ({ ms }, { _meta, sendNotification, signal }) => {
    executed.push("slow");
    const progressToken = _meta?.progressToken;
    if (progressToken !== undefined) {
      const params = { progressToken, progress: 1, message: "half way" };
      await sendNotification({ method: "notifications/progress", params });
    }
    await new Promise<void>((done) => {
      const timer = setTimeout(done, ms);
      signal.addEventListener("abort", () => {
        clearTimeout(timer);
        executed.push("slow cancelled");
        done();
      });
    });
    return text(`slow:${ms}`);
  });
  server.registerTool("ask", { description: "Asks the agent", inputSchema: {} }, async () => {
    executed.push("ask");
    const { content } = await server.server.createMessage({
      messages: [{ role: "user", content: { type: "text", text: "who?" } }],
      maxTokens: 10,
    });
    return text(`asked:${JSON.stringify(content)}`);
  });
  return server;
}

async function listDefinitions(url: string): Promise<unknown[]> {
  const client = new Client({ name: "definitions", version: "1" });
  const transport = new SSEClientTransport(new URL(url));
  // As above.
  await client.connect(transport as Parameters<Client["connect"]>[0]);
  const { tools } = await client.listTools();
  await client.close();
  return tools;
}
