import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusDot } from "#components/ui/status-dot.tsx";
import type { AgentRow } from "#lib/agents/agents.ts";

const soonMilliseconds = 7 * 24 * 60 * 60 * 1000;

/** Whether an agent can call: revoked, its token lapsed or about to, seen or not yet. */
export function AgentState({
  agent,
}: {
  agent: Pick<AgentRow, "revokedAt" | "token" | "lastSeenAt">;
}) {
  const { revokedAt, token, lastSeenAt } = agent;
  if (revokedAt) return <StatusDot tone="muted" label="Revoked" />;
  if (!token) return <StatusDot tone="danger" label="No token" />;
  const leftMilliseconds = token.expiresAt ? token.expiresAt.getTime() - Date.now() : Infinity;
  if (leftMilliseconds <= 0) return <StatusDot tone="danger" label="Token expired" />;
  if (leftMilliseconds < soonMilliseconds) return <StatusDot tone="caution" label="Expires soon" />;
  if (!lastSeenAt) return <StatusDot tone="accent" label="Not seen yet" />;
  return <StatusDot tone="positive" label="Active" />;
}

/** "ends in 8f3a, expires in 29 days". */
export function TokenText({ token }: { token: AgentRow["token"] }) {
  if (!token) return <span className="text-muted">none</span>;
  const { expiresAt, last4 } = token;
  return (
    <span className="whitespace-nowrap">
      <span className="font-mono text-xs">…{last4}</span>
      <span className="text-muted">
        {" · "}
        {expiresAt === null ? (
          "no expiry"
        ) : (
          <>
            {expiresAt.getTime() < Date.now() ? "expired " : "expires "}
            <RelativeTime at={expiresAt.getTime()} />
          </>
        )}
      </span>
    </span>
  );
}
