import { describe, expect, test } from "vitest";
import { formatPolicy } from "./format.ts";
import { type ParsedPolicy, parsePolicy, parsePolicyValue } from "./parse.ts";
import { documentOf } from "./testing.ts";

const example = `version: 1
default: deny
classes:
  read:
    action: allow
  critical:
    action: deny
    reason: "Ask #platform first."
tools:
  create_api_key:
    action: allow
    rate_limit: { max: 10, window: 60 }
  valkey_write:
    - when:
        - { path: command, op: in, value: [ DEL, UNLINK ], ignore_case: true }
      action: require_approval
    - action: allow
      rate_limit: { max: 120, window: 60, per: agent }
all_tools:
  rate_limit: { max: 600, window: 60, per: agent }
`;

function problemsOf(parsed: ParsedPolicy): string[] {
  return parsed.ok ? [] : parsed.errors.map((e) => `${e.line}:${e.column} ${e.path}: ${e.message}`);
}

test("a policy reads and writes as people wrote it", () => {
  expect(formatPolicy(documentOf(example), "yaml")).toBe(example);
});

test("JSON and YAML are the same document", () => {
  const document = documentOf(example);
  expect(documentOf(formatPolicy(document, "json"))).toEqual(document);
  expect(documentOf(JSON.stringify(document, null, "\t"))).toEqual(document);
});

test("written text has one order, whatever the order it was read in", () => {
  const turned =
    "{tools: {b: {reason: x, action: deny}, a: {action: hide}}, default: deny, version: 1}";
  expect(formatPolicy(documentOf(turned), "yaml")).toBe(
    "version: 1\ndefault: deny\ntools:\n  a:\n    action: hide\n  b:\n    action: deny\n    reason: x\n",
  );
});

test("every problem is named at once, with its line and what to write instead", () => {
  const text = `version: 1
default: maybe
tools:
  a: { action: deny, rate_limit: { max: 1, window: 60 } }
  b:
    - action: allow
      rate_limit: { max: -1, window: 0 }
      when:
        - { path: "x..y", op: equals, value: 1 }
        - { path: x, op: gt, value: "5" }
        - { path: x, op: matches, value: "(?=a)" }
    - {}
  c: []
tool: {}
`;
  expect(problemsOf(parsePolicy(text))).toEqual([
    '2:1 default: This is "maybe": write "deny" or "allow".',
    '4:22 tools.a.rate_limit: "rate_limit" goes with "allow" and "require_approval" (and under all_tools): remove it here.',
    "7:21 tools.b[0].rate_limit.max: Use at least 0.",
    "7:30 tools.b[0].rate_limit.window: Use at least 1.",
    '9:27 tools.b[0].when[0].op: This is "equals": write eq, neq, in, not_in, lt, lte, gt, gte, exists, contains, starts_with, ends_with, matches, length, command_in or command_not_in.',
    '10:30 tools.b[0].when[1].value: This is "5": write a number.',
    "11:35 tools.b[0].when[2].value: RE2 cannot use this pattern (error parsing regexp: invalid or unsupported Perl syntax: `(?=`): rewrite it without that construct.",
    "12:7 tools.b[1].action: This is missing: write allow, require_approval, deny or hide.",
    "13:3 tools.c: Use at least one entry.",
    '14:1 tool: "tool" is no field here: remove it or check its spelling.',
  ]);
});

