import { createHmac, createSecretKey } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { argumentShape } from "#proxy/gate/shape.ts";
import { calls, documents, pairs } from "../arbitraries.ts";
import { compilePolicy } from "../compile.ts";
import { evaluate } from "../evaluate.ts";
import { documentOf, toolOf } from "../testing.ts";
import type { JsonObject, PolicyCall } from "../types.ts";
import { type Foreseen, foresee } from "./foresee.ts";
import { readShape } from "./shape.ts";

const key = createSecretKey(createHmac("sha256", "test").digest());

/** The shape as the proxy records it, through JSON as the database keeps it. */
function shapeOf(args: JsonObject) {
  // A cast between two names for parsed JSON.
  const recorded = argumentShape(args as Parameters<typeof argumentShape>[0], key);
  return readShape(JSON.parse(JSON.stringify(recorded)));
}

/** The evaluator's decision in the words of a forecast. */
function decided({ effect, obligations }: ReturnType<typeof evaluate>) {
  const asks = obligations.some(({ kind }) => kind === "approval");
  const limits = obligations.flatMap((each) =>
    each.kind === "rate_limit" ? [[each.limitKey, each.max]] : [],
  );
  return JSON.stringify([effect === "allow" && asks ? "approve" : effect, limits]);
}

function foretold({ effect, limits }: Foreseen) {
  return JSON.stringify([effect, limits.map(({ limitKey, max }) => [limitKey, max])]);
}

function isKept({
  document,
  call,
}: {
  document: Parameters<typeof compilePolicy>[0];
  call: PolicyCall;
}) {
  const policy = compilePolicy(document);
  const foreseen = foresee(policy, call.tool, shapeOf(call.arguments));
  return foreseen === null || foretold(foreseen) === decided(evaluate(policy, call));
}

const runs = 10_000;

test("a certain forecast is what every call of that shape gets", () => {
  fc.assert(fc.property(pairs, isKept), { numRuns: runs });
  const any = fc.record({ document: documents, call: calls });
  fc.assert(fc.property(any, isKept), { numRuns: runs / 4 });
}, 120_000);

test("calls that differ only in values share their forecast, and what is certain holds for each", () => {
  const other = fc.tuple(
    pairs,
    fc.infiniteStream(fc.constantFrom("DEL", "del", "/et", "abc", 0, 7, true, false)),
  );
  fc.assert(
    fc.property(other, ([{ document, call }, values]) => {
      const policy = compilePolicy(document);
      const args = withOtherValues(call.arguments, values) as JsonObject; // an object stays one
      const [before, after] = [shapeOf(call.arguments), shapeOf(args)];
      if (JSON.stringify([...before.keys]) !== JSON.stringify([...after.keys])) return true;
      const foreseen = foresee(policy, call.tool, before);
      if (foreseen === null) return true;
      return foretold(foreseen) === decided(evaluate(policy, { ...call, arguments: args }));
    }),
    { numRuns: runs },
  );
}, 120_000);

/** Other values of the same types and lengths, wherever the stream has one. */
function withOtherValues(value: unknown, values: Iterator<string | number | boolean>): unknown {
  if (Array.isArray(value)) return value.map((each) => withOtherValues(each, values));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, withOtherValues(each, values)]),
    );
  }
  const next: unknown = values.next().value;
  if (typeof value === "string" && typeof next === "string")
    return next.padEnd(value.length, "x").slice(0, value.length);
  return typeof next === typeof value ? next : value;
}

describe("what a forecast is certain of", () => {
  const forecast = (rules: string, args: JsonObject) => {
    const policy = compilePolicy(
      documentOf(`{version: 1, default: deny, tools: {pay: [${rules}]}}`),
    );
    return foresee(policy, toolOf("pay"), shapeOf(args))?.effect ?? null;
  };
  test.each([
    ["{action: allow}", { a: 1 }, "allow"],
    ["{action: allow, when: [{path: a, op: exists, value: true}]}", { a: 1 }, "allow"],
    ["{action: allow, when: [{path: a, op: exists, value: true}]}", {}, "deny"],
    [
      "{action: allow, when: [{path: a, op: length, value: {of: text, max: 3}}]}",
      { a: "abc" },
      "allow",
    ],
    [
      "{action: allow, when: [{path: a, op: length, value: {of: text, max: 3}}]}",
      { a: "abcd" },
      "deny",
    ],
    ["{action: allow, when: [{path: a, op: gt, value: 3}]}", { a: "5" }, "deny"],
    ["{action: allow, when: [{path: a, op: gt, value: 3}]}", { a: 5 }, null],
    ["{action: allow, when: [{path: a, op: eq, value: DEL}]}", { a: "DEL" }, null],
    ["{action: allow, when: [{path: a, op: eq, value: DEL}]}", { a: "UNLINK" }, "deny"],
    ["{action: allow, when: [{path: 'a[*]', op: exists, value: true}]}", { a: [1, "x"] }, "allow"],
    ["{action: allow, when: [{path: 'a[*]', op: exists, value: true}]}", { a: [1, null] }, "deny"],
    [
      "{action: require_approval, when: [{path: a, op: gt, value: 3}]}, {action: require_approval}",
      { a: 5 },
      "approve",
    ],
    [
      "{action: require_approval, when: [{path: a, op: gt, value: 3}]}, {action: allow}",
      { a: 5 },
      null,
    ],
    ["{action: deny, when: [{path: a, op: gt, value: 3}]}", { a: 5 }, "deny"],
    ["{action: allow, when: [{path: a.b, op: exists, value: true}]}", { "a.b": 1 }, "deny"],
    ["{action: allow, when: [{path: a, op: exists, value: true}]}", { "": { a: 1 } }, "deny"],
    ["{action: allow, when: [{path: a, op: matches, value: '.*'}]}", { a: "x" }, null],
  ] as [string, JsonObject, string | null][])("%s on %j: %s", (rules, args, effect) => {
    expect(forecast(rules, args)).toBe(effect);
  });

  test("beyond the 64th value nothing is known", () => {
    const many = Object.fromEntries(Array.from({ length: 70 }, (_, index) => [`k${index}`, index]));
    const exists = (path: string) =>
      `{action: allow, when: [{path: ${path}, op: exists, value: true}]}`;
    // Beyond them may stand another spelling of one that is on record.
    expect(forecast(exists("k3"), many)).toBeNull();
    expect(forecast(exists("k69"), many)).toBeNull();
    expect(forecast(exists("zzz"), many)).toBeNull();
  });

  test("a record that cannot be read leaves everything open that depends on arguments", () => {
    const policy = compilePolicy(
      documentOf(
        "{version: 1, default: deny, tools: {pay: {action: allow, when: [{path: a, op: exists, value: true}]}}}",
      ),
    );
    for (const stored of [null, [{ path: "a" }], [{ path: "a", type: "array", length: 2 }], "x"]) {
      expect(foresee(policy, toolOf("pay"), readShape(stored))).toBeNull();
      expect(foresee(policy, toolOf("other"), readShape(stored))?.effect).toBe("deny");
    }
  });
});
