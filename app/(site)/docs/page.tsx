import type { Metadata } from "next";
import { Part, Text } from "#components/catalog/prose.tsx";
import { DocPage } from "#components/docs/doc-page.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { connectSnippets } from "#lib/agents/snippets.ts";
import { env } from "#lib/env.ts";

export const metadata: Metadata = {
  title: "Quick start",
  description:
    "Run Callgate, gate a first server, and connect Claude Code, Claude Desktop, Cursor, VS Code or Codex.",
  alternates: { canonical: "/docs" },
};

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

export default function QuickStartPage() {
  const { publicProxyUrl } = env();
  const token = "cg_agt_…";
  const [terminal] = connectSnippets({
    serverSlug: "callgate",
    proxyUrl: `${publicProxyUrl}/mcp/acme`,
    token,
  });
  const everyServer = terminal?.text ?? "";
  const clients = connectSnippets({
    serverSlug: "valkey",
    proxyUrl: `${publicProxyUrl}/mcp/acme/valkey`,
    token,
  });
  return (
    <DocPage
      current="/docs"
      title="Quick start"
      lead="From a checkout to an agent whose every call is decided: about five minutes."
    >
      <Part id="run" title="1. Run it">
        <Text>
          Callgate needs Node 20.9 or newer to start; it brings its own Node 24 and, without
          DATABASE_URL, its own Postgres. The command prints two addresses: the dashboard’s and the
          proxy’s.
        </Text>
        <CodeBlock code="npm start" what="start command" title="In the checkout" />
      </Part>
      <Part id="register" title="2. Register a server">
        <Text>
          Create your account and org in the dashboard, then register a server: by its URL, or from
          a connector that Callgate starts for you (the Valkey server of AWS Labs, or MCP’s own
          example server, which needs nothing but npm). Its tools are read, classified and denied:
          nothing is callable before you have set a rule.
        </Text>
      </Part>
      <Part id="rules" title="3. Set rules">
        <Text>
          Each tool has one control: allow, limit, approve, deny, hide. The same is a document you
          can keep in a repository and apply from a pipeline.
        </Text>
        <CodeBlock code={firstPolicy} what="policy" title="policy.yaml" />
        <CodeBlock
          code="npx callgate policy apply --org acme --server valkey -f policy.yaml"
          what="apply command"
          title="Apply it"
        />
      </Part>
      <Part id="connect" title="4. Connect an agent">
        <Text>
          “Connect an agent” makes the agent and shows its token once. Then, in your client, with
          your own address and token:
        </Text>
        {clients.map(({ id, title, file, text }) => (
          <section key={id} aria-labelledby={id} className="grid gap-2">
            <h3 id={id} className="font-medium text-base">
              {title}
            </h3>
            <CodeBlock code={text} what={`${title} snippet`} title={file ?? "In a terminal"} />
          </section>
        ))}
      </Part>
      <Part id="watch" title="5. Watch">
        <Text>
          The first call appears on the same page the moment it arrives; from then on every call,
          with its decision, rule and outcome, stands under Calls. A refused agent reads why, and
          what to do.
        </Text>
      </Part>
      <Part id="all-servers" title="All servers at one URL">
        <Text>
          Without the server at its end, the address is that of every server the agent may use. A
          server granted later appears there by itself; one that does not answer leaves the others
          usable and is named in the list’s _meta, under dev.callgate/unavailable.
        </Text>
        <CodeBlock code={everyServer} what="snippet for all servers" title="In a terminal" />
        <Text>
          Tools and prompts carry their server’s name, as valkey__get; resources carry it in their
          URI, as mcp.valkey+file:///a. Each server’s own rules, limits and approvals decide, and a
          call is recorded under the server and the name that the server knows.
        </Text>
        <Text>
          The address speaks every MCP revision from 2024-11-05 to 2026-07-28, whatever its servers
          speak. It has no tasks, because nothing in them says which server is meant, and in
          sessions no log level; the address of one server has both. A tool whose name would exceed
          128 characters with its server’s is left out, and named under dev.callgate/omitted.
        </Text>
      </Part>
    </DocPage>
  );
}
