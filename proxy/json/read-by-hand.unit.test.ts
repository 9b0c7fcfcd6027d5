import { expect, test } from "vitest";
import { hasEscapedKey, parseStored } from "./read-by-hand.ts";

test("what was stored is read with the keys it was written with", () => {
  // Keys that V8 of Node 24 takes those below for, once it has seen them.
  for (const key of ["q\\", "\\"]) JSON.parse(JSON.stringify({ [key]: 1 }));
  for (const value of [{ "q\n": 1 }, { "\n": 1, "\\": [2] }, { a: { "\t": null }, b: "\\" }]) {
    expect(JSON.stringify(parseStored(JSON.stringify(value)))).toBe(JSON.stringify(value));
  }
});

test.each([
  [String.raw`{"a":"\n"}`, false],
  [String.raw`["\n", {"a" : "\\"}]`, false],
  [String.raw`{"a":{"b\n" : 1}}`, true],
  [String.raw`{"\\":1}`, true],
  [String.raw`{"a":"\":","b":1}`, false],
  ["{}", false],
])("a text has a key written with an escape: %s is %s", (text, expected) => {
  JSON.parse(text);
  expect(hasEscapedKey(text)).toBe(expected);
});

test("what is no JSON is refused", () => {
  for (const text of ["", "{", '{"a\\n":}']) expect(() => parseStored(text)).toThrow(SyntaxError);
});
