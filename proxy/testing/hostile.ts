import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface HostileUpstream {
  url: string;
  /** Calls and streams that the server still works on. */
  open: { flood: number; drip: number; mute: number; streams: number };
  /** Bytes that left towards the proxy in floods. */
  flooded(): number;
  close(): Promise<void>;
}

/**
 * A server that does what tenants' servers must not harm others by. Tools: `flood` sends progress
 * without end, as fast as it is taken; `drip` comments without end; `mute` says nothing at all;
 * every other one answers at once. GET opens a silent stream.
 */
export async function startHostileUpstream(): Promise<HostileUpstream> {
  const open = { flood: 0, drip: 0, mute: 0, streams: 0 };
  let flooded = 0;

  const track = (kind: keyof typeof open, response: ServerResponse) => {
    open[kind] += 1;
    response.once("close", () => {
      open[kind] -= 1;
    });
  };
  const stream = (response: ServerResponse) => {
    response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
    return response;
  };
  const flood = (response: ServerResponse) => {
    const params = { progressToken: "t", progress: 1, message: "x".repeat(64 * 1024) };
    const event = `data: ${JSON.stringify({ jsonrpc: "2.0", method: "notifications/progress", params })}\n\n`;
    const next = () => {
      if (response.destroyed) return;
      response.write(event, () => {
        flooded += event.length;
        next();
      });
    };
    next();
  };
  const drip = (response: ServerResponse) => {
    const timer = setInterval(() => response.write(":\n\n"), 20);
    response.once("close", () => clearInterval(timer));
  };

  const http = createServer(async (request, response) => {
    if (request.method === "GET") {
      track("streams", response);
      stream(response);
      return;
    }
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    if (body === "") return response.writeHead(200).end();
    const { id, method, params } = JSON.parse(body);
    const headers = { "content-type": "application/json", "mcp-session-id": "hostile" };
    const tool = method === "tools/call" ? params.name : null;
    if (tool === "flood" || tool === "drip" || tool === "mute") track(tool, response);
    if (tool === "flood") return flood(stream(response));
    if (tool === "drip") return drip(stream(response));
    if (tool === "mute") return;
    const result =
      method === "initialize"
        ? {
            protocolVersion: "2025-11-25",
            capabilities: { tools: {} },
            serverInfo: { name: "h", version: "1" },
          }
        : { content: [{ type: "text", text: `ran ${tool}` }] };
    if (id === undefined) return response.writeHead(202).end();
    response.writeHead(200, headers).end(JSON.stringify({ jsonrpc: "2.0", id, result }));
  });
  await new Promise<void>((done) => http.listen(0, "127.0.0.1", done));
  return {
    // Listening on TCP makes the address an object.
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    open,
    flooded: () => flooded,
    async close() {
      http.closeAllConnections();
      await new Promise((done) => http.close(done));
    },
  };
}
