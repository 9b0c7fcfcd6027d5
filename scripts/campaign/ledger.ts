import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pause } from "./campaign.ts";

/** A small MCP server that notes every call it executed, before it answers. */
export interface Ledger {
  url: string;
  /** Keys of executed calls, in order; a call's key is the name of its only argument. */
  executed: string[];
  /** Waits until nothing has been executed for a while. */
  quiet(): Promise<void>;
  close(): Promise<void>;
}

/** What the server offers: one tool that takes anything. */
export const ledgerTool = {
  name: "pay",
  description: "Executes a payment",
  inputSchema: { type: "object" },
};

export async function startLedger(): Promise<Ledger> {
  const executed: string[] = [];
  const server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const message = JSON.parse(Buffer.concat(chunks).toString("utf8"));
      executed.push(Object.keys(message.params.arguments)[0] ?? "");
      const result = { content: [{ type: "text", text: "paid" }] };
      const body = JSON.stringify({ jsonrpc: "2.0", id: message.id, result });
      response.writeHead(200, { "content-type": "application/json" });
      response.end(body);
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  // Listening on TCP makes the address an object.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    executed,
    async quiet() {
      for (let seen = -1, still = 0; still < 4; ) {
        still = executed.length === seen ? still + 1 : 0;
        seen = executed.length;
        await pause(50);
      }
    },
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
