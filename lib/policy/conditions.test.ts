import { describe, expect, test } from "vitest";
import { Condition } from "./condition-schema.ts";
import { compileCondition, judge } from "./conditions.ts";
import type { JsonObject, JsonValue } from "./types.ts";
import { workPerCall } from "./work.ts";

function verdictOf(condition: object, args: JsonObject, quantifier: "any" | "every" = "any") {
  const compiled = compileCondition(Condition.parse(condition));
  return judge(compiled, args, quantifier, { left: workPerCall }).verdict;
}

const unsure = "indeterminate";

/** operator, value → what holds, what does not, what cannot be told. */
const operators: [string, unknown, JsonValue[], JsonValue[], JsonValue[]][] = [
  ["eq", "a", ["a"], ["", "A", " a", "aa"], [1, true, null, ["a"], { a: "a" }]],
  ["eq", 1, [1], [2, -1, 1.5], ["1", true, null, [1]]],
  ["eq", true, [true], [false], ["true", 1, null]],
  ["neq", "a", ["b", ""], ["a"], [1, null, ["b"]]],
  ["neq", 0, [1], [0, -0], ["0", null, false]],
  ["in", ["a", "b"], ["a", "b"], ["c", "a,b"], [1, null, ["a"]]],
  ["in", [1, 2], [1], [3], ["1", null]],
  ["not_in", ["a", "b"], ["c"], ["a"], [3, null, ["c"]]],
  ["lt", 5, [4, -1], [5, 6], ["4", null, [4], true]],
  ["lte", 5, [5], [5.1], ["5", null]],
  [
    "gt",
    1000,
    [1001],
    [1000],
    ["50000", ["50000"], { value: 50000 }, true, null, "5e4", " 50000", "５００００"],
  ],
  ["gte", 5, [5], [4.9], ["5", null]],
  ["exists", true, [0, "", false, [], {}], [null], []],
  ["exists", false, [null], [0, "", false], []],
  ["contains", "rm", ["rm -rf", "a rm"], ["", "r m"], [["rm"], 1, null]],
  ["starts_with", "/etc", ["/etc/passwd"], ["/ETC", " /etc", "x/etc"], [["/etc"], null]],
  ["ends_with", ".pem", ["a.pem"], ["a.pem.txt", ".PEM"], [{}, null]],
  ["matches", "prod-[a-z]+", ["prod-a"], ["prod-", "xprod-a", "prod-a\n"], [1, ["prod-a"], null]],
  ["length", { of: "text", min: 2, max: 3 }, ["ab", "abc"], ["a", "abcd"], [["a", "b"], 2, null]],
  ["length", { of: "list", max: 1 }, [[], [1]], [[1, 2]], ["a", { length: 1 }, null]],
];

describe.each(operators)("%s %j", (op, value, holds, fails, untold) => {
  const condition = { path: "x", op, value };
  const verdicts = (found: JsonValue[]) => found.map((x) => verdictOf(condition, { x }));
  test("holds, fails or cannot be told by value and type", () => {
    expect(verdicts(holds)).toEqual(holds.map(() => true));
    expect(verdicts(fails)).toEqual(fails.map(() => false));
    expect(verdicts(untold)).toEqual(untold.map(() => unsure));
  });
  test("a missing argument is never taken for a given one", () => {
    const missing = op === "exists" ? value === false : unsure;
    expect([verdictOf(condition, {}), verdictOf(condition, Object.create({ x: 1 }))]).toEqual([
      missing,
      missing,
    ]);
  });
});

