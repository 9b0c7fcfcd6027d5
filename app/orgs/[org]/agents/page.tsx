import { Bot } from "lucide-react";
import type { Metadata } from "next";
import { AgentsTable } from "#components/agents/agents-table.tsx";
import { CreateAgentDialog } from "#components/agents/create-agent-dialog.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { listAgents } from "#lib/agents/agents.ts";
import { listServers } from "#lib/servers/servers.ts";
import { may, requireOrg } from "#lib/web/session.ts";
import { createAgent, grantServers, revokeAgent, rotateAgent } from "./actions.ts";

export const metadata: Metadata = { title: "Agents" };

export default async function AgentsPage({ params }: PageProps<"/orgs/[org]/agents">) {
  const { org } = await params;
  const context = await requireOrg(org, "agents.read");
  const [agents, servers] = await Promise.all([listAgents(context), listServers(context)]);
  const choices = servers.map(({ slug, name }) => ({ slug, name }));
  const canWrite = may(context, "agents.write");
  const create =
    canWrite && servers.length > 0 ? (
      <CreateAgentDialog
        servers={choices}
        base={`/orgs/${org}`}
        createAgent={createAgent.bind(null, org)}
      />
    ) : undefined;
  return (
    <Page>
      {/* Its place stays when the first agent appears: the dialog is then showing its token. */}
      <PageHeader title="Agents" {...(create && { action: create })} />
      {agents.length === 0 ? (
        <EmptyState
          icon={<Bot aria-hidden="true" />}
          title="No agents yet"
          description={
            servers.length === 0
              ? "An agent is a named caller with its own token. Register a server first, then create the agent that may use it."
              : "An agent is a named caller with its own token: a laptop, a CI job, a service."
          }
          {...(servers.length === 0 && {
            action: (
              <ButtonLink href={`/orgs/${org}/servers/new`} variant="primary">
                Register server
              </ButtonLink>
            ),
          })}
        />
      ) : (
        <AgentsTable
          agents={agents}
          servers={choices}
          base={`/orgs/${org}`}
          actions={
            canWrite
              ? {
                  rotateAgent: rotateAgent.bind(null, org),
                  revokeAgent: revokeAgent.bind(null, org),
                  grantServers: grantServers.bind(null, org),
                }
              : null
          }
        />
      )}
    </Page>
  );
}
