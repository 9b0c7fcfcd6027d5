import { cn } from "#components/ui/cn.ts";

/** Lines that begin with +, - or a space, in their colours and with their signs. */
export function DiffView({ diff, label }: { diff: string; label: string }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a section cannot be preformatted
    <pre
      role="region"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={label}
      className="max-h-96 min-w-0 overflow-auto rounded border bg-sunken py-2 font-mono text-sm"
    >
      {diff.split("\n").map((line, index) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
          key={index}
          className={cn(
            "block px-3",
            line.startsWith("+") && "bg-positive/12 text-positive",
            line.startsWith("-") && "bg-danger/10 text-danger",
            line === "…" && "text-muted",
          )}
        >
          {line === "" ? " " : line}
        </span>
      ))}
    </pre>
  );
}
