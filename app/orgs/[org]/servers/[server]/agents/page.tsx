import { Bot } from "lucide-react";
import { grantServers, revokeAgent, rotateAgent } from "#app/orgs/[org]/agents/actions.ts";
import { AgentsTable } from "#components/agents/agents-table.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { listAgents } from "#lib/agents/agents.ts";
import { listServers } from "#lib/servers/servers.ts";
import { forPage } from "#lib/web/errors.ts";
import { may, requireOrg } from "#lib/web/session.ts";

export default async function ServerAgentsPage({
  params,
}: PageProps<"/orgs/[org]/servers/[server]/agents">) {
  const { org, server } = await params;
  const context = await requireOrg(org, "agents.read");
  const [agents, servers] = await Promise.all([
    forPage(listAgents(context, { server })),
    listServers(context),
  ]);
  if (agents.length === 0) {
    return (
      <EmptyState
        icon={<Bot aria-hidden="true" />}
        title="No agent may use this server yet"
        description="Create one, or give access to one that exists, and copy its configuration."
        action={
          <ButtonLink href={`/orgs/${org}/servers/${server}/connect`} variant="primary">
            Connect an agent
          </ButtonLink>
        }
      />
    );
  }
  return (
    <AgentsTable
      agents={agents}
      servers={servers.map(({ slug, name }) => ({ slug, name }))}
      base={`/orgs/${org}`}
      actions={
        may(context, "agents.write")
          ? {
              rotateAgent: rotateAgent.bind(null, org),
              revokeAgent: revokeAgent.bind(null, org),
              grantServers: grantServers.bind(null, org),
            }
          : null
      }
    />
  );
}
