import { describe, expect, test } from "vitest";
import { compilePolicy, compileStored } from "./compile.ts";
import { evaluate, isListed } from "./evaluate.ts";
import { decide, documentOf, oneRule, outcomeOf, toolOf } from "./testing.ts";
import type { JsonObject, ToolFacts } from "./types.ts";

const policy = `
version: 1
default: deny
classes:
  read: { action: allow }
  destructive: { action: require_approval, reason: "A person looks at deletions." }
  financial: { action: allow, rate_limit: { max: 5, window: 60 } }
  high: { action: allow, rate_limit: { max: 3, window: 60, per: org } }
  critical: { action: deny, reason: "Ask #platform first." }
tools:
  create_api_key: { action: allow, rate_limit: { max: 10, window: 60 } }
  issue_key: { action: deny, reason: "Keys are issued by the platform team." }
  secret_tool: { action: hide }
  wipe: { action: require_approval }
  refund:
    - { when: [{ path: amount, op: gt, value: 1000 }], action: deny, reason: "Too much." }
    - { when: [{ path: amount, op: gt, value: 100 }], action: require_approval }
    - { when: [{ path: amount, op: lte, value: 1000 }], action: allow }
  lookup: { when: [{ path: scope, op: eq, value: own }], action: allow }
  peek: { when: [{ path: deep, op: eq, value: true }], action: hide }
  "delete_*": { action: deny }
  delete_draft: { action: allow }
all_tools:
  rate_limit: { max: 600, window: 60, per: agent }
`;

interface Row {
  tool: string;
  args?: JsonObject;
  facts?: Partial<ToolFacts>;
  rule: string;
}

const rows: Record<"hide" | "deny" | "approve" | "limit", Row[]> = {
  hide: [
    { tool: "secret_tool", rule: "tools.secret_tool" },
    { tool: "peek", args: { deep: true }, rule: "tools.peek" },
    { tool: "peek", args: {}, rule: "tools.peek" },
  ],
  deny: [
    { tool: "issue_key", rule: "tools.issue_key" },
    { tool: "refund", args: { amount: 1001 }, rule: "tools.refund[0]" },
    { tool: "refund", args: { amount: "1" }, rule: "tools.refund[0]" },
    { tool: "refund", args: {}, rule: "tools.refund[0]" },
    { tool: "lookup", args: { scope: "all" }, rule: "default" },
    { tool: "lookup", args: {}, rule: "default" },
    { tool: "unheard_of", rule: "default" },
    { tool: "unheard_of", facts: { riskClass: "critical" }, rule: "classes.critical" },
    { tool: "x", facts: { category: "read", riskClass: "critical" }, rule: "classes.critical" },
    { tool: "delete_all", rule: "tools.delete_*" },
    { tool: "delete_draft", rule: "tools.delete_*" },
  ],
  approve: [
    { tool: "wipe", rule: "tools.wipe" },
    { tool: "refund", args: { amount: 101 }, rule: "tools.refund[1]" },
    { tool: "unheard_of", facts: { category: "destructive" }, rule: "classes.destructive" },
  ],
  // Everything allowed here is limited, by all_tools at least.
  limit: [
    { tool: "create_api_key", rule: "tools.create_api_key" },
    { tool: "refund", args: { amount: 100 }, rule: "tools.refund[2]" },
    { tool: "lookup", args: { scope: "own" }, rule: "tools.lookup" },
    { tool: "unheard_of", facts: { category: "read" }, rule: "classes.read" },
    { tool: "lookup", args: {}, facts: { category: "read" }, rule: "classes.read" },
  ],
};

describe.each(Object.entries(rows))("calls that end in %s", (outcome, cases) => {
  test.each(cases)("$tool $args $facts by $rule", ({ tool, args, facts, rule }) => {
    const decision = decide(policy, toolOf(tool, facts), args);
    expect([outcomeOf(decision), decision.rule]).toEqual([outcome, rule]);
  });
});

test("a decision carries the author's reason and one sentence without the argument's value", () => {
  const decision = decide(policy, toolOf("refund"), { amount: "a-secret" });
  expect(decision.reason).toBe("Too much.");
  expect(decision.explanation).toBe(
    "tools.refund[0] denies this call because it cannot be ruled out that amount is more than 1000 (it is a string).",
  );
});

