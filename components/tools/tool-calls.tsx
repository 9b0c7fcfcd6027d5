import { decisionKind } from "#components/calls/decision-kind.ts";
import { DecisionBadge } from "#components/decision-badge.tsx";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { CallRow } from "#lib/calls/calls.ts";

/** The latest calls of one tool; null while they are read. */
export function ToolCalls({ calls, href }: { calls: readonly CallRow[] | null; href: string }) {
  if (calls === null) return <Skeleton className="h-9" />;
  if (calls.length === 0) return <p className="text-muted text-sm">Nobody has called it yet.</p>;
  return (
    <div className="grid gap-2 text-sm">
      <ul className="grid rounded border">
        {calls.map((call) => (
          <li
            key={call.id}
            className="flex items-center gap-3 border-b px-3 py-1.5 last:border-b-0"
          >
            <DecisionBadge decision={decisionKind(call.decision)} />
            <span className="min-w-0 flex-1 truncate">{call.agent}</span>
            <RelativeTime at={new Date(call.at).getTime()} className="shrink-0 text-muted" />
          </li>
        ))}
      </ul>
      <Link
        href={href}
        className="justify-self-start text-accent underline-offset-2 hover:underline"
      >
        All calls of this tool
      </Link>
    </div>
  );
}
