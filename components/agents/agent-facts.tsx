import { count } from "#components/count.ts";
import { Card, Facts } from "#components/ui/card.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { AgentRow } from "#lib/agents/agents.ts";
import { TokenText } from "./agent-state.tsx";

/** Token, client and use of one agent. */
export function AgentFacts({ agent }: { agent: AgentRow }) {
  const { token, lastSeenAt, clientName, clientVersion, revokedAt } = agent;
  return (
    <Card className="p-4">
      <Facts
        items={[
          { term: "Token", value: revokedAt ? "revoked" : <TokenText token={token} /> },
          ...(token
            ? [{ term: "Issued", value: <RelativeTime at={token.createdAt.getTime()} /> }]
            : []),
          {
            term: "Last used",
            value: token?.lastUsedAt ? <RelativeTime at={token.lastUsedAt.getTime()} /> : "never",
          },
          {
            term: "Last seen",
            value: lastSeenAt ? <RelativeTime at={lastSeenAt.getTime()} /> : "never",
          },
          {
            term: "Client",
            value: clientName === null ? "not known yet" : `${clientName} ${clientVersion ?? ""}`,
          },
          { term: "Created", value: <RelativeTime at={agent.createdAt.getTime()} /> },
          {
            term: "Last 24 h",
            value: `${count(agent.calls24h, "call")}, ${agent.refused24h.toLocaleString("en")} refused`,
          },
        ]}
      />
    </Card>
  );
}
