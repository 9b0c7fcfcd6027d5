import fc from "fast-check";
import { expect, test } from "vitest";
import { findHiddenText } from "./hidden-text.ts";
import { textScanner } from "./text-scan.ts";

const scan = textScanner(["ignore", "ed25519", "system"]);

test.each([
  ["Ignore it", ["ignore"]],
  ["IGNORE_it", ["ignore"]],
  ["id_ed25519.", ["ed25519"]],
  ["ignored systems", []],
  ["the end is system", ["system"]],
])("whole words are found in any casing: %s", (text, words) => {
  expect([...scan(text).words.keys()]).toEqual(words);
});

test("the quick look never calls a text clean in which something is hidden", () => {
  const text = fc.string({ unit: "binary", maxLength: 80 });
  const spaces = fc.integer({ min: 55, max: 70 }).map((length) => `a${" ".repeat(length)}b`);
  const encoded = fc
    .integer({ min: 150, max: 170 })
    .map((length) => "aB3".repeat(60).slice(0, length));
  fc.assert(
    fc.property(fc.oneof(text, spaces, encoded), (value) => {
      if (findHiddenText(value) !== undefined) expect(scan(value).hides).toBe(true);
    }),
  );
});
