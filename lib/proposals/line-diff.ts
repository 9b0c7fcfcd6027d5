import { diffLines } from "diff";

/** A line of a policy in both versions, or in one of them. */
export interface LinePartDetail {
  kind: "same" | "added" | "removed";
  text: string;
}

/** How a text differs from another, line by line, unchanged lines included. */
export function lineDiff(before: string, after: string): LinePartDetail[] {
  return diffLines(before, after).flatMap(({ value, added, removed }) =>
    value
      .replace(/\n$/, "")
      .split("\n")
      .map((text) => ({ kind: added ? "added" : removed ? "removed" : "same", text }) as const),
  );
}
