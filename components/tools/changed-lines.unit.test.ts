import { expect, test } from "vitest";
import { changedLines } from "./changed-lines.ts";

test("shows what was removed and added with two lines around it", () => {
  const lines = changedLines("1\n2\n3\n4\nold\n6\n7\n8", "1\n2\n3\n4\nnew\n6\n7\n8");
  expect(lines.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
    "gap …",
    "same 3",
    "same 4",
    "removed old",
    "added new",
    "same 6",
    "same 7",
    "gap …",
  ]);
});

test("equal definitions show nothing but the gap", () => {
  expect(changedLines("a\nb", "a\nb").map(({ kind }) => kind)).toEqual(["gap"]);
});
