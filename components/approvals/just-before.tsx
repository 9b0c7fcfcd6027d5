import { decisionKind } from "#components/calls/decision-kind.ts";
import { DecisionBadge } from "#components/decision-badge.tsx";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { CallRow } from "#lib/calls/calls.ts";

export interface JustBeforeProps {
  base: string;
  agent: string;
  /** Latest first. */
  calls: readonly CallRow[];
}

/** What the agent did before it asked. */
export function JustBefore({ base, agent, calls }: JustBeforeProps) {
  return (
    <section aria-labelledby="before" className="grid gap-2">
      <h3 id="before" className="font-medium text-sm">
        What {agent} did just before
      </h3>
      {calls.length === 0 ? (
        <p className="text-muted text-sm">Nothing: this is its first call on record.</p>
      ) : (
        <ul className="divide-y border-y">
          {calls.map((call) => (
            <li key={call.id}>
              <Link
                href={`${base}/calls/${call.id}`}
                className="flex min-h-8 items-center gap-4 px-1 text-sm transition-colors hover:bg-hover pointer-coarse:min-h-11"
              >
                <span className="min-w-0 flex-1 truncate font-mono">{call.tool}</span>
                <DecisionBadge decision={decisionKind(call.decision)} />
                <RelativeTime
                  at={call.at.toISOString()}
                  className="w-28 shrink-0 text-right text-muted max-sm:w-auto"
                />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
