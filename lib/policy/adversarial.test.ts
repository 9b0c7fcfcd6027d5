import fc from "fast-check";
import { RE2JS } from "re2js";
import { describe, expect, test } from "vitest";
import { adversarialCases } from "./adversarial-cases.ts";
import { adviceOn } from "./advice.ts";
import { compilePolicy, compileStored } from "./compile.ts";
import { Condition } from "./condition-schema.ts";
import { compileCondition, judge } from "./conditions.ts";
import { costlyCalls } from "./costly-calls.ts";
import { evaluate } from "./evaluate.ts";
import { parsePolicy } from "./parse.ts";
import { decide, documentOf, oneRule, outcomeOf, toolOf } from "./testing.ts";
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

test.each(["__proto__.x", "constructor.name", "toString", "a.constructor.prototype"])(
  "ADV-010: a rule on the path %s is refused when it is saved, with the field",
  (path) => {
    for (const fields of [`path: ${path}`, `path: a, joined_with: ${path}`]) {
      const op = fields.includes("joined_with") ? "command_in, value: [DEL]" : "eq, value: x";
      const parsed = parsePolicy(oneRule("deny", `{${fields}, op: ${op}}`));
      const field = fields.includes("joined_with") ? "joined_with" : "path";
      expect(parsed.ok ? [] : parsed.errors).toEqual([
        expect.objectContaining({
          path: `tools.pay.when[0].${field}`,
          message: expect.stringMatching(/^Name an argument: every object has "\w+"\.$/),
        }),
      ]);
    }
  },
);

test.each(["constructor", "__proto__", "toString", "hasOwnProperty", "a.constructor.name"])(
  "ADV-088: nothing inherited is an argument: a stored condition on %s lets nothing pass",
  (path) => {
    const stored = {
      version: 1,
      default: "deny",
      tools: { pay: { action: "allow", when: [{ path, op: "exists", value: true }] } },
    };
    for (const args of [{}, { a: {} }, { a: [] }, { a: "x" }]) {
      const decision = evaluate(compileStored(stored), { tool: toolOf("pay"), arguments: args });
      expect(decision.effect).toBe("deny");
    }
  },
);

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

test.each(costlyCalls)(
  "ADV-068, ADV-073: %s costs what one call may cost and is then denied",
  (_, condition, args) => {
    const policy = compilePolicy(documentOf(oneRule("deny", condition)));
    const work = { left: workPerCall };
    try {
      for (const each of policy.rulesFor("pay")[0]?.conditions ?? []) {
        judge(each, args, "any", work);
      }
    } catch (error) {
      expect(error).toBeInstanceOf(WorkExceeded);
      expect(evaluate(policy, { tool: toolOf("pay"), arguments: args }).effect).toBe("deny");
    }
    // One step may overshoot, by what that step alone is allowed to cost.
    expect(work.left).toBeGreaterThan(-4 * workPerCall);
  },
);

test("ADV-068: a policy that would cost more than one call may denies, whatever it says", () => {
  const condition = "{path: a, op: contains, value: ab, ignore_case: true}";
  const rules = Array.from({ length: 30 }, () => `{action: allow, when: [${condition}]}`).join(
    ", ",
  );
  const policy = `{version: 1, default: allow, tools: {pay: [${rules}]}}`;
  const args = { a: "a".repeat(65_000) };
  expect(decide(policy, toolOf("pay"), args)).toMatchObject({
    effect: "deny",
    rule: "policy",
    explanation: "The arguments are too large for this policy's conditions, so the call is denied.",
  });
});

test("ADV-068: judging a million characters or elements is bounded by counted work, not by time", () => {
  const compiled = compileCondition({ path: "a[*]", op: "contains", value: "ab" });
  const texts = new Array(1_000).fill("x".repeat(1_000));
  const work = { left: workPerCall };
  const judged = () => judge(compiled, { a: texts }, "any", work);
  judged();
  expect(workPerCall - work.left).toBeGreaterThan(10_000);
  expect(() => Array.from({ length: 20 }, judged)).toThrow(WorkExceeded);
});
