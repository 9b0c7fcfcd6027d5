import fc from "fast-check";
import { RE2JS } from "re2js";
import { describe, expect, test } from "vitest";
import { adversarialCases } from "./adversarial-cases.ts";
import { adviceOn } from "./advice.ts";
import { compilePolicy } from "./compile.ts";
import { Condition } from "./condition-schema.ts";
import { compileCondition, judge } from "./conditions.ts";
import { evaluate } from "./evaluate.ts";
import { decide, documentOf, oneRule, outcomeOf, toolOf } from "./testing.ts";
import type { JsonObject } from "./types.ts";
import { WorkExceeded, workPerCall } from "./work.ts";

describe.each(adversarialCases)("$id $attack", ({ policy, arguments: calls, outcome }) => {
  test.each(calls)("%j", (args) => {
    expect(outcomeOf(decide(policy, toolOf("pay"), args))).toBe(outcome);
  });
});

test.each([
  ["(?=a)"],
  ["(?<!a)b"],
  ["(a)\\1"],
  ["a{1001}"],
  ["((a{100}){100}){100}"],
  ["(".repeat(2000) + ")".repeat(2000)],
  ["x*".repeat(2000)],
  ["(.{0,500}){2}z"],
  ["\\pL{900}".repeat(50)],
  ["("],
  ["a".repeat(513)],
])("ADV-072, ADV-073: the pattern %j is refused when the rule is saved", (value) => {
  expect(Condition.safeParse({ path: "a", op: "matches", value }).success).toBe(false);
});

test.each([
  ["ADV-064", "starts_with", "/workspace/", "A path has many spellings"],
  ["ADV-064", "contains", "C:\\Users", "A path has many spellings"],
  ["ADV-065", "starts_with", "https://corp.com", "An address has many spellings"],
  ["ADV-065", "ends_with", ".corp.com", "An address has many spellings"],
  ["", "starts_with", "draft-", null],
  ["", "ends_with", "e.g.", null],
  ["", "matches", "/workspace/[a-z]+", null],
] as const)("%s: whoever writes %s %j is told: %s", (_, op, value, advice) => {
  const told = adviceOn(Condition.parse({ path: "a", op, value }));
  expect(told?.slice(0, advice?.length) ?? null).toBe(advice);
});

test("ADV-062: the explanation says that another spelling was given, and not which", () => {
  const policy = oneRule("deny", "{path: path, op: starts_with, value: /etc}");
  const { explanation } = decide(policy, toolOf("pay"), { path: "/tmp", PATH: "/etc/passwd" });
  expect(explanation).toContain("(it is given under a name that may be taken for it)");
  expect(explanation).not.toContain("PATH");
});

test("ADV-070: an argument that looks like a template is text and is never repeated", () => {
  for (const path of ["$" + "{process.env.SECRET}", "{{config}}", "$(id)"]) {
    const policy = oneRule("deny", '{path: path, op: neq, value: "x"}');
    const { explanation } = decide(policy, toolOf("pay"), { path });
    expect(explanation).toContain("(it is a string)");
    expect(explanation).not.toContain(path);
  }
});

test("ADV-076: each pattern is its own", () => {
  const policy = (env: string) =>
    oneRule("allow", `{path: a, op: matches, value: "${env}-[a-z]+"}`);
  for (const a of ["EVIL; DROP", "dev-a", "prod-a"]) {
    expect(decide(policy("prod"), toolOf("pay"), { a }).effect).toBe(
      a === "prod-a" ? "allow" : "deny",
    );
    expect(decide(policy("dev"), toolOf("pay"), { a }).effect).toBe(
      a === "dev-a" ? "allow" : "deny",
    );
  }
});

