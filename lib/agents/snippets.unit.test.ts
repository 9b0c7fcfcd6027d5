import { expect, test } from "vitest";
import { connectSnippets } from "./snippets.ts";

const connection = {
  serverSlug: "valkey",
  proxyUrl: "https://gate.example.test/mcp/acme/valkey",
  token: "cg_agt_secret",
};

function textOf(id: string, given = connection): string {
  return connectSnippets(given).find((snippet) => snippet.id === id)?.text ?? "";
}

test("Claude Code is one command with the header last", () => {
  expect(textOf("claude-code")).toBe(
    'claude mcp add --transport http valkey https://gate.example.test/mcp/acme/valkey --header "Authorization: Bearer cg_agt_secret"',
  );
});

test("Claude Desktop goes through mcp-remote, without a space in any argument", () => {
  const server = JSON.parse(textOf("claude-desktop")).mcpServers.valkey;
  expect(server).toEqual({
    command: "npx",
    args: [
      "-y",
      "mcp-remote",
      connection.proxyUrl,
      "--transport",
      "http-only",
      "--header",
      "Authorization:$" + "{AUTH_HEADER}",
    ],
    env: { AUTH_HEADER: "Bearer cg_agt_secret" },
  });
});

test("Claude Desktop is told that plain HTTP is meant, only where it is", () => {
  const local = { ...connection, proxyUrl: "http://127.0.0.1:3001/mcp/acme/valkey" };
  expect(textOf("claude-desktop", local)).toContain('"--allow-http"');
  expect(textOf("claude-desktop")).not.toContain("--allow-http");
});

test("Cursor, VS Code and plain JSON name URL and header in the form each reads", () => {
  const headers = { Authorization: "Bearer cg_agt_secret" };
  const url = connection.proxyUrl;
  expect(JSON.parse(textOf("cursor"))).toEqual({ mcpServers: { valkey: { url, headers } } });
  expect(JSON.parse(textOf("vscode"))).toEqual({
    servers: { valkey: { type: "http", url, headers } },
  });
  expect(JSON.parse(textOf("json"))).toEqual({
    mcpServers: { valkey: { type: "http", url, headers } },
  });
});

test("Codex gets a table with http_headers, which it reads, not headers, which it ignores", () => {
  expect(textOf("codex").split("\n")).toEqual([
    "[mcp_servers.valkey]",
    'url = "https://gate.example.test/mcp/acme/valkey"',
    'http_headers = { Authorization = "Bearer cg_agt_secret" }',
  ]);
});