test("a call that no permission covers is told what the nearest one lacked", () => {
  expect(decide(policy, toolOf("lookup"), {}).explanation).toBe(
    'tools.lookup allows this tool only when scope is "own" (it is missing), so the default denies it.',
  );
});

test("limits of class, category and all tools add up, each counter once", () => {
  const facts = { category: "financial", riskClass: "high" } as const;
  const { obligations } = decide(policy, toolOf("x", facts));
  expect(obligations).toEqual([
    limit("all_tools/agent/60s", "all_tools", 600, "agent"),
    limit("classes.financial/session/60s", "classes.financial", 5, "session"),
    limit("classes.high/org/60s", "classes.high", 3, "org"),
  ]);
});

test("a limit applies where its permission is in doubt", () => {
  const text = `
version: 1
default: allow
tools:
  pay: { when: [{ path: amount, op: gt, value: 5 }], action: allow, rate_limit: { max: 1, window: 60 } }`;
  expect(outcomeOf(decide(text, toolOf("pay"), { amount: 6 }))).toBe("limit");
  expect(outcomeOf(decide(text, toolOf("pay"), { amount: "6" }))).toBe("limit");
  expect(outcomeOf(decide(text, toolOf("pay"), {}))).toBe("limit");
  expect(outcomeOf(decide(text, toolOf("pay"), { amount: 5 }))).toBe("allow");
});

test("a limit keeps its counter when max, order or spelling of its rule change", () => {
  const key = (rules: string) =>
    decide(`{version: 1, default: deny, tools: {pay: [${rules}]}}`, toolOf("pay"), {
      a: 1,
      b: "x",
    }).obligations.flatMap((each) => (each.kind === "rate_limit" ? [each.limitKey] : []));
  const before = key(
    "{when: [{path: a, op: in, value: [1, 2]}, {path: b, op: eq, value: x}], action: allow, rate_limit: {max: 1, window: 60}}",
  );
  const after = key(
    "{action: deny, when: [{path: b, op: eq, value: z}]}, {rate_limit: [{window: 60, max: 9, per: session}], action: allow, when: [{value: x, path: b, op: eq, trim: false}, {path: a, op: in, value: [2, 1]}]}",
  );
  expect(after).toEqual(before);
  expect(key("{action: allow, rate_limit: {max: 1, window: 61}}")).not.toEqual(before);
});

test("of two limits on one counter the stricter holds", () => {
  const text = `
version: 1
default: deny
tools:
  pay:
    - { action: allow, rate_limit: { max: 9, window: 60 } }
    - { action: require_approval, rate_limit: [{ max: 2, window: 60 }, { max: 50, window: 3600 }] }`;
  const { obligations } = decide(text, toolOf("pay"));
  expect(obligations).toEqual([
    limit("tools.pay/session/3600s", "tools.pay[1]", 50, "session", 3600),
    limit("tools.pay/session/60s", "tools.pay[1]", 2, "session"),
    { kind: "approval", rule: "tools.pay[1]", reason: null, options: {} },
  ]);
});

test("a tool of an unknown class is denied even where the default allows", () => {
  const tool = { name: "x", category: "quantum", riskClass: "low" } as unknown as ToolFacts;
  const open = "{version: 1, default: allow}";
  expect(decide(open, tool)).toMatchObject({ effect: "deny", rule: "policy" });
  expect(isListed(compilePolicy(documentOf(open)), tool)).toBe(false);
});

test.each([
  ["a newer version", { version: 2, default: "allow" }],
  ["a field of a newer version", { version: 1, default: "allow", spending: {} }],
  ["a class of a newer version", { version: 1, default: "allow", classes: { nuclear: {} } }],
  ["no default", { version: 1 }],
  [
    "a limit that cannot be read",
    { version: 1, default: "allow", all_tools: { rate_limit: "5/s" } },
  ],
  ["a smuggled prototype", JSON.parse('{"version":1,"default":"allow","tools":{"__proto__":{}}}')],
  ["nothing", null],
  ["text", "version: 1"],
])("ADV-086: a stored policy with %s denies everything and lists nothing", (_, stored) => {
  const compiled = compileStored(stored);
  expect(evaluate(compiled, { tool: toolOf("x"), arguments: {} }).effect).toBe("deny");
  expect(isListed(compiled, toolOf("x"))).toBe(false);
});

