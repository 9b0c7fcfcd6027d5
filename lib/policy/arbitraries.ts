import fc from "fast-check";
import { PolicyDocument, Rule } from "./document.ts";
import { toolKeyOf } from "./tool-key.ts";
import {
  type AccessTarget,
  approvalExclusions,
  approverRoles,
  categories,
  type JsonObject,
  type JsonValue,
  limitScopes,
  type PolicyCall,
  riskClasses,
  type ToolFacts,
} from "./types.ts";

/** Test support: policies and calls over a small vocabulary, so that they often meet. */

const names = ["pay", "get_a", "get_b", "x.y", "a*b", "__proto__", "constructor"];
const keys = [...names.map(toolKeyOf), "*", "get_*", "*a*", "*_b", "p*y", "\\pay"];
const plainPaths = ["a", "a", "a", "b", "a.b", "a[0]"];
const paths = [...plainPaths, "a[*]", "a[*]", "a[*].b", "a.b[*]"];
const texts = [
  "DEL",
  "del",
  " del ",
  "DEL\u0085",
  "unl\u0131nk",
  "UNL\u0130NK",
  "UNLINK",
  "/etc/x",
  "",
  "ß",
  "ss",
];
const people = ["ann@example.test", "bo@example.test", "cy@example.test"];
const numbers = [0, 1, 2, -3, 0.5, 1e21];
const patterns = ["del", "(?:del|unlink)", "/etc/.*", "[a-z]+", ".*", "s{1,2}"];

export const toolNames = fc.constantFrom(...names);

export const facts: fc.Arbitrary<ToolFacts> = fc.record({
  name: toolNames,
  category: fc.constantFrom(...categories),
  riskClass: fc.constantFrom(...riskClasses),
});

const text = fc.constantFrom(...texts);
const someText = fc.constantFrom(...texts.filter((each) => each !== ""));
const amount = fc.constantFrom(...numbers.filter((each) => each < 1e20));
const path = fc.constantFrom(...paths);
const flag = fc.boolean();
const textOptions = { ignore_case: flag, trim: flag };
const optional = { requiredKeys: ["path", "op", "value"] as const };

/** How commands are spelled: in one text, over two, with other spaces and cases. */
const spelled = fc.constantFrom(
  "CONFIG",
  "config",
  " Config\t",
  "CONFIG SET",
  "config  set x",
  "SET",
  "set y",
  "DEL k",
  "CONFIG\u00a0SET",
  "unl\u0131nk",
  "\u00dfx",
  "\u00df",
  "",
  " ",
);

const commandCondition = fc.record(
  {
    path: fc.constantFrom("a", "a", "b", "a.b", "a[0]"),
    joined_with: fc.constantFrom("b", "b", "a.b", "a"),
    op: fc.constantFrom("command_in", "command_not_in"),
    value: several(fc.constantFrom("DEL", "CONFIG", "CONFIG SET", "unlink", "ss x")),
    ignore_case: flag,
  },
  { requiredKeys: ["path", "op", "value"] },
);

/** Raw conditions; what the schema refuses is filtered out with the rule. */
const condition = fc.oneof(
  fc.record(
    { path, op: fc.constantFrom("eq", "neq"), value: text, ...textOptions },
    { requiredKeys: [...optional.requiredKeys] },
  ),
  fc.record({ path, op: fc.constantFrom("eq", "neq"), value: fc.oneof(amount, flag) }),
  fc.record(
    { path, op: fc.constantFrom("in", "not_in"), value: several(text), ...textOptions },
    { requiredKeys: [...optional.requiredKeys] },
  ),
  fc.record({ path, op: fc.constantFrom("in", "not_in"), value: several(amount) }),
  fc.record({ path, op: fc.constantFrom("lt", "lte", "gt", "gte"), value: amount }),
  fc.record({ path, op: fc.constant("exists"), value: flag }),
  fc.record(
    {
      path,
      op: fc.constantFrom("contains", "starts_with", "ends_with"),
      value: someText,
      ...textOptions,
    },
    { requiredKeys: [...optional.requiredKeys] },
  ),
  fc.record(
    { path, op: fc.constant("matches"), value: fc.constantFrom(...patterns), ...textOptions },
    { requiredKeys: [...optional.requiredKeys] },
  ),
  commandCondition,
  fc.record({
    path,
    op: fc.constant("length"),
    value: fc.record({ of: fc.constantFrom("text", "list"), min: fc.nat(3) }),
  }),
);

const reason = fc.oneof(fc.constant("Ask first."), fc.string({ minLength: 1, maxLength: 20 }));

const limit = fc.record({
  max: fc.nat(3),
  window: fc.constantFrom(60, 3600),
  per: fc.constantFrom(...limitScopes),
});
const allowing = { action: fc.constant("allow") };
const asking = { action: fc.constant("require_approval") };
const restricting = { action: fc.constantFrom("deny", "hide") };
const limits = fc.oneof(limit, several(limit));
const seconds = fc.constantFrom(60, 90, 86_400);
const approval = fc.record(
  {
    approvers: fc.oneof(
      fc.record({ roles: fc.subarray([...approverRoles], { minLength: 1 }) }),
      fc.record({ members: fc.subarray(people, { minLength: 1 }) }),
      fc.record({
        roles: fc.subarray([...approverRoles], { minLength: 1, maxLength: 2 }),
        members: fc.subarray(people, { minLength: 1 }),
      }),
    ),
    count: fc.integer({ min: 1, max: 5 }),
    request_expires: seconds,
    approval_expires: seconds,
    message: reason,
    exclude: fc.subarray([...approvalExclusions], { minLength: 1 }),
  },
  { requiredKeys: [] },
);
const when = fc.array(condition, { minLength: 1, maxLength: 2 });

