import { diffLines } from "diff";

/** Lines of context around a change. */
const contextLines = 3;

/**
 * What `after` adds and takes away, line by line: `+`, `-`, a space for context, and `…` where unchanged
 * lines are left out.
 */
export function lineDiff(before: string, after: string): string {
  if (before === after) return "";
  const parts = diffLines(before, after);
  return parts
    .flatMap(({ value, added, removed }, place) => {
      const sign = added ? "+" : removed ? "-" : " ";
      const lines = value
        .replace(/\n$/, "")
        .split("\n")
        .map((line) => sign + line);
      if (sign !== " ") return lines;
      const top = place === 0 ? [] : lines.slice(0, contextLines);
      const bottom = place === parts.length - 1 ? [] : lines.slice(-contextLines);
      return top.length + bottom.length < lines.length ? [...top, "…", ...bottom] : lines;
    })
    .join("\n");
}
