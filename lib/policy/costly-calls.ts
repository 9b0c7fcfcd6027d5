import type { JsonObject } from "./types.ts";

const million = "a".repeat(1_048_000);
// Without a period, so that an engine that remembers its states meets new ones.
const evil = Array.from({ length: 40_000 }, (_, index) => {
  return (Math.imul(index + 7, 2_654_435_761) >>> 16) & 1 ? "a" : "b";
}).join("");

/**
 * Test data: what a call may be made of to hold the process that judges it. Each has a name, a
 * condition and the arguments. Tests hold them to the work that one call may cost; `npm run bench`
 * measures how long that is.
 */
export const costlyCalls: [name: string, condition: string, args: JsonObject][] = [
  ...["eq", "contains", "starts_with", "ends_with", "matches"].map(
    (op): [string, string, JsonObject] => [
      `${op} on a million characters`,
      `{path: a, op: ${op}, value: "aab", ${"ignore_case: true, trim: true"}}`,
      { a: million },
    ],
  ),
  [
    "length of a million characters",
    "{path: a, op: length, value: {of: text, max: 9}}",
    { a: million },
  ],
  [
    "a long part in a long text",
    `{path: a, op: contains, value: "${"a".repeat(63)}b${"a".repeat(63)}"}`,
    { a: "a".repeat(65_536) },
  ],
  [
    "every fold of a long text",
    "{path: a, op: contains, value: ß, ignore_case: true, trim: true}",
    { a: "ıſ".repeat(32_768) },
  ],
  [
    "a list of a million elements",
    '{path: "a[*]", op: eq, value: 1}',
    { a: new Array(1_000_000).fill(0) },
  ],
  [
    "a million lists",
    '{path: "a[*].b[*]", op: eq, value: 1}',
    { a: new Array(100_000).fill({ b: [0, 0] }) },
  ],
  ...[
    "(a*)*b",
    "(a|b)*a(a|b){20}",
    "\\\\pL{990}",
    "(a?){150}a{150}",
    "(?:[a-m]?[h-z]?){200}",
    "(.*a){60}",
  ].flatMap((pattern) =>
    [100, 200, 1_000, 10_000, 40_000].map((length): [string, string, JsonObject] => [
      `${pattern} on ${length} characters`,
      `{path: a, op: matches, value: "${pattern}"}`,
      { a: evil.slice(0, length) },
    ]),
  ),
];
