import { Discovery } from "#components/servers/discovery.tsx";
import type { ToolView } from "#components/tools/tool-view.ts";
import { ToolsTable } from "#components/tools/tools-table.tsx";
import { SIGNAL_TEXT } from "#lib/catalog/describe.ts";
import { defaultRateLimit } from "#lib/policy/edit.ts";
import type { ServerDetail } from "#lib/servers/servers.ts";
import { listTools, type ToolRow } from "#lib/tools/tools.ts";
import { forPage } from "#lib/web/errors.ts";
import { may, requireOrg } from "#lib/web/session.ts";
import { acceptTools, readCalls, readTool, requestDiscovery, setToolRules } from "../actions.ts";
import { readServer } from "./read-server.ts";

export default async function ToolsPage({ params }: PageProps<"/orgs/[org]/servers/[server]">) {
  const { org, server: slug } = await params;
  const context = await requireOrg(org, "servers.read");
  const [server, tools] = await Promise.all([
    readServer(org, slug),
    forPage(listTools(context, { server: slug })),
  ]);
  if (tools.length === 0) {
    return (
      <Discovery
        org={org}
        server={slug}
        kind={server.kind}
        canDiscover={may(context, "servers.discover")}
        text={emptyText(server)}
        requestDiscovery={requestDiscovery.bind(null, org)}
      />
    );
  }
  return (
    <ToolsTable
      server={slug}
      tools={tools.map(toView)}
      policyVersion={server.policyVersion}
      startLimit={defaultRateLimit}
      canEdit={may(context, "rules.write")}
      callsHref={`/orgs/${org}/servers/${slug}/calls`}
      signalTexts={SIGNAL_TEXT}
      setToolRules={setToolRules.bind(null, org)}
      acceptTools={acceptTools.bind(null, org)}
      readTool={readTool.bind(null, org)}
      readCalls={readCalls.bind(null, org)}
    />
  );
}

function emptyText({ health, healthDetail, protocolRevision }: ServerDetail): string {
  if (health === "failing") {
    return `The tools could not be read. ${healthDetail ?? "The server did not answer."}`;
  }
  if (protocolRevision === null) return "The tools have not been read yet.";
  return "This server offers no tools.";
}

function toView(tool: ToolRow): ToolView {
  const { name, description, parameters, category, riskClass } = tool;
  const { heldDigest, isNew, rule, calls24h, refused24h } = tool;
  const held = tool.state !== "held" ? null : isNew ? "new" : "changed";
  return {
    name,
    description,
    parameters,
    category,
    riskClass,
    held,
    heldDigest,
    rule,
    calls24h,
    refused24h,
  };
}
