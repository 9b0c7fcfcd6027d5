import { randomUUID } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { CallToolRequestSchema, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";

interface ToolDefinition {
  name: string;
  description: string;
  properties: Record<string, { type: string; description?: string }>;
  required: string[];
}

/** What an ordinary vendor's server offers: a tool of each kind. */
const tools: readonly ToolDefinition[] = [
  {
    name: "get_invoice",
    description: "Returns one invoice with its lines.",
    properties: { id: { type: "string", description: "Number of the invoice" } },
    required: ["id"],
  },
  {
    name: "list_customers",
    description: "Lists customers, newest first.",
    properties: { limit: { type: "integer" }, cursor: { type: "string" } },
    required: [],
  },
  {
    name: "update_customer",
    description: "Updates name and address of a customer.",
    properties: { id: { type: "string" }, name: { type: "string" }, address: { type: "string" } },
    required: ["id"],
  },
  {
    name: "delete_customer",
    description: "Permanently deletes a customer and everything that belongs to it.",
    properties: { id: { type: "string" }, reason: { type: "string" } },
    required: ["id"],
  },
  {
    name: "create_payment",
    description: "Sends money to a bank account.",
    properties: {
      amount: { type: "number" },
      currency: { type: "string" },
      iban: { type: "string" },
    },
    required: ["amount", "iban"],
  },
  {
    name: "run_query",
    description: "Runs a SQL statement on the reporting database.",
    properties: { sql: { type: "string" } },
    required: ["sql"],
  },
];

export interface Upstream {
  url: string;
  /** Names of the tools that really ran, in order. */
  executed: string[];
  /** Announces a tool differently from now on, as a new release of the vendor would. */
  redefine(tool: string, change: Partial<Omit<ToolDefinition, "name">>): void;
  /** Offers a tool no longer. */
  remove(tool: string): void;
  close(): Promise<void>;
}

/** A real MCP server over streamable HTTP that remembers what it was made to do. */
export async function startUpstream(): Promise<Upstream> {
  const executed: string[] = [];
  const offered = new Map(tools.map((tool) => [tool.name, tool]));
  const transports = new Map<string, StreamableHTTPServerTransport>();

  async function openSession(): Promise<StreamableHTTPServerTransport> {
    const server = new Server(
      { name: "billing", version: "3.1.0" },
      { capabilities: { tools: {} } },
    );
    server.setRequestHandler(ListToolsRequestSchema, () => ({
      tools: [...offered.values()].map(definitionOf),
    }));
    server.setRequestHandler(CallToolRequestSchema, ({ params }) => {
      executed.push(params.name);
      const text = `${params.name} done for ${JSON.stringify(params.arguments ?? {})}`;
      return { content: [{ type: "text" as const, text }] };
    });
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void transports.set(id, transport),
      onsessionclosed: (id) => void transports.delete(id),
    });
    // The SDK's own transport does not satisfy its interface under exactOptionalPropertyTypes.
    await server.connect(transport as Parameters<Server["connect"]>[0]);
    return transport;
  }

  const http = await startHttp(async (request, response) => {
    const session = request.headers["mcp-session-id"];
    const known = typeof session === "string" ? transports.get(session) : undefined;
    if (session !== undefined && !known) {
      response.writeHead(404).end();
      return;
    }
    const transport = known ?? (await openSession());
    await transport.handleRequest(request, response);
  });
  return {
    url: `${http.origin}/mcp`,
    executed,
    redefine(tool, change) {
      const present = offered.get(tool);
      if (!present) throw new Error(`The upstream has no tool ${tool}`);
      offered.set(tool, { ...present, ...change });
    },
    remove(tool) {
      if (!offered.delete(tool)) throw new Error(`The upstream has no tool ${tool}`);
    },
    close: http.close,
  };
}

export interface HttpServer {
  origin: string;
  close(): Promise<void>;
}

/** Any HTTP server on a free loopback port: one that is no MCP server, one that never answers. */
export async function startHttp(listener: RequestListener): Promise<HttpServer> {
  const server = createServer(listener);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    origin: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

function definitionOf({ name, description, properties, required }: ToolDefinition) {
  return { name, description, inputSchema: { type: "object" as const, properties, required } };
}
