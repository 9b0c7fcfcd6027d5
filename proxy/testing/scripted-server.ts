import type { ServerResponse } from "node:http";
import { type SeenRequest, startLocalServer } from "./local-server.ts";

export type Message = { [member: string]: unknown };

/** Answers one request: with the members of a response, or by writing to `response` itself. */
export type Script = (message: Message, response: ServerResponse) => Message | undefined;

export interface ScriptedServer extends AsyncDisposable {
  url: string;
  definitions(): Promise<unknown[]>;
  /** Every JSON-RPC message it received, in order. */
  received: Message[];
  /** The same, as HTTP requests. */
  seen: SeenRequest[];
  /** What it answers, by method; may be changed at any time. */
  scripts: Map<string, Script>;
  /** Sends on every open GET stream; resolves once there is one. */
  push(message: Message | string, id?: string): Promise<void>;
}

const tools = [
  { name: "get", inputSchema: { type: "object" } },
  { name: "secret_tool", inputSchema: { type: "object" } },
  { name: "delete_all", inputSchema: { type: "object" } },
];

/**
 * An MCP server (2025-11-25) that says what a test tells it to, right or wrong: sessions, JSON or
 * events, and a GET stream to push on.
 *
 * @param sessions false: one of those servers that have none
 */
export async function startScriptedServer(sessions = true): Promise<ScriptedServer> {
  const received: Message[] = [];
  const scripts = new Map<string, Script>();
  const streams = new Set<ServerResponse>();
  let opened = 0;
  const server = await startLocalServer((request, response) => {
    if (request.method === "GET") {
      response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
      streams.add(response);
      response.on("close", () => streams.delete(response));
      return;
    }
    if (request.method === "DELETE") return void response.writeHead(200).end();
    const message: Message = JSON.parse(request.body);
    received.push(message);
    const method = typeof message.method === "string" ? message.method : "";
    if (!("id" in message) || method === "") return void response.writeHead(202).end();
    if (method === "initialize" && sessions) {
      opened += 1;
      response.setHeader("mcp-session-id", `theirs-${opened}`);
    }
    const script = scripts.get(method) ?? usual[method] ?? unknown;
    const answer = script(message, response);
    if (answer === undefined) return;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ jsonrpc: "2.0", id: message.id, ...answer }));
  });
  return {
    url: server.url.href,
    definitions: async () => tools,
    received,
    seen: server.seen,
    scripts,
    async push(message, id) {
      for (let tries = 0; streams.size === 0 && tries < 200; tries += 1) {
        await new Promise((done) => setTimeout(done, 10));
      }
      const data = typeof message === "string" ? message : JSON.stringify(message);
      const head = id === undefined ? "" : `id: ${id}\n`;
      for (const stream of streams) stream.write(`${head}data: ${data}\n\n`);
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const usual: Record<string, Script> = {
  initialize: ({ params }) => ({
    result: {
      protocolVersion: "2025-11-25",
      capabilities: { tools: {}, prompts: {}, resources: { subscribe: true }, completions: {} },
      serverInfo: { name: "scripted", version: "1" },
      instructions: typeof params === "object" ? "Use get." : "",
    },
  }),
  "tools/list": () => ({ result: { tools } }),
  "tools/call": () => ({ result: { content: [{ type: "text", text: "done" }] } }),
  ping: () => ({ result: {} }),
};

const unknown: Script = () => ({ error: { code: -32601, message: "Method not found" } });

/** Answers with events, in the order given; strings are sent as they are. */
export function events(response: ServerResponse, messages: readonly (Message | string)[]): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const message of messages) {
    response.write(typeof message === "string" ? message : `data: ${JSON.stringify(message)}\n\n`);
  }
  response.end();
}