test("ADV-076: a thousand patterns and texts agree with the engine itself", () => {
  const letters = fc.constantFrom("a", "b", ".", "*", "(", ")", "|", "+", "?", "^", "$", "[ab]");
  const pattern = fc.array(letters, { minLength: 1, maxLength: 8 }).map((each) => each.join(""));
  const text = fc.string({ unit: fc.constantFrom("a", "b", "\n", "."), maxLength: 8 });
  const property = fc.property(pattern, text, fc.boolean(), (value, a, ignore_case) => {
    const condition = Condition.safeParse({ path: "a", op: "matches", value, ignore_case });
    if (!condition.success) return true;
    const policy = oneRule("allow", JSON.stringify(condition.data));
    const flags = ignore_case ? RE2JS.CASE_INSENSITIVE : 0;
    const expected = RE2JS.compile(value, flags).testExact(a) ? "allow" : "deny";
    return decide(policy, toolOf("pay"), { a }).effect === expected;
  });
  fc.assert(property, { numRuns: 1_000 });
});

const million = "a".repeat(1_048_000);
// Without a period, so that an engine that remembers its states meets new ones.
const evil = Array.from({ length: 40_000 }, (_, index) => {
  return (Math.imul(index + 7, 2_654_435_761) >>> 16) & 1 ? "a" : "b";
}).join("");
const held: [string, string, JsonObject][] = [
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

test.each(held)(
  "ADV-068, ADV-073: %s holds the process for less than 20 ms",
  (_, condition, args) => {
    const document = documentOf(oneRule("deny", condition));
    // The thread's own time, the best of three fresh policies: neighbours only make a run longer.
    const times = [0, 1, 2].map(() => {
      const compiled = compilePolicy(document);
      const before = process.threadCpuUsage();
      evaluate(compiled, { tool: toolOf("pay"), arguments: args });
      const { user, system } = process.threadCpuUsage(before);
      return (user + system) / 1_000;
    });
    expect(Math.min(...times)).toBeLessThan(20);
  },
);

test("ADV-068: a policy that would cost more than one call may denies, whatever it says", () => {
  const condition = "{path: a, op: contains, value: ab, ignore_case: true}";
  const rules = Array.from({ length: 30 }, () => `{action: allow, when: [${condition}]}`).join(
    ", ",
  );
  const policy = `{version: 1, default: allow, tools: {pay: [${rules}]}}`;
  const args = { a: "a".repeat(65_000) };
  const started = performance.now();
  expect(decide(policy, toolOf("pay"), args)).toMatchObject({
    effect: "deny",
    rule: "policy",
    explanation: "The arguments are too large for this policy's conditions, so the call is denied.",
  });
  expect(performance.now() - started).toBeLessThan(200);
});

test("ADV-068: judging a million characters or elements is bounded by counted work, not by time", () => {
  const compiled = compileCondition({ path: "a[*]", op: "contains", value: "ab" });
  const texts = new Array(1_000).fill("x".repeat(1_000));
  const work = { left: workPerCall };
  const judged = () => judge(compiled, { a: texts }, "any", work);
  judged();
  expect(workPerCall - work.left).toBeGreaterThan(10_000);
  expect(() => Array.from({ length: 20 }, judged)).toThrow(WorkExceeded);
  for (const [, condition, args] of held) {
    const [rule] = compilePolicy(documentOf(oneRule("deny", condition))).rulesFor("pay");
    const left = { left: workPerCall };
    try {
      for (const each of rule?.conditions ?? []) judge(each, args, "any", left);
    } catch (error) {
      expect(error).toBeInstanceOf(WorkExceeded);
    }
    // One step may overshoot, by what that step alone is allowed to cost.
    expect(left.left).toBeGreaterThan(-4 * workPerCall);
  }
});

test("a decision among a hundred rules takes at most 20 µs at the median", () => {
  const tools = Array.from({ length: 100 }, (_, index) => {
    const when = `[{path: command, op: in, value: [X${index}, Y], ignore_case: true}]`;
    return `tool_${index}: [{action: require_approval, when: ${when}}, {action: allow, rate_limit: {max: 9, window: 60}}]`;
  });
  const policy = compilePolicy(
    documentOf(`{version: 1, default: deny, tools: {${tools.join(", ")}}}`),
  );
  const times = Array.from({ length: 5_000 }, (_, index) => {
    const call = { tool: toolOf(`tool_${index % 100}`), arguments: { command: "get", key: "a" } };
    const started = performance.now();
    evaluate(policy, call);
    return performance.now() - started;
  });
  expect(times.sort((a, b) => a - b)[2_500]).toBeLessThan(0.02);
});