test("ADV-086: a stored rule that no longer parses denies its tool and leaves the others alone", () => {
  const rule = { action: "allow", when: [{ path: "a", op: "resembles", value: 1 }] };
  const compiled = compileStored({
    version: 1,
    default: "allow",
    classes: { read: { action: "allow", cost: 1 } },
    tools: {
      a: rule,
      b: [{ action: "allow" }, rule],
      "c*": 7,
      d: { ...rule, action: "hide" },
      e: [],
    },
  });
  const effect = (name: string, category: ToolFacts["category"] = "write") =>
    evaluate(compiled, { tool: toolOf(name, { category }), arguments: { a: 1 } }).effect;
  expect(["a", "b", "cat", "d", "e", "f"].map((name) => effect(name))).toEqual([
    "deny",
    "deny",
    "deny",
    "hide",
    "deny",
    "allow",
  ]);
  expect(effect("f", "read")).toBe("deny");
});

test.each([
  ["a hidden tool", "tools: {x: {action: hide}}", false],
  ["a tool of a hidden class", "classes: {write: {action: hide}}", false],
  [
    "a tool of a hidden class with a rule of its own",
    "classes: {write: {action: hide}}, tools: {x: {action: deny}}",
    true,
  ],
  ["a tool that a * hides", "tools: {'*': {action: hide}, x: {action: allow}}", false],
  [
    "a tool hidden for some calls, else denied by default",
    `tools: {x: {action: hide, when: [${"{path: a, op: exists, value: true}"}]}}`,
    false,
  ],
  [
    "a tool hidden for some calls, else allowed",
    `classes: {write: {action: allow}}, tools: {x: {action: hide, when: [${"{path: a, op: exists, value: true}"}]}}`,
    true,
  ],
  ["a denied tool, so that its reason can be read", "tools: {x: {action: deny}}", true],
  [
    "a tool allowed for some calls",
    `tools: {x: {action: allow, when: [${"{path: a, op: eq, value: 1}"}]}}`,
    true,
  ],
  ["a tool only the default speaks of", "classes: {read: {action: allow}}", false],
])("%s: listed or not", (_, body, listed) => {
  const compiled = compilePolicy(documentOf(`{version: 1, default: deny, ${body}}`));
  expect(isListed(compiled, toolOf("x"))).toBe(listed);
});

test("ADV-085: an engine that breaks or answers anything but true permits nothing", () => {
  const truthy = [
    "true",
    1,
    {},
    [],
    new Error("yes"),
    () => true,
    Symbol("yes"),
    1n,
    "indeterminate",
  ];
  const answers = [...truthy, null, undefined, Number.NaN, ""].map((answer) => () => answer);
  for (const answer of [
    ...answers,
    () => {
      throw new Error("broken");
    },
  ]) {
    for (const action of ["allow", "deny"]) {
      const compiled = compilePolicy(documentOf(oneRule(action, "{path: a, op: eq, value: 1}")));
      const [condition] = compiled.rulesFor("pay")[0]?.conditions ?? [];
      Object.assign(condition ?? {}, { test: answer });
      expect(evaluate(compiled, { tool: toolOf("pay"), arguments: { a: 1 } }).effect).toBe("deny");
    }
  }
});

test("max: 0 stays an obligation that admits nothing", () => {
  const text =
    "{version: 1, default: deny, tools: {x: {action: allow, rate_limit: {max: 0, window: 1}}}}";
  expect(decide(text, toolOf("x")).obligations).toMatchObject([{ max: 0, windowSeconds: 1 }]);
});

function limit(limitKey: string, rule: string, max: number, per: string, windowSeconds = 60) {
  return { kind: "rate_limit", limitKey, rule, max, windowSeconds, per };
}
