import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusDot, type StatusTone } from "#components/ui/status-dot.tsx";
import type { ServerRow } from "#lib/servers/rows.ts";
import { transportText } from "./transport-text.ts";

const looks: Record<ServerRow["health"], { tone: StatusTone; label: string }> = {
  ok: { tone: "positive", label: "Healthy" },
  failing: { tone: "danger", label: "Failing" },
  unknown: { tone: "muted", label: "Not tested" },
};

type Health = Pick<ServerRow, "health" | "healthDetail" | "healthAt">;

/** Whether the server could be reached, how it speaks, what was wrong, and when that was seen. */
export function ServerHealth({
  server,
}: {
  server: Health & Pick<ServerRow, "protocolRevisions" | "transport">;
}) {
  const transport = transportText(server.transport);
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 text-muted text-sm">
      <HealthDot server={server} />
      {transport !== null && (
        <span>
          MCP {server.protocolRevisions.join(" and ")} over {transport}
        </span>
      )}
      {server.healthDetail !== null && <span className="min-w-0">{server.healthDetail}</span>}
      {server.healthAt !== null && (
        <span>
          seen <RelativeTime at={server.healthAt.getTime()} />
        </span>
      )}
    </span>
  );
}

export function HealthDot({ server }: { server: Pick<Health, "health"> }) {
  return <StatusDot {...looks[server.health]} className="text-text" />;
}
