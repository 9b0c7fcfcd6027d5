import fc from "fast-check";
import { PolicyDocument, Rule } from "./document.ts";
import { toolKeyOf } from "./tool-key.ts";
import {
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
const plainPaths = ["a", "a", "a", "b", "a.b", "a[0]", "__proto__", "constructor"];
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
  fc.record({
    path,
    op: fc.constant("length"),
    value: fc.record({ of: fc.constantFrom("text", "list"), min: fc.nat(3) }),
  }),
);

const limit = fc.record({
  max: fc.nat(3),
  window: fc.constantFrom(60, 3600),
  per: fc.constantFrom(...limitScopes),
});
const reason = fc.oneof(fc.constant("Ask first."), fc.string({ minLength: 1, maxLength: 20 }));
const permitting = { action: fc.constantFrom("allow", "require_approval") };
const restricting = { action: fc.constantFrom("deny", "hide") };
const limits = fc.oneof(limit, several(limit));
const when = fc.array(condition, { minLength: 1, maxLength: 2 });

const rules = accepted(
  fc.oneof(
    fc.record({ ...permitting, rate_limit: limits, reason, when }, { requiredKeys: ["action"] }),
    fc.record({ ...restricting, reason, when }, { requiredKeys: ["action"] }),
  ),
);

/** Rules that deny or hide. */
export const restrictions = accepted(
  fc.record({ ...restricting, when }, { requiredKeys: ["action"] }),
);

const classRule = fc.oneof(
  fc.record({ ...permitting, rate_limit: limits, reason }, { requiredKeys: ["action"] }),
  fc.record({ ...restricting, reason }, { requiredKeys: ["action"] }),
);

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
    fc.dictionary(fc.constantFrom("a", "b", "__proto__"), tie("value"), { maxKeys: 2 }),
  ),
})).value;

const argumentObjects: fc.Arbitrary<JsonObject> = fc.dictionary(
  fc.constantFrom("a", "b", "__proto__", "constructor"),
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

/** A policy and a call that it has something to say about. */
export const pairs: fc.Arbitrary<{ document: PolicyDocument; call: PolicyCall }> = fc.oneof(
  fc.record({ document: documents, call: calls }),
  { arbitrary: focusedPairs, weight: 2 },
);

export const choices = fc.constantFrom("allow", "limit", "approve", "deny", "hide");

function several<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(arbitrary, { minLength: 1, maxLength: 3 });
}

function accepted(raw: fc.Arbitrary<unknown>): fc.Arbitrary<Rule> {
  return raw.filter((rule) => Rule.safeParse(rule).success).map((rule) => Rule.parse(rule));
}
