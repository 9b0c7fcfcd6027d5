import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { Server } from "@modelcontextprotocol/server";
import { proxyServer, startHTTPServer } from "mcp-proxy";
import { freePort } from "#scripts/free-port.ts";

/** npm's `mcp-proxy` as its own documentation uses it: one client upstream, a server per session. */
const client = new Client({ name: "bench", version: "1" });
await client.connect(new StreamableHTTPClientTransport(new URL(process.argv[2] ?? "")));
const port = await freePort();
await startHTTPServer({
  host: "127.0.0.1",
  port,
  createServer: async () => {
    const capabilities = client.getServerCapabilities() ?? {};
    const server = new Server({ name: "bench", version: "1" }, { capabilities });
    await proxyServer({ client, server, serverCapabilities: capabilities });
    return server;
  },
});
process.send?.({ port });
process.on("disconnect", () => process.exit());
