import { Badge } from "#components/ui/badge.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { DefinitionRow } from "#lib/tools/history.ts";
import { DefinitionChange } from "./definition-change.tsx";

/** Every definition the tool was announced with, the latest first; null while they are read. */
export function ToolHistory({ versions }: { versions: readonly DefinitionRow[] | null }) {
  if (versions === null) return <Skeleton className="h-9" />;
  return (
    <ol className="grid rounded border text-sm">
      {versions.map((version) => (
        <li key={version.digest} className="grid gap-2 border-b px-3 py-2 last:border-b-0">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <Standing standing={version.standing} />
            <span className="font-mono text-muted text-xs">{version.digest.slice(0, 8)}</span>
            <span className="ml-auto text-muted text-xs max-sm:ml-0">
              <Seen {...version} />
            </span>
          </div>
          {version.isFirst ? (
            <p className="text-muted">The first definition on record.</p>
          ) : (
            <details className="grid gap-2">
              <summary className="w-fit cursor-pointer rounded text-accent">
                What differs from the one before
              </summary>
              <div className="pt-2">
                <DefinitionChange
                  changes={version.changes}
                  label={`Changes of version ${version.digest.slice(0, 8)}`}
                />
              </div>
            </details>
          )}
        </li>
      ))}
      {versions.length === 0 && (
        <li className="px-3 py-2 text-muted">Recorded from the next reading on.</li>
      )}
    </ol>
  );
}

/** What was read once is said once; its two times can differ by a moment. */
function Seen({ firstSeenAt, lastSeenAt }: Pick<DefinitionRow, "firstSeenAt" | "lastSeenAt">) {
  const first = new Date(firstSeenAt).getTime();
  const last = new Date(lastSeenAt).getTime();
  if (last - first < oneMinute) {
    return (
      <>
        seen <RelativeTime at={first} />
      </>
    );
  }
  return (
    <>
      first seen <RelativeTime at={first} />, last <RelativeTime at={last} />
    </>
  );
}

const oneMinute = 60_000;

function Standing({ standing }: Pick<DefinitionRow, "standing">) {
  switch (standing) {
    case "accepted":
      return <Badge tone="positive">In force</Badge>;
    case "held":
      return <Badge tone="caution">Held</Badge>;
    case "past":
      return <Badge>Earlier</Badge>;
  }
}
