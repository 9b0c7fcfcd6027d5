import { connectSnippets } from "#lib/agents/snippets.ts";
import { env } from "#lib/env.ts";
import { type CodeDetail, type DocumentDetail, text } from "./document.ts";

const firstPolicy = `version: 1
default: deny
classes:
  read: { action: allow }
tools:
  valkey_write:
    action: allow
    rate_limit: { max: 30, window: 60, per: agent }
  valkey_admin:
    action: deny
    reason: Ask the data team.
`;

/** From a checkout to the first decided call, with a snippet for each client. */
export function quickStart(): DocumentDetail {
  const { publicProxyUrl } = env();
  const token = "cg_agt_…";
  const clients = connectSnippets({
    serverSlug: "valkey",
    proxyUrl: `${publicProxyUrl}/mcp/acme/valkey`,
    token,
  });
  const [terminal] = connectSnippets({
    serverSlug: "callgate",
    proxyUrl: `${publicProxyUrl}/mcp/acme`,
    token,
  });
  return {
    path: "/docs",
    title: "Quick start",
    description:
      "Run Callgate, gate a first server, and connect Claude Code, Claude Desktop, Cursor, VS Code or Codex.",
    lead: "From a checkout to an agent whose every call is decided: about five minutes.",
    parts: [
      {
        id: "run",
        title: "1. Run it",
        blocks: [
          text(
            "Callgate needs Node 20.9 or newer to start; it brings its own Node 24 and, without DATABASE_URL, its own Postgres. The command prints two addresses: the dashboard’s and the proxy’s.",
          ),
          shell("npm start", "start command", "In the checkout"),
        ],
      },
      {
        id: "register",
        title: "2. Register a server",
        blocks: [
          text(
            "Create your account and org in the dashboard, then register a server: by its URL, or from a connector that Callgate starts for you (the Valkey server of AWS Labs, or MCP’s own example server, which needs nothing but npm). Its tools are read, classified and denied: nothing is callable before you have set a rule.",
          ),
        ],
      },
      {
        id: "rules",
        title: "3. Set rules",
        blocks: [
          text(
            "Each tool has one control: allow, limit, approve, deny, hide. The same is a document you can keep in a repository and apply from a pipeline.",
          ),
          {
            kind: "code",
            code: firstPolicy,
            language: "yaml",
            what: "policy",
            title: "policy.yaml",
          },
          shell(
            "npx callgate policy apply --org acme --server valkey -f policy.yaml",
            "apply command",
            "Apply it",
          ),
        ],
      },
      {
        id: "connect",
        title: "4. Connect an agent",
        blocks: [
          text(
            "“Connect an agent” makes the agent and shows its token once. Then, in your client, with your own address and token:",
          ),
          ...clients.map(
            ({ id, title, file, language, text: code }): CodeDetail => ({
              kind: "code",
              code,
              language,
              what: `${title} snippet`,
              title: file ?? "In a terminal",
              heading: { id, title },
            }),
          ),
        ],
      },
      {
        id: "watch",
        title: "5. Watch",
        blocks: [
          text(
            "The first call appears on the same page the moment it arrives; from then on every call, with its decision, rule and outcome, stands under Calls. A refused agent reads why, and what to do.",
          ),
        ],
      },
      {
        id: "all-servers",
        title: "All servers at one URL",
        blocks: [
          text(
            "Without the server at its end, the address is that of every server the agent may use. A server granted later appears there by itself; one that does not answer leaves the others usable and is named in the list’s _meta, under dev.callgate/unavailable.",
          ),
          shell(terminal?.text ?? "", "snippet for all servers", "In a terminal"),
          text(
            "Tools and prompts carry their server’s name, as valkey__get; resources carry it in their URI, as mcp.valkey+file:///a. Each server’s own rules, limits and approvals decide, and a call is recorded under the server and the name that the server knows.",
          ),
          text(
            "The address speaks every MCP revision from 2024-11-05 to 2026-07-28, whatever its servers speak; under Settings an org can say which is the oldest that its agents may use. It has no tasks, because nothing in them says which server is meant, and in sessions no log level; the address of one server has both. A tool whose name would exceed 128 characters with its server’s is left out, and named under dev.callgate/omitted.",
          ),
        ],
      },
    ],
  };
}

function shell(code: string, what: string, title: string): CodeDetail {
  return { kind: "code", code, language: "shell", what, title };
}
