import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMCPClient } from "@ai-sdk/mcp";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { Client as LegacyClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { connectClient } from "./harness.ts";

/** What a real client makes of a tool's answer. */
export interface Answer {
  text: string;
  isError: boolean;
}

/** A real client, reduced to what every one of them can do. */
export interface Agent {
  list(): Promise<string[]>;
  call(name: string, args?: Record<string, unknown>): Promise<Answer>;
  close(): Promise<void>;
}

export type Connect = (url: string, token: string) => Promise<Agent>;

/** Every client that holds a connection, by name. */
export const clients: Readonly<Record<string, Connect>> = {
  "SDK v1": async (url, token) => asAgent(await connectClient(url, token)),
  "mcp-remote, for clients that only speak stdio": connectMcpRemote,
  "SDK v2, pinned to 2026-07-28": (url, token) => connectV2(url, token, { pin: "2026-07-28" }),
  "SDK v2, negotiating": (url, token) => connectV2(url, token, "auto"),
  "SDK v2, legacy": (url, token) => connectV2(url, token, "legacy"),
  "@ai-sdk/mcp": async (url, token) => {
    const headers = { authorization: `Bearer ${token}` };
    return asAgent(await createMCPClient({ transport: { type: "http", url, headers } }));
  },
};

/** What the libraries have in common. */
interface LibraryClient {
  listTools(): Promise<{ tools: { name: string }[] }>;
  callTool(call: { name: string; arguments: Record<string, unknown> }): Promise<unknown>;
  close(): Promise<void>;
}

function asAgent(client: LibraryClient): Agent {
  return {
    list: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, args = {}) => answerOf(await client.callTool({ name, arguments: args })),
    close: () => client.close(),
  };
}

/** The SDK v2 client as itself, for what only it can do. */
export async function openV2(
  url: string,
  token: string,
  mode: "legacy" | "auto" | { pin: string },
  capabilities: NonNullable<ConstructorParameters<typeof Client>[1]>["capabilities"] = {},
  prepare: (client: Client) => void = () => {},
): Promise<Client> {
  const client = new Client(
    { name: "test-client", version: "1.2.3" },
    { capabilities, versionNegotiation: { mode } },
  );
  prepare(client);
  const headers = { authorization: `Bearer ${token}` };
  await client.connect(
    new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }),
  );
  return client;
}

async function connectV2(
  url: string,
  token: string,
  mode: "legacy" | "auto" | { pin: string },
): Promise<Agent> {
  return asAgent(await openV2(url, token, mode));
}

/** The bridge that clients without HTTP start as their server; a client on top of it speaks stdio. */
async function connectMcpRemote(url: string, token: string): Promise<Agent> {
  const folder = await mkdtemp(join(tmpdir(), "callgate-mcp-remote-"));
  const program = join(import.meta.dirname, "../../node_modules/.bin/mcp-remote");
  const header = `Authorization: Bearer ${token}`;
  const target = [url, "--allow-http", "--transport", "http-only", "--header", header];
  const client = new LegacyClient({ name: "test-client", version: "1.2.3" });
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [program, ...target],
      env: { MCP_REMOTE_CONFIG_DIR: folder },
      stderr: "ignore",
    }),
  );
  const agent = asAgent(client);
  const close = async () => {
    await agent.close();
    await rm(folder, { recursive: true });
  };
  return { ...agent, close };
}

/** Every client that is a command: it connects for each thing it does. */
export const commands: Readonly<Record<string, Connect>> = {
  "Inspector, legacy": (url, token) => openInspector(url, token, "legacy"),
  "Inspector, 2026-07-28": (url, token) => openInspector(url, token, "modern"),
};

/** The Inspector's command line; its era can only be set in a file. */
async function openInspector(
  url: string,
  token: string,
  protocolEra: "legacy" | "modern",
): Promise<Agent> {
  const folder = await mkdtemp(join(tmpdir(), "callgate-inspector-"));
  const config = join(folder, "config.json");
  const headers = { Authorization: `Bearer ${token}` };
  const server = { type: "streamable-http", url, protocolEra, headers };
  await writeFile(config, JSON.stringify({ mcpServers: { gated: server } }));
  const run = (args: readonly string[]) =>
    inspect(["--config", config, "--server", "gated", "--format", "json", ...args]);
  return {
    async list() {
      const { result = { tools: [] } } = JSON.parse(await run(["--method", "tools/list"]));
      return result.tools.map(({ name }: { name: string }) => name);
    },
    async call(name, args = {}) {
      const told = ["--tool-name", name, "--tool-args-json", JSON.stringify(args)];
      const { result } = JSON.parse(await run(["--method", "tools/call", ...told]));
      return answerOf(result);
    },
    close: () => rm(folder, { recursive: true }),
  };
}

async function inspect(args: readonly string[]): Promise<string> {
  const program = join(import.meta.dirname, "../../node_modules/.bin/mcp-inspector");
  const child = spawn(process.execPath, [program, "--cli", "--stored-auth-only", ...args], {
    env: { ...process.env, MCP_INSPECTOR_SECRET_STORE: "memory" },
    stdio: ["ignore", "pipe", "ignore"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  await new Promise((done) => child.once("close", done));
  return text;
}

function answerOf(result: unknown): Answer {
  const { content, isError } = result as { content?: { text?: string }[]; isError?: boolean };
  return { text: content?.[0]?.text ?? "", isError: isError === true };
}
