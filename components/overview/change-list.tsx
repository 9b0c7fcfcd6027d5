import { RelativeTime } from "#components/ui/relative-time.tsx";

export interface Change {
  id: string;
  at: Date;
  sentence: string;
}

/** Changes people made, a sentence each. */
export function ChangeList({ changes }: { changes: readonly Change[] }) {
  return (
    <ul className="divide-y">
      {changes.map(({ id, at, sentence }) => (
        <li
          key={id}
          className="flex min-h-9 flex-wrap items-baseline justify-between gap-x-6 px-4 py-2 text-sm"
        >
          <span className="min-w-0 break-words">{sentence}</span>
          <RelativeTime at={at.toISOString()} className="shrink-0 text-muted" />
        </li>
      ))}
    </ul>
  );
}
