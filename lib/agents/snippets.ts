export interface ConnectSnippet {
  id: "claude-code" | "claude-desktop" | "cursor" | "vscode" | "codex" | "json";
  title: string;
  /** Where the text belongs; absent when it is a command. */
  file?: string;
  language: "shell" | "json" | "toml";
  text: string;
}

export interface Connection {
  serverSlug: string;
  proxyUrl: string;
  /** The token, or what stands for it once it cannot be shown any more. */
  token: string;
}

/**
 * What a developer pastes to use a server through Callgate, exact for each client. Files of the user
 * come before files of a project, so that a token does not end in a repository.
 *
 * Sources: the clients' MCP pages (Claude Code, Cursor, VS Code mcp.json reference, Codex config.toml)
 * and the README of mcp-remote.
 */
export function connectSnippets({ serverSlug, proxyUrl, token }: Connection): ConnectSnippet[] {
  const bearer = `Bearer ${token}`;
  const headers = { Authorization: bearer };
  return [
    {
      id: "claude-code",
      title: "Claude Code",
      language: "shell",
      text: `claude mcp add --transport http ${serverSlug} ${proxyUrl} --header "Authorization: ${bearer}"`,
    },
    {
      id: "claude-desktop",
      title: "Claude Desktop",
      file: "claude_desktop_config.json (Settings → Developer → Edit Config)",
      language: "json",
      text: json({ mcpServers: { [serverSlug]: bridge(proxyUrl, bearer) } }),
    },
    {
      id: "cursor",
      title: "Cursor",
      file: "~/.cursor/mcp.json",
      language: "json",
      text: json({ mcpServers: { [serverSlug]: { url: proxyUrl, headers } } }),
    },
    {
      id: "vscode",
      title: "VS Code",
      file: "mcp.json (command “MCP: Open User Configuration”)",
      language: "json",
      text: json({ servers: { [serverSlug]: { type: "http", url: proxyUrl, headers } } }),
    },
    {
      id: "codex",
      title: "Codex CLI",
      file: "~/.codex/config.toml",
      language: "toml",
      text: [
        `[mcp_servers.${serverSlug}]`,
        `url = ${JSON.stringify(proxyUrl)}`,
        `http_headers = { Authorization = ${JSON.stringify(bearer)} }`,
      ].join("\n"),
    },
    {
      id: "json",
      title: "JSON",
      file: ".mcp.json and other clients",
      language: "json",
      text: json({ mcpServers: { [serverSlug]: { type: "http", url: proxyUrl, headers } } }),
    },
  ];
}

/**
 * Claude Desktop's file knows only programs, so `mcp-remote` carries the connection. Some versions
 * split arguments at spaces: the header's value, which has one, goes through the environment.
 */
function bridge(proxyUrl: string, bearer: string) {
  const plain = proxyUrl.startsWith("http:") ? ["--allow-http"] : [];
  const header = ["--header", "Authorization:$" + "{AUTH_HEADER}"];
  return {
    command: "npx",
    args: ["-y", "mcp-remote", proxyUrl, "--transport", "http-only", ...plain, ...header],
    env: { AUTH_HEADER: bearer },
  };
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
