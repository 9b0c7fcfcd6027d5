import { diffLines } from "diff";

/** What `after` adds and takes away, line by line: `+`, `-`, and a space for the rest. */
export function lineDiff(before: string, after: string): string {
  if (before === after) return "";
  return diffLines(before, after)
    .flatMap(({ value, added, removed }) => {
      const sign = added ? "+" : removed ? "-" : " ";
      return value
        .replace(/\n$/, "")
        .split("\n")
        .map((line) => sign + line);
    })
    .join("\n");
}