describe("what two readers could read differently is refused", () => {
  const head = "version: 1\ndefault: deny\n";
  test.each([
    [
      "a duplicate key",
      `${head}tools: {a: {action: allow}, a: {action: deny}}`,
      "Map keys must be unique.",
    ],
    [
      "a duplicate key in JSON",
      '{"version":1,"default":"deny","default":"allow"}',
      "Map keys must be unique.",
    ],
    [
      "a number as key",
      `${head}tools: {1: {action: allow}, "1": {action: deny}}`,
      "Put this key in quotes: keys are texts.",
    ],
    [
      "a list as key",
      `${head}tools: {[a]: {action: allow}}`,
      "Put this key in quotes: keys are texts.",
    ],
    [
      "an alias",
      `${head}tools: {a: &x {action: allow}, b: *x}`,
      "Write the value out: no aliases here.",
    ],
    ["an anchor", `${head}tools: {a: &x {action: allow}}`, "Remove the anchor (&…)."],
    [
      "a merge",
      `${head}tools: {a: {<<: {action: allow}}}`,
      "This is missing: write allow, require_approval, deny or hide.",
    ],
    ["a tag", `${head}tools: {a: {action: !!str allow}}`, "Remove the tag before the value."],
    ["a foreign tag", `${head}tools: {a: {action: !x allow}}`, "Remove the tag before the value."],
    [
      "another YAML",
      `%YAML 1.1\n---\n${head}`,
      "Remove the %YAML line: a policy is always YAML 1.2.",
    ],
    [
      "two documents",
      `${head}---\n${head}`,
      "Source contains multiple documents; please use YAML.parseAllDocuments().",
    ],
    [
      "__proto__ as a key",
      `${head}tools: {__proto__: {action: allow}}`,
      'Write the key "__proto__" as "\\\\__proto__".',
    ],
    [
      "a NUL character",
      `${head}tools: {a: {action: deny, reason: "\\0"}}`,
      "Remove the NUL character.",
    ],
    [
      "half a character",
      `${head}tools: {a: {action: deny, reason: "\\ud800"}}`,
      "Remove the broken character.",
    ],
    ["nothing", "", "The policy is empty: begin with version: 1."],
    ["a list", "[]", "This is a list: write fields in braces or indented."],
    ["absurd depth", "[".repeat(200_000), "This is nested too deeply: no part of a policy is."],
    [
      "depth inside",
      `${head}tools: ${"[".repeat(40)}${"]".repeat(40)}`,
      "This is nested too deeply: no part of a policy is.",
    ],
    ["absurd length", "#".repeat(600_000), "Use at most 524288 characters in one policy."],
  ])(
    "%s",
    (_, text, message) => {
      const parsed = parsePolicy(text);
      expect(parsed.ok ? [] : parsed.errors.map((error) => error.message)).toContain(message);
    },
    30_000,
  );

  test("an alias bomb is refused without being expanded", () => {
    const levels = Array.from({ length: 30 }, (_, i) => `l${i + 1}: &l${i + 1} [*l${i}, *l${i}]`);
    // Expanded it would be 2^30 nodes, more than any process has room for.
    expect(parsePolicy(`l0: &l0 x\n${levels.join("\n")}`).ok).toBe(false);
  });
});

describe("rules that could never do what they say are refused", () => {
  const condition = (text: string) =>
    `{version: 1, default: deny, tools: {a: {action: deny, when: [${text}]}}}`;
  test.each([
    ["mixed types", "{path: a, op: in, value: [1, a]}"],
    ["an empty list", "{path: a, op: in, value: []}"],
    ["ignore_case on a number", "{path: a, op: eq, value: 1, ignore_case: true}"],
    ["trim on an order", "{path: a, op: lt, value: 1, trim: true}"],
    ["a padded value under trim", '{path: a, op: eq, value: "DEL ", trim: true}'],
    ["an inexact number", "{path: a, op: eq, value: 9007199254740993}"],
    ["infinity", "{path: a, op: lt, value: .inf}"],
    ["an empty part", '{path: a, op: contains, value: ""}'],
    ["no bounds", "{path: a, op: length, value: {of: text}}"],
    ["crossed bounds", "{path: a, op: length, value: {of: text, min: 2, max: 1}}"],
    ["exists without value", "{path: a, op: exists}"],
    ["no conditions", ""],
    ["a spare field", "{path: a, op: eq, value: 1, onMissing: skip}"],
  ])("%s", (_, text) => {
    expect(parsePolicy(condition(text)).ok).toBe(false);
  });

  test("caps: window, max, keys, patterns", () => {
    const limit = (text: string) =>
      parsePolicy(`{version: 1, default: deny, all_tools: {rate_limit: ${text}}}`).ok;
    expect(limit("{max: 1000000, window: 2678400}")).toBe(true);
    expect(limit("{max: 1000001, window: 60}")).toBe(false);
    expect(limit("{max: 1, window: 2678401}")).toBe(false);
    expect(limit("{max: 1.5, window: 60}")).toBe(false);
    const tools = (count: number, rule: object) =>
      parsePolicyValue({
        version: 1,
        default: "deny",
        tools: Object.fromEntries(Array.from({ length: count }, (_, i) => [`t${i}`, rule])),
      }).ok;
    expect([tools(1000, { action: "deny" }), tools(1001, { action: "deny" })]).toEqual([
      true,
      false,
    ]);
    const matching = { action: "deny", when: [{ path: "a", op: "matches", value: "x" }] };
    expect([tools(100, matching), tools(101, matching)]).toEqual([true, false]);
  });
});

test("a stored value is checked like a text, without lines", () => {
  expect(problemsOf(parsePolicyValue({ version: 1 }))).toEqual([
    'null:null default: This is missing: write "deny" or "allow".',
  ]);
});
