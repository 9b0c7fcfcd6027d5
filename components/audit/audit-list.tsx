import { ChevronRight } from "lucide-react";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { AuditRow } from "#lib/audit/audit.ts";

/** Changes with what they changed; details unfold. */
export function AuditList({ events }: { events: readonly AuditRow[] }) {
  return (
    <ul className="border-t text-sm">
      {events.map((event) => (
        <li key={event.id} data-row="" tabIndex={-1} className="border-b outline-none">
          <details className="group">
            <summary
              data-row-link=""
              className="flex min-h-10 list-none flex-wrap items-center gap-x-3 px-2 py-1.5 max-sm:items-start transition-colors hover:bg-hover focus-visible:-outline-offset-2 pointer-coarse:min-h-11"
            >
              <ChevronRight
                aria-hidden="true"
                className="size-3.5 shrink-0 text-muted transition-transform group-open:rotate-90 max-sm:mt-0.75"
              />
              <span className="min-w-0 flex-1 break-words">{event.sentence}</span>
              <code className="font-mono text-muted text-xs max-sm:hidden">{event.action}</code>
              <RelativeTime
                at={event.at.toISOString()}
                className="w-32 text-right text-muted max-sm:w-full max-sm:pl-6.5 max-sm:text-left"
              />
            </summary>
            <dl className="grid gap-x-6 gap-y-1 py-1 pr-2 pb-3 pl-8.5 sm:grid-cols-[7rem_1fr]">
              <Fact term="Who" value={event.actorName} />
              <Fact
                term="At"
                value={event.at.toISOString().replace("T", " ").replace("Z", " UTC")}
              />
              <Fact term="Subject" value={`${event.subject.kind} ${event.subject.name}`} />
              {Object.entries(event.detail).map(([name, value]) => (
                <Fact key={name} term={name} value={textOf(value)} />
              ))}
              <Fact term="Event id" value={event.id} />
            </dl>
          </details>
        </li>
      ))}
    </ul>
  );
}

function Fact({ term, value }: { term: string; value: string }) {
  return (
    <div className="sm:contents">
      <dt className="text-muted">{term}</dt>
      <dd className="whitespace-pre-wrap break-words font-mono text-xs leading-5">{value}</dd>
    </div>
  );
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) {
    return value.join(", ");
  }
  return JSON.stringify(value, null, 2);
}
