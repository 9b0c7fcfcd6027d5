import { expect, test } from "vitest";
import { diffLines } from "./diff.ts";

const lines = (...text: string[]) => `${text.join("\n")}\n`;
const numbers = Array.from({ length: 20 }, (_, index) => `line ${index}`);

test("equal texts have no difference", () => {
  expect(diffLines("a\nb\n", "a\nb\n")).toBe("");
});

test("changed lines stand between three lines of context, the rest is left out", () => {
  const after = numbers.with(10, "other");
  expect(diffLines(lines(...numbers), lines(...after))).toBe(
    [
      "…",
      " line 7",
      " line 8",
      " line 9",
      "-line 10",
      "+other",
      " line 11",
      " line 12",
      " line 13",
      "…",
    ].join("\n"),
  );
});

test("lines that stay between two changes are not shown as changed", () => {
  expect(diffLines(lines("a", "b", "c"), lines("x", "b", "y", "c"))).toBe("-a\n+x\n b\n+y\n c");
});

test("texts too large to compare line by line are still shown right", () => {
  const before = Array.from({ length: 3_000 }, (_, index) => `before ${index}`);
  const after = Array.from({ length: 3_000 }, (_, index) => `after ${index}`);
  const shown = diffLines(lines("same", ...before), lines("same", ...after)).split("\n");
  expect(shown.filter((line) => line.startsWith("-"))).toHaveLength(3_000);
  expect(shown.filter((line) => line.startsWith("+"))).toHaveLength(3_000);
  expect(shown[0]).toBe(" same");
});
