import { cn } from "#components/ui/cn.ts";
import { changedLines } from "./changed-lines.ts";
import { visibleText } from "./visible-text.ts";

/** The accepted definition against the one that waits, line by line. */
export function DefinitionChange({ before, after }: { before: unknown; after: unknown }) {
  const lines = changedLines(textOf(before), textOf(after));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a section cannot be preformatted
    <pre
      role="region"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label="Changes of the definition"
      className="max-h-96 overflow-auto rounded border bg-sunken py-2 font-mono text-xs leading-5"
    >
      {lines.map((line) => (
        <span
          key={line.key}
          className={cn(
            "block whitespace-pre-wrap break-words pr-3 pl-8 -indent-5",
            line.kind === "added" && "bg-positive/10 text-positive",
            line.kind === "removed" && "bg-danger/10 text-danger",
            line.kind === "same" && "text-muted",
          )}
        >
          {{ added: "+ ", removed: "− ", same: "  ", gap: "  " }[line.kind]}
          {line.text}
        </span>
      ))}
    </pre>
  );
}

function textOf(definition: unknown): string {
  return visibleText(JSON.stringify(definition, null, 2) ?? "");
}