const rules = accepted(
  fc.oneof(
    fc.record({ ...allowing, rate_limit: limits, reason, when }, { requiredKeys: ["action"] }),
    fc.record(
      { ...asking, rate_limit: limits, approval, reason, when },
      { requiredKeys: ["action"] },
    ),
    fc.record({ ...restricting, reason, when }, { requiredKeys: ["action"] }),
  ),
);

/** Rules that require approval. */
export const approvalRules = accepted(
  fc.record({ ...asking, approval, when }, { requiredKeys: ["action"] }),
);

/** Rules that deny or hide. */
export const restrictions = accepted(
  fc.record({ ...restricting, when }, { requiredKeys: ["action"] }),
);

const classRule = fc.oneof(
  fc.record({ ...allowing, rate_limit: limits, reason }, { requiredKeys: ["action"] }),
  fc.record({ ...asking, rate_limit: limits, approval, reason }, { requiredKeys: ["action"] }),
  fc.record({ ...restricting, reason }, { requiredKeys: ["action"] }),
);

const accessRule = fc.record(
  { action: fc.constantFrom("allow", "deny", "hide"), reason },
  { requiredKeys: ["action"] },
);

/** Names are reused, so that prompts and resources meet the same keys as tools. */
const accessRules = fc.dictionary(
  fc.constantFrom(...keys),
  fc.oneof(accessRule, several(accessRule)),
  { maxKeys: 3 },
);

export const accessTargets: fc.Arbitrary<AccessTarget> = fc.record({
  kind: fc.constantFrom("prompt", "resource"),
  name: toolNames,
});

export const documents: fc.Arbitrary<PolicyDocument> = fc
  .record(
    {
      version: fc.constant(1),
      default: fc.constantFrom("deny", "allow"),
      classes: fc.dictionary(fc.constantFrom(...categories, ...riskClasses), classRule, {
        maxKeys: 2,
      }),
      tools: fc.dictionary(fc.constantFrom(...keys), fc.oneof(rules, several(rules)), {
        maxKeys: 5,
      }),
      prompts: accessRules,
      resources: accessRules,
      all_tools: fc.record({ rate_limit: limits }),
    },
    { requiredKeys: ["version", "default"] },
  )
  .map((raw) => PolicyDocument.parse(raw));

const values: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom(...texts, ...numbers, true, false, null),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b", "B", "__proto__"), tie("value"), { maxKeys: 2 }),
  ),
})).value;

const argumentObjects: fc.Arbitrary<JsonObject> = fc.dictionary(
  fc.constantFrom("a", "b", "a_", "B", "__proto__", "constructor"),
  values,
  { maxKeys: 3 },
);

export const calls: fc.Arbitrary<PolicyCall> = fc.record({
  tool: facts,
  arguments: argumentObjects,
});

/** One tool, its rules and arguments of the shapes the rules look for: every operator is met. */
const focusedPairs = fc
  .record({
    fallback: fc.constantFrom("deny", "allow"),
    own: several(rules),
    value: fc.oneof(
      fc.constantFrom(...texts, ...numbers, true, false, null),
      fc.array(fc.constantFrom(...texts, ...numbers, null), { maxLength: 3 }),
      fc.record({ b: fc.constantFrom(...texts, ...numbers, null) }),
      fc.array(fc.record({ b: fc.constantFrom(...texts, ...numbers) }), { maxLength: 2 }),
    ),
    tool: facts,
  })
  .map(({ fallback, own, value, tool }) => ({
    document: PolicyDocument.parse({ version: 1, default: fallback, tools: { pay: own } }),
    call: { tool: { ...tool, name: "pay" }, arguments: { a: value, b: value } } as PolicyCall,
  }));

/** Commands spelled over two arguments, and rules that look for them. */
const commandPairs = fc
  .record({
    fallback: fc.constantFrom("deny", "allow"),
    action: fc.constantFrom("allow", "deny", "require_approval"),
    when: several(commandCondition),
    a: fc.oneof(spelled, fc.constantFrom<JsonValue>(7, null)),
    b: fc.oneof(
      fc.array(fc.oneof(spelled, spelled, fc.constantFrom<JsonValue>(7, null)), { maxLength: 3 }),
      fc.constantFrom<JsonValue>(null, "SET", 7, {}),
    ),
    facts,
  })
  .map(({ fallback, action, when, a, b, facts: tool }) => ({
    document: PolicyDocument.parse({
      version: 1,
      default: fallback,
      tools: { pay: { action, when } },
    }),
    call: { tool: { ...tool, name: "pay" }, arguments: { a, b } } as PolicyCall,
  }));

/** A policy and a call that it has something to say about. */
export const pairs: fc.Arbitrary<{ document: PolicyDocument; call: PolicyCall }> = fc.oneof(
  fc.record({ document: documents, call: calls }),
  { arbitrary: focusedPairs, weight: 2 },
  commandPairs,
);

export const choices = fc.constantFrom("allow", "limit", "approve", "deny", "hide");

function several<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(arbitrary, { minLength: 1, maxLength: 3 });
}

function accepted(raw: fc.Arbitrary<unknown>): fc.Arbitrary<Rule> {
  return raw.filter((rule) => Rule.safeParse(rule).success).map((rule) => Rule.parse(rule));
}
