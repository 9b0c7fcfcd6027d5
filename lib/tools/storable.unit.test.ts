import { expect, test } from "vitest";
import { toStorable } from "./storable.ts";

test("what Postgres cannot hold becomes U+FFFD, in keys as well; everything else stays", () => {
  const value = {
    text: "a\0b\ud800 \\u0000 é",
    "k\0": [1.5, true, null, { nested: "\udfff" }],
    absent: undefined,
    list: [undefined, Number.NaN],
  };
  expect(toStorable(value)).toEqual({
    text: "a\ufffdb\ufffd \\u0000 é",
    "k\ufffd": [1.5, true, null, { nested: "\ufffd" }],
    list: [null, null],
  });
  expect(toStorable(undefined)).toBeNull();
});

test("keys that V8 of Node 24 takes for each other stay what they are", () => {
  for (const key of ["q\\", "q\n", "\\", "\n"]) {
    expect(Object.keys(toStorable({ [key]: 1 }) ?? {})).toEqual([key]);
  }
});