describe("paths", () => {
  const is1 = (path: string) => ({ path, op: "eq", value: 1 });
  test.each<[string, JsonObject, unknown]>([
    ["a.b", { a: { b: 1 } }, true],
    ["a[0]", { a: [1, 2] }, true],
    ["a[1][0]", { a: [0, [1]] }, true],
    ["a[0].b", { a: [{ b: 1 }] }, true],
    ["a", { a: [1] }, unsure],
    ["a[0]", { a: { 0: 1 } }, unsure],
    ["a.0", { a: [1] }, unsure],
    ["a.length", { a: [1] }, unsure],
    ["a[1]", { a: [1] }, unsure],
    ["a.b", { "a.b": 1 }, unsure],
    ["constructor", {}, unsure],
    ["constructor.name", { a: 1 }, unsure],
    ["__proto__", {}, unsure],
    ["__proto__.a", JSON.parse('{"__proto__":{"a":1}}'), true],
    ["toString", {}, unsure],
  ])("%s in %j is %s", (path, args, verdict) => {
    expect(verdictOf(is1(path), args)).toBe(verdict);
  });

  test.each([
    "",
    ".a",
    "a.",
    "a..b",
    "[0]",
    "[*]",
    "a[",
    "a[]",
    "a[-1]",
    "a[1.5]",
    "a.*",
    "a[*]b",
    "a.[0]",
    "a".concat(".a".repeat(16)),
  ])("%j is no path", (path) => {
    expect(Condition.safeParse(is1(path)).success).toBe(false);
  });
});

describe("lists: one element is enough to restrict, every element is needed to permit", () => {
  test.each<[JsonValue, unknown, unknown]>([
    [[1, 1], true, true],
    [[1, 2], true, false],
    [[2, 2], false, false],
    [[1, "1"], true, unsure],
    [[2, "1"], unsure, false],
    [[], unsure, unsure],
    [1, unsure, unsure],
    [null, unsure, unsure],
    [{ 0: 1 }, unsure, unsure],
  ])("a[*] eq 1 on %j: %s to restrict, %s to permit", (a, restricts, permits) => {
    const condition = { path: "a[*]", op: "eq", value: 1 };
    expect(verdictOf(condition, { a }, "any")).toBe(restricts);
    expect(verdictOf(condition, { a }, "every")).toBe(permits);
  });

  test("nested lists are flattened and a shape that does not fit is not skipped", () => {
    const condition = { path: "a[*].b[*]", op: "eq", value: 1 };
    expect(verdictOf(condition, { a: [{ b: [2] }, { b: [2, 1] }] })).toBe(true);
    expect(verdictOf(condition, { a: [{ b: [2] }, { b: 2 }] })).toBe(unsure);
    expect(verdictOf(condition, { a: [{ b: [1] }, {}] }, "every")).toBe(unsure);
  });

  test("exists asks for one element to restrict and for all to permit", () => {
    const condition = { path: "a[*].force", op: "exists", value: true };
    expect(verdictOf(condition, { a: [{}, { force: 1 }] }, "any")).toBe(true);
    expect(verdictOf(condition, { a: [{}, { force: 1 }] }, "every")).toBe(false);
    expect(verdictOf(condition, { a: [] }, "every")).toBe(false);
  });
});

describe("ignore_case and trim: certain only where every upstream would agree", () => {
  test.each([
    ["DEL", true],
    ["del", true],
    ["\t Del \n", true],
    ["DEL\u0085", unsure],
    ["\ufeffDEL", unsure],
    ["\u200bdel", unsure],
    ["DE L", false],
    ["DELE", false],
  ])("%j is DEL: %s", (x, verdict) => {
    const condition = { path: "x", op: "eq", value: "DEL", ignore_case: true, trim: true };
    expect(verdictOf(condition, { x })).toBe(verdict);
  });

  test.each([
    ["unlink", true],
    ["unlınk", unsure],
    ["UNL\u0130NK", unsure],
    ["UNLUNK", false],
    ["unlin\u212a", unsure],
  ])("%j is UNLINK: %s", (x, verdict) => {
    const condition = { path: "x", op: "in", value: ["UNLINK"], ignore_case: true };
    expect(verdictOf(condition, { x })).toBe(verdict);
    const pattern = { path: "x", op: "matches", value: "unlink", ignore_case: true };
    expect([verdict, true]).toContain(verdictOf(pattern, { x }));
  });

  test("without the options texts are compared as they are", () => {
    expect(verdictOf({ path: "x", op: "eq", value: "DEL" }, { x: "DEL " })).toBe(false);
  });
});

test("a text over 65,536 characters cannot be judged by what it says, only by its length", () => {
  const x = "a".repeat(65_537);
  for (const op of ["eq", "neq", "contains", "starts_with", "ends_with", "matches"]) {
    expect(verdictOf({ path: "x", op, value: "a" }, { x })).toBe(unsure);
  }
  expect(verdictOf({ path: "x", op: "length", value: { of: "text", max: 10 } }, { x })).toBe(false);
});
