import { CallShare } from "#components/call-share.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import {
  Cell,
  HeaderCell,
  Row,
  RowActions,
  RowLink,
  Table,
  TableBody,
  TableHead,
} from "#components/ui/table.tsx";
import type { AgentRow } from "#lib/agents/agents.ts";
import { AgentMenu } from "./agent-menu.tsx";
import { AgentState, TokenText } from "./agent-state.tsx";
import type { AgentActions, ServerChoice } from "./agent-types.ts";

export interface AgentsTableProps {
  agents: readonly AgentRow[];
  servers: readonly ServerChoice[];
  /** `/orgs/<slug>`. */
  base: string;
  /** Null: this role only looks. */
  actions: AgentActions | null;
}

/** Named callers, their tokens' state and how their last day went; revoked ones last. */
export function AgentsTable({ agents, servers, base, actions }: AgentsTableProps) {
  const sorted = agents.toSorted(
    (a, b) => Number(a.revokedAt !== null) - Number(b.revokedAt !== null),
  );
  return (
    <Table label="Agents">
      <TableHead>
        <HeaderCell>Name</HeaderCell>
        <HeaderCell>State</HeaderCell>
        <HeaderCell>Servers</HeaderCell>
        <HeaderCell className="max-lg:hidden">Token</HeaderCell>
        <HeaderCell>Last seen</HeaderCell>
        <HeaderCell align="right">Calls, 24 h</HeaderCell>
        {actions && (
          <HeaderCell>
            <span className="sr-only">Actions</span>
          </HeaderCell>
        )}
      </TableHead>
      <TableBody>
        {sorted.map((agent) => (
          <Row key={agent.id}>
            <Cell phone="title" className="sm:max-w-64">
              <RowLink
                href={`${base}/agents/${encodeURIComponent(agent.name)}`}
                className="font-mono font-normal"
                title={agent.name}
              >
                {agent.name}
              </RowLink>
            </Cell>
            <Cell phone="aside">
              <AgentState agent={agent} />
            </Cell>
            <Cell phone="detail" className="truncate sm:max-w-48">
              <span title={agent.servers.map(({ name }) => name).join(", ")}>
                {agent.servers.map(({ slug }) => slug).join(", ") || (
                  <span className="text-muted">none</span>
                )}
              </span>
            </Cell>
            <Cell className="max-lg:hidden">
              {agent.revokedAt ? (
                <span className="text-muted">revoked</span>
              ) : (
                <TokenText token={agent.token} />
              )}
            </Cell>
            <Cell phone="detail" className="whitespace-nowrap">
              <LastSeen agent={agent} />
            </Cell>
            <Cell align="right">
              <CallShare calls={agent.calls24h} refused={agent.refused24h} />
            </Cell>
            {actions && (
              <Cell phone="aside" className="w-10">
                <RowActions className="max-sm:-my-3 max-sm:-mr-2">
                  {agent.revokedAt === null && (
                    <AgentMenu
                      agent={agent}
                      servers={servers}
                      base={base}
                      look="menu"
                      {...actions}
                    />
                  )}
                </RowActions>
              </Cell>
            )}
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}

function LastSeen({ agent }: { agent: AgentRow }) {
  if (!agent.lastSeenAt) return <span className="text-muted max-sm:hidden">never</span>;
  return (
    <span>
      <RelativeTime at={agent.lastSeenAt.getTime()} />
      {agent.clientName !== null && (
        <span className="text-muted">
          {" · "}
          {agent.clientName} {agent.clientVersion}
        </span>
      )}
    </span>
  );
}
