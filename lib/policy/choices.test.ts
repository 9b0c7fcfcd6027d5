import { describe, expect, test } from "vitest";
import { describeRule } from "./describe.ts";
import { asList } from "./document.ts";
import { setToolChoice } from "./edit.ts";
import { effectiveRule } from "./effective.ts";
import { documentOf, toolOf } from "./testing.ts";

const document = documentOf(`
version: 1
default: deny
classes:
  read: { action: allow }
  high: { action: require_approval, reason: "High risk." }
tools:
  keys: { action: allow, rate_limit: { max: 10, window: 60 } }
  write:
    - { when: [{ path: command, op: in, value: [DEL], ignore_case: true }, { path: key, op: exists, value: true }], action: require_approval }
    - { action: allow }
  "tmp_*": { action: hide }
  tmp_x: { action: allow }
`);

describe("what the one control shows", () => {
  test.each([
    [
      "keys",
      {},
      { choice: "limit", source: "tool", rateLimit: { max: 10, window: 60, per: "session" } },
    ],
    ["write", {}, { choice: "allow", source: "tool", rule: "tools.write", conditionCount: 2 }],
    ["tmp_x", {}, { choice: "hide", source: "tool", rule: "tools.tmp_*" }],
    ["x", { category: "read" }, { choice: "allow", source: "class", rule: "classes.read" }],
    [
      "x",
      { category: "read", riskClass: "high" },
      { choice: "approve", source: "class", reason: "High risk." },
    ],
    ["x", {}, { choice: "deny", source: "default", rule: "default", conditionCount: 0 }],
  ] as const)("%s %j", (name, facts, shown) => {
    expect(effectiveRule(document, toolOf(name, facts))).toMatchObject(shown);
  });
});

describe("choosing for a tool", () => {
  test("keeps its conditions and replaces its unconditional rule", () => {
    const changed = setToolChoice(document, ["write", "new"], { choice: "deny", reason: "No." });
    const [conditional] = asList(document.tools?.write);
    expect(changed.tools?.write).toEqual([conditional, { action: "deny", reason: "No." }]);
    expect(changed.tools?.new).toEqual({ action: "deny", reason: "No." });
    expect(documentOf(JSON.stringify(changed))).toEqual(changed);
  });

  test("taking a choice back lets class and default speak again", () => {
    const changed = setToolChoice(document, ["keys", "write", "absent"], null);
    expect(Object.keys(changed.tools ?? {}).sort()).toEqual(["tmp_*", "tmp_x", "write"]);
    expect(effectiveRule(changed, toolOf("keys")).source).toBe("default");
    expect(effectiveRule(changed, toolOf("write"))).toMatchObject({
      source: "default",
      conditionCount: 2,
    });
  });

  test("limit starts from ten calls a minute per session", () => {
    const changed = setToolChoice(document, ["x"], { choice: "limit" });
    expect(changed.tools?.x).toEqual({
      action: "allow",
      rate_limit: { max: 10, window: 60, per: "session" },
    });
  });

  // A server chooses its tools' names; a name must never reach another tool.
  test.each(["*", "tmp_*", "a\\", "\\*", "__proto__", "constructor"])(
    "allowing a tool named %j allows that tool alone",
    (name) => {
      const changed = setToolChoice(documentOf("{version: 1, default: deny}"), [name], {
        choice: "allow",
      });
      const read = documentOf(JSON.stringify(changed));
      expect(effectiveRule(read, toolOf(name)).choice).toBe("allow");
      expect(effectiveRule(read, toolOf("tmp_y")).choice).toBe("deny");
      expect(effectiveRule(read, toolOf("toString")).choice).toBe("deny");
      expect(setToolChoice(read, [name], null).tools).toEqual({});
    },
  );
});

describe("one sentence for one rule", () => {
  const rule = (text: string) =>
    documentOf(`{version: 1, default: deny, tools: {a: ${text}}}`).tools?.a;
  test.each([
    ["{action: allow}", "Allow."],
    ["{action: hide}", "Hide."],
    [
      "{action: allow, rate_limit: {max: 10, window: 60}}",
      "Allow up to 10 calls per minute per session.",
    ],
    [
      "{action: require_approval, rate_limit: [{max: 1, window: 3600, per: agent}, {max: 5, window: 90, per: org}]}",
      "Require approval of up to 1 call per hour per agent and 5 calls per 90 seconds per org.",
    ],
    [
      "{action: deny, when: [{path: 'a[*]', op: not_in, value: [1, 2, 3, 4, 5, 6]}, {path: b, op: exists, value: false}]}",
      "Deny when any a[*] is none of 1, 2, 3, 4 or 2 more and b is not given.",
    ],
    [
      "{action: allow, when: [{path: 'a[*]', op: in, value: [x, y], trim: true, ignore_case: true}]}",
      'Allow when every a[*] is one of "x" or "y", ignoring case and spaces around it.',
    ],
    [
      "{action: deny, when: [{path: a, op: length, value: {of: list, min: 3}}, {path: b, op: length, value: {of: text, min: 1, max: 2}}]}",
      "Deny when a has at least 3 elements and b has 1 to 2 characters.",
    ],
  ])("%s", (text, sentence) => {
    const [written] = asList(rule(text));
    expect(written && describeRule(written)).toBe(sentence);
  });
});
