import { ToolExtrasProvider } from "#components/policy/tool-extras.tsx";
import { ProposalHint } from "#components/proposals/proposal-hint.tsx";
import { Discovery } from "#components/servers/discovery.tsx";
import { RemovedTools } from "#components/tools/removed-tools.tsx";
import { ToolsTable } from "#components/tools/tools-table.tsx";
import { SIGNAL_TEXT } from "#lib/catalog/describe.ts";
import { defaultRateLimit } from "#lib/policy/edit.ts";
import { definitionCost } from "#lib/proposals/cost.ts";
import type { ServerDetail } from "#lib/servers/servers.ts";
import { listToolTable } from "#lib/tools/table.ts";
import { listRemovedTools } from "#lib/tools/tools.ts";
import { forPage } from "#lib/web/errors.ts";
import { may, requireOrg } from "#lib/web/session.ts";
import {
  acceptTools,
  clearOverride,
  overrideTool,
  readCalls,
  readDefinitions,
  readTool,
  requestDiscovery,
  setToolRules,
} from "../actions.ts";
import { readToolExtras } from "./policy/tool-extras.ts";
import { readServer } from "./read-server.ts";

export default async function ToolsPage({ params }: PageProps<"/orgs/[org]/servers/[server]">) {
  const { org, server: slug } = await params;
  const context = await requireOrg(org, "servers.read");
  const [server, tools, removed, cost] = await Promise.all([
    readServer(org, slug),
    forPage(listToolTable(context, { server: slug })),
    forPage(listRemovedTools(context, { server: slug })),
    forPage(definitionCost(context, { server: slug })),
  ]);
  const removedTools = (
    <RemovedTools server={slug} tools={removed} readDefinitions={readDefinitions.bind(null, org)} />
  );
  if (tools.length === 0) {
    return (
      <>
        <Discovery
          org={org}
          server={slug}
          kind={server.kind}
          canDiscover={may(context, "servers.discover")}
          text={emptyText(server)}
          requestDiscovery={requestDiscovery.bind(null, org)}
        />
        {removedTools}
      </>
    );
  }
  const base = `/orgs/${org}/servers/${slug}`;
  return (
    <>
      <ProposalHint href={`${base}/proposal`} policyVersion={server.policyVersion} />
      <ToolExtrasProvider {...(await readToolExtras(org, slug, server.policyVersion))}>
        <ToolsTable
          server={slug}
          tools={tools}
          policyVersion={server.policyVersion}
          startLimit={defaultRateLimit}
          canEdit={may(context, "rules.write")}
          callsHref={`${base}/calls`}
          signalTexts={SIGNAL_TEXT}
          cost={cost}
          proposalHref={`${base}/proposal`}
          setToolRules={setToolRules.bind(null, org)}
          acceptTools={acceptTools.bind(null, org)}
          overrideTool={overrideTool.bind(null, org)}
          clearOverride={clearOverride.bind(null, org)}
          readTool={readTool.bind(null, org)}
          readCalls={readCalls.bind(null, org)}
          readDefinitions={readDefinitions.bind(null, org)}
        />
      </ToolExtrasProvider>
      {removedTools}
    </>
  );
}

function emptyText({ health, healthDetail, protocolRevision }: ServerDetail): string {
  if (health === "failing") {
    return `The tools could not be read. ${healthDetail ?? "The server did not answer."}`;
  }
  if (protocolRevision === null) return "The tools have not been read yet.";
  return "This server offers no tools.";
}
