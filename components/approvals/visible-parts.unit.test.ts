import { expect, test } from "vitest";
import { hasHidden, visibleParts } from "./visible-parts.ts";

test("a zero-width space inside an argument is shown as what it is", () => {
  expect(visibleParts("rm\u200B -rf")).toEqual([
    { kind: "text", text: "rm" },
    { kind: "hidden", code: "U+200B", name: "zero-width space" },
    { kind: "text", text: " -rf" },
  ]);
});

test("characters that turn text around or smuggle text are shown", () => {
  for (const hidden of [
    "\u202E",
    "\u2066",
    "\u{E0041}",
    "\uFE0F",
    "\u3164",
    "\u2800",
    "\0",
    "\uD800",
  ]) {
    expect(hasHidden(`a${hidden}b`)).toBe(true);
  }
});

test("ordinary text in any script has nothing hidden in it", () => {
  for (const text of ["SELECT 1;\n\tFROM x", "größer, 日本語, Привет, שלום, 👍"]) {
    expect(hasHidden(text)).toBe(false);
  }
});

test("nothing of a text is left out", () => {
  const text = "a\u0007b\nc\u{E0041}";
  const shown = visibleParts(text).map((part) => (part.kind === "text" ? part.text : part.code));
  expect(shown).toEqual(["a", "U+0007", "b", "U+000A", "c", "U+E0041"]);
});
