import { Check, X } from "lucide-react";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { VoteRow } from "#lib/approvals/approvals.ts";

/** Who has answered so far; nothing while nobody has. */
export function Votes({ votes, needed }: { votes: readonly VoteRow[]; needed: number }) {
  if (votes.length === 0 || (needed <= 1 && votes.length === 1 && !votes[0]?.note)) return null;
  return (
    <section aria-labelledby="votes" className="grid gap-2">
      <h3 id="votes" className="font-medium text-sm">
        Answers so far
      </h3>
      <ul className="divide-y border-y text-sm">
        {votes.map((vote) => (
          <li key={vote.by} className="flex min-h-8 flex-wrap items-center gap-x-3 px-1 py-1">
            {vote.decision === "approve" ? (
              <Check aria-hidden="true" className="size-4 text-positive" />
            ) : (
              <X aria-hidden="true" className="size-4 text-danger" />
            )}
            <span>
              {vote.by} {vote.decision === "approve" ? "approved" : "denied"}
            </span>
            {vote.note && <span className="min-w-0 text-muted">“{vote.note}”</span>}
            <RelativeTime at={vote.at.toISOString()} className="ml-auto text-muted" />
          </li>
        ))}
      </ul>
    </section>
  );
}
