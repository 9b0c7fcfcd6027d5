import { CategoryLabel } from "#components/category-label.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { RemovedToolRow } from "#lib/tools/history.ts";

/** Tools that the server no longer offers; their rules, classes and calls stay on record. */
export function RemovedTools({ tools }: { tools: readonly RemovedToolRow[] }) {
  if (tools.length === 0) return null;
  return (
    <details className="mt-4 rounded border bg-raised text-sm">
      <summary className="cursor-pointer px-3 py-2 font-medium">
        {tools.length === 1
          ? "1 tool is no longer offered"
          : `${tools.length} tools are no longer offered`}
      </summary>
      <ul className="divide-y border-t">
        {tools.map((tool) => (
          <li
            key={tool.name}
            className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-3 py-2"
          >
            <span className="min-w-0 break-all font-mono text-muted line-through">{tool.name}</span>
            <span className="flex items-center gap-4 text-muted">
              <CategoryLabel category={tool.category} />
              <span>
                removed; last seen <RelativeTime at={tool.lastSeenAt.getTime()} />
              </span>
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
