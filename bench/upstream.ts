import { createServer, type ServerResponse } from "node:http";

/**
 * The smallest MCP server that answers a tool call: what remains is the cost of what stands before it.
 * The tool's arguments choose the answer: `bytes` of text, as one event of a stream with `sse`. GET
 * opens a stream that says nothing.
 */
const server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
  if (request.method === "GET") return openStream(response);
  const chunks: Buffer[] = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const message = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    if (message.id === undefined) return response.writeHead(202).end();
    const wanted = message.params?.arguments ?? {};
    const body = JSON.stringify({ jsonrpc: "2.0", id: message.id, result: resultOf(message) });
    if (wanted.sse === true) {
      openStream(response);
      response.end(`event: message\ndata: ${body}\n\n`);
      return;
    }
    response.writeHead(200, {
      ...(message.method === "initialize" && { "mcp-session-id": "bench" }),
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
    });
    response.end(body);
  });
});

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object") process.send?.({ port: address?.port });
});
process.on("disconnect", () => process.exit());

function openStream(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.flushHeaders();
}

interface Message {
  method: string;
  params?: { protocolVersion?: string; arguments?: { bytes?: number } };
}

const texts = new Map<number, string>([[0, "ok"]]);

function resultOf(message: Message): unknown {
  switch (message.method) {
    case "initialize":
      return {
        protocolVersion: message.params?.protocolVersion ?? "2025-11-25",
        capabilities: { tools: {} },
        serverInfo: { name: "bench", version: "1" },
      };
    case "tools/list":
      return {
        tools: [
          { name: "echo", description: "Returns a short text", inputSchema: { type: "object" } },
        ],
      };
    default: {
      const bytes = message.params?.arguments?.bytes ?? 0;
      const text = texts.get(bytes) ?? `ok${"x".repeat(bytes - 2)}`;
      texts.set(bytes, text);
      return { content: [{ type: "text", text }] };
    }
  }
}
