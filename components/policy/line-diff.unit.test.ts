import { expect, test } from "vitest";
import { lineDiff } from "./line-diff.ts";

const lines = (...text: string[]) => `${text.join("\n")}\n`;
const numbers = Array.from({ length: 20 }, (_, index) => `line ${index}`);

test("equal texts have no difference", () => {
  expect(lineDiff("a\nb\n", "a\nb\n")).toBe("");
});

test("changed lines stand between three lines of context, the rest is left out", () => {
  const after = numbers.with(10, "other");
  expect(lineDiff(lines(...numbers), lines(...after)).split("\n")).toEqual([
    "…",
    ...[" line 7", " line 8", " line 9"],
    ...["-line 10", "+other"],
    ...[" line 11", " line 12", " line 13"],
    "…",
  ]);
});

test("between two changes that are near, every line is shown once", () => {
  const after = numbers.with(0, "first").with(7, "second");
  expect(lineDiff(lines(...numbers), lines(...after)).split("\n")).toEqual([
    ...["-line 0", "+first"],
    ...numbers.slice(1, 7).map((line) => ` ${line}`),
    ...["-line 7", "+second"],
    ...[" line 8", " line 9", " line 10"],
    "…",
  ]);
});
