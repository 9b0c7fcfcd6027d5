import { cn } from "#components/ui/cn.ts";
import type { ChangeDetail, TextPartDetail } from "#lib/tools/compare.ts";
import { visibleText } from "./visible-text.ts";

/** How a definition differs, part by part; what went is struck through, what came is underlined. */
export function DefinitionChange({
  changes,
  label = "Changes of the definition",
}: {
  changes: readonly ChangeDetail[];
  label?: string;
}) {
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={label}
      className="max-h-96 overflow-auto rounded border bg-sunken text-sm"
    >
      {changes.length === 0 && (
        <p className="px-3 py-2 text-muted">Nothing that an agent acts on.</p>
      )}
      <dl className="divide-y">
        {changes.map((change, at) => (
          <div
            // biome-ignore lint/suspicious/noArrayIndexKey: two places can read alike, and none moves
            key={at}
            className="grid gap-x-4 gap-y-0.5 px-3 py-2 sm:grid-cols-[11rem_1fr]"
          >
            <dt className="min-w-0 break-words text-muted text-xs leading-5">
              {visibleText(change.place)}
              {change.what !== "" && <span className="block">{visibleText(change.what)}</span>}
            </dt>
            <dd className="min-w-0 whitespace-pre-wrap break-words font-mono text-xs leading-5">
              {change.parts.map((part, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: parts have no other name and never move
                <Part key={at} part={part} />
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Part({ part }: { part: TextPartDetail }) {
  const text = visibleText(part.text);
  switch (part.kind) {
    case "same":
      return text;
    case "removed":
      return <del className={cn(mark, "bg-danger/10 text-danger line-through")}>{text}</del>;
    case "added":
      return (
        <ins className={cn(mark, "bg-positive/10 text-positive underline-offset-2")}>{text}</ins>
      );
  }
}

const mark = "rounded-[3px] box-decoration-clone px-0.5";
