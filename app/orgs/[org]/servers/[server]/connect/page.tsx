import { createAgent, grantServers, rotateAgent } from "#app/orgs/[org]/agents/actions.ts";
import { ConnectFlow } from "#components/connect/connect-flow.tsx";
import { listAgents } from "#lib/agents/agents.ts";
import { aggregateUrlOf } from "#lib/servers/proxy-url.ts";
import { may, requireOrg } from "#lib/web/session.ts";
import { readServer } from "../read-server.ts";

export default async function ConnectPage({
  params,
  searchParams,
}: PageProps<"/orgs/[org]/servers/[server]/connect">) {
  const [{ org, server: slug }, { agent: preselected, servers }] = await Promise.all([
    params,
    searchParams,
  ]);
  const context = await requireOrg(org, "agents.read");
  const [server, agents] = await Promise.all([readServer(org, slug), listAgents(context)]);
  return (
    <ConnectFlow
      org={org}
      server={{ slug, name: server.name, proxyUrl: server.proxyUrl }}
      aggregateUrl={aggregateUrlOf(org)}
      agents={agents
        .filter((agent) => agent.revokedAt === null)
        .map((agent) => ({
          name: agent.name,
          servers: agent.servers.map((granted) => granted.slug),
          last4: agent.token?.last4 ?? null,
        }))}
      preselected={typeof preselected === "string" ? preselected : null}
      reach={servers === "all" ? "all" : "one"}
      openedAt={new Date().toISOString()}
      canWrite={may(context, "agents.write")}
      createAgent={createAgent.bind(null, org)}
      rotateAgent={rotateAgent.bind(null, org)}
      grantServers={grantServers.bind(null, org)}
    />
  );
}
