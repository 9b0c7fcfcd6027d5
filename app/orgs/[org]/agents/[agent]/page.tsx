import { AgentFacts } from "#components/agents/agent-facts.tsx";
import { AgentMenu } from "#components/agents/agent-menu.tsx";
import { AgentState } from "#components/agents/agent-state.tsx";
import { GrantsEditor } from "#components/agents/grants-editor.tsx";
import { RefusedRequests } from "#components/agents/refused-requests.tsx";
import { callItemOf } from "#components/calls/call-item.ts";
import { CallsTable } from "#components/calls/calls-table.tsx";
import { AgentLimits } from "#components/limits/agent-limits.tsx";
import { Page } from "#components/shell/page.tsx";
import { Section } from "#components/ui/card.tsx";
import { CopyField } from "#components/ui/copy-button.tsx";
import { Link } from "#components/ui/link.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { getAgent } from "#lib/agents/agents.ts";
import { listRefusedRequests } from "#lib/agents/refused.ts";
import { listCalls } from "#lib/calls/calls.ts";
import { listLimitUsage } from "#lib/limits/limits.ts";
import { aggregateUrlOf } from "#lib/servers/proxy-url.ts";
import { listServers } from "#lib/servers/servers.ts";
import { forPage } from "#lib/web/errors.ts";
import { may, requireOrg } from "#lib/web/session.ts";
import { readLimitUsage, resetLimit } from "../../servers/[server]/policy/actions.ts";
import { grantServers, revokeAgent, rotateAgent } from "../actions.ts";

export async function generateMetadata({ params }: PageProps<"/orgs/[org]/agents/[agent]">) {
  return { title: decodeURIComponent((await params).agent) };
}

export default async function AgentPage({ params }: PageProps<"/orgs/[org]/agents/[agent]">) {
  const { org, agent: segment } = await params;
  const context = await requireOrg(org, "agents.read");
  const agent = await forPage(getAgent(context, { agent: decodeURIComponent(segment) }));
  const [servers, { calls }, refused, usage] = await Promise.all([
    listServers(context),
    listCalls(context, { agent: agent.name, limit: 20 }),
    forPage(listRefusedRequests(context, { agent: agent.name })),
    forPage(listLimitUsage(context, { agent: agent.name })),
  ]);
  const choices = servers.map(({ slug, name }) => ({ slug, name }));
  const isEditable = may(context, "agents.write") && agent.revokedAt === null;
  return (
    <Page>
      <PageHeader
        title={<span className="break-all font-mono text-lg">{agent.name}</span>}
        breadcrumbs={[{ label: "Agents", href: `/orgs/${org}/agents` }]}
        meta={<AgentState agent={agent} />}
        {...(isEditable && {
          action: (
            <AgentMenu
              agent={agent}
              servers={choices}
              base={`/orgs/${org}`}
              look="buttons"
              rotateAgent={rotateAgent.bind(null, org)}
              revokeAgent={revokeAgent.bind(null, org)}
              grantServers={grantServers.bind(null, org)}
            />
          ),
        })}
      />
      <div className="grid items-start gap-8 lg:grid-cols-2">
        <Section title="Token and client">
          <AgentFacts agent={agent} />
        </Section>
        <Section title="Servers it may call">
          <GrantsEditor
            agent={agent.name}
            granted={agent.servers.map(({ slug }) => slug)}
            servers={choices}
            canEdit={isEditable}
            base={`/orgs/${org}`}
            grantServers={grantServers.bind(null, org)}
          />
          {agent.revokedAt === null && agent.servers.length > 0 && (
            <div className="mt-4 grid gap-2 text-sm">
              <p className="flex flex-wrap items-center justify-between gap-x-3 text-muted">
                All servers of this agent, at one URL:
                {isEditable && (
                  <Link
                    href={`/orgs/${org}/servers/${agent.servers[0]?.slug}/connect?agent=${encodeURIComponent(agent.name)}&servers=all`}
                    aria-label="Configuration for all servers"
                    className="text-accent underline-offset-2 hover:underline"
                  >
                    Configuration
                  </Link>
                )}
              </p>
              <CopyField value={aggregateUrlOf(org)} what="URL of all servers" />
            </div>
          )}
        </Section>
      </div>
      <Section
        title="Limits in use"
        description="Read again every few seconds. Slots free themselves as their window passes."
      >
        <AgentLimits
          agent={agent.name}
          start={usage}
          server={agent.servers[0]?.slug ?? ""}
          canReset={may(context, "rules.write") && agent.servers.length > 0}
          readUsage={readLimitUsage.bind(null, org)}
          resetLimit={resetLimit.bind(null, org)}
        />
      </Section>
      <Section
        title="Last calls"
        actions={
          <Link
            href={`/orgs/${org}/calls?agent=${encodeURIComponent(agent.name)}`}
            className="text-accent text-sm underline-offset-2 hover:underline"
          >
            All its calls
          </Link>
        }
      >
        {calls.length === 0 ? (
          <p className="text-muted text-sm">It has not called anything yet.</p>
        ) : (
          <CallsTable base={`/orgs/${org}/calls`} calls={calls.map(callItemOf)} omit="agent" />
        )}
      </Section>
      <Section
        title="Refused requests"
        description="What it sent in the last 7 days that no rule judged as a call. None of it reached a server."
      >
        <RefusedRequests rows={refused} />
      </Section>
    </Page>
  );
}
