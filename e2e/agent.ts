import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

/** What came back for a call, as the agent's model reads it. */
export interface Answer {
  text: string;
  isError: boolean;
  /** What Callgate says to programs; null when it let the server answer. */
  decision: Record<string, unknown> | null;
}

export interface Agent {
  listTools(): Promise<string[]>;
  /** The description of a tool as listed now; null when it is not listed. */
  describe(tool: string): Promise<string | null>;
  call(tool: string, args?: Record<string, unknown>): Promise<Answer>;
  close(): Promise<void>;
}

/** A real MCP client (the official SDK's) with an agent's URL and token; one session. */
export async function connectAgent(url: string, token: string): Promise<Agent> {
  const client = new Client({ name: "journey", version: "1.0.0" });
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
  });
  // The SDK's own transport does not satisfy its interface under exactOptionalPropertyTypes.
  await client.connect(transport as Parameters<Client["connect"]>[0]);
  return {
    async listTools() {
      const { tools } = await client.listTools();
      return tools.map(({ name }) => name).sort();
    },
    async describe(tool) {
      const { tools } = await client.listTools();
      return tools.find(({ name }) => name === tool)?.description ?? null;
    },
    async call(tool, args = {}) {
      const result = await client.callTool({ name: tool, arguments: args });
      const content: unknown = result.content;
      const parts = Array.isArray(content) ? content : [];
      const decision: unknown = result._meta?.["dev.callgate/decision"];
      return {
        text: parts.map((part: { text?: string }) => part.text ?? "").join("\n"),
        isError: result.isError === true,
        decision: isRecord(decision) ? decision : null,
      };
    },
    async close() {
      // A revoked agent has no session left to end.
      await transport.terminateSession().catch(() => {});
      await client.close();
    },
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
