import { describe, expect, test } from "vitest";
import { evaluateAccess, isAccessListed } from "./access.ts";
import { compilePolicy, compileStored } from "./compile.ts";
import { formatPolicy } from "./format.ts";
import { parsePolicy } from "./parse.ts";
import { documentOf } from "./testing.ts";
import type { AccessTarget } from "./types.ts";

const policy = compilePolicy(
  documentOf(`
version: 1
default: deny
tools:
  review: { action: allow }
prompts:
  summary: { action: allow }
  "draft_*": { action: allow }
  draft_wire: [{ action: allow }, { action: deny, reason: "Wires are drafted by people." }]
  secret: { action: hide }
resources:
  "file:///srv/*": { action: allow }
  "file:///srv/keys/*": { action: deny }
  "*": { action: hide }
  "mail:\\\\*": { action: allow }
`),
);

const prompt = (name: string): AccessTarget => ({ kind: "prompt", name });
const resource = (name: string): AccessTarget => ({ kind: "resource", name });

describe("what an agent may get, and what it sees listed", () => {
  test.each([
    [prompt("summary"), "allow", "prompts.summary", true],
    [prompt("draft_note"), "allow", "prompts.draft_*", true],
    [prompt("draft_wire"), "deny", "prompts.draft_wire[1]", true],
    [prompt("secret"), "hide", "prompts.secret", false],
    [prompt("unheard_of"), "deny", "default", false],
    [prompt("review"), "deny", "default", false],
    [prompt("__proto__"), "deny", "default", false],
    [resource("file:///srv/a"), "hide", "resources.*", false],
    [resource("summary"), "hide", "resources.*", false],
  ] as const)("%j: %s by %s", (target, effect, rule, listed) => {
    expect(evaluateAccess(policy, target)).toMatchObject({ effect, rule, obligations: [] });
    expect(isAccessListed(policy, target)).toBe(listed);
  });

  test("the refusal carries the author's reason and says what decided", () => {
    expect(evaluateAccess(policy, prompt("draft_wire"))).toEqual({
      effect: "deny",
      rule: "prompts.draft_wire[1]",
      reason: "Wires are drafted by people.",
      explanation: "prompts.draft_wire[1] denies this prompt.",
      obligations: [],
    });
    expect(evaluateAccess(policy, prompt("x")).explanation).toBe(
      "No rule speaks of this prompt, so the default denies it.",
    );
  });

  test("a new server shows none, unless the default allows", () => {
    const bare = (fallback: string) =>
      compilePolicy(documentOf(`{version: 1, default: ${fallback}}`));
    expect(isAccessListed(bare("deny"), prompt("x"))).toBe(false);
    expect(isAccessListed(bare("allow"), resource("x"))).toBe(true);
    expect(evaluateAccess(bare("allow"), resource("x")).effect).toBe("allow");
  });

  test("a name of absurd length is denied before it is matched", () => {
    const open = compilePolicy(documentOf("{version: 1, default: allow}"));
    const long = resource("x".repeat(8_193));
    expect(evaluateAccess(open, long)).toMatchObject({ effect: "deny", rule: "policy" });
    expect(isAccessListed(open, long)).toBe(false);
  });

  test("a stored rule that no longer parses denies, and a hiding one hides", () => {
    const stored = compileStored({
      version: 1,
      default: "allow",
      prompts: { a: { action: "allow", when: [] }, b: [{ action: "hide", until: 7 }] },
      resources: { c: 7 },
    });
    expect(evaluateAccess(stored, prompt("a")).effect).toBe("deny");
    expect(evaluateAccess(stored, prompt("b")).effect).toBe("hide");
    expect(evaluateAccess(stored, resource("c")).effect).toBe("deny");
    expect(evaluateAccess(stored, prompt("d")).effect).toBe("allow");
  });
});

describe("mistakes are named with their lines, all at once", () => {
  test("in prompts, resources and approval options", () => {
    const parsed = parsePolicy(`version: 1
default: deny
prompts:
  a: { action: require_approval }
  b: { action: allow, rate_limit: { max: 1, window: 60 } }
resources:
  "file:///x": { action: allow, when: [] }
  "y\\\\": { action: deny }
  z: []
tools:
  pay:
    - { action: allow, approval: { count: 2 } }
    - { action: require_approval, approval: { count: 6, roles: [owner] } }
    - { action: require_approval, approval: { approvers: {}, request_expires: 59 } }
    - { action: require_approval, approval: { exclude: [owner], approvers: { roles: [boss] } } }
    - { action: require_approval, approval: { approvers: { members: [dana, a@b.test, A@b.test] } } }
classes:
  read: { action: deny, approval: {} }
`);
    const errors = parsed.ok ? [] : parsed.errors;
    expect(errors.map(({ line, path }) => `${line} ${path}`)).toEqual([
      "4 prompts.a.action",
      "5 prompts.b.rate_limit",
      "7 resources.file:///x.when",
      "8 resources.y\\",
      "9 resources.z",
      "12 tools.pay[0].approval",
      "13 tools.pay[1].approval.count",
      "13 tools.pay[1].approval.roles",
      "14 tools.pay[2].approval.approvers",
      "14 tools.pay[2].approval.request_expires",
      "15 tools.pay[3].approval.exclude[0]",
      "15 tools.pay[3].approval.approvers.roles[0]",
      "16 tools.pay[4].approval.approvers.members",
      "16 tools.pay[4].approval.approvers.members[0]",
      "18 classes.read.approval",
    ]);
    for (const { message } of errors) expect(message).toMatch(/\.$/);
  });

  test("too many keys are counted in every section", () => {
    const keys = Object.fromEntries(
      Array.from({ length: 1_001 }, (_, index) => [`p${index}`, { action: "allow" }]),
    );
    const document = { version: 1, default: "deny", prompts: keys, resources: keys };
    const parsed = parsePolicy(JSON.stringify(document));
    expect(parsed.ok ? [] : parsed.errors.map(({ path }) => path)).toEqual([
      "prompts",
      "resources",
    ]);
  });
});

test("what is written is read back the same, e-mails in lower case and lists in one order", () => {
  const document = documentOf(`
version: 1
default: deny
tools:
  pay:
    action: require_approval
    approval:
      exclude: [requester, editor]
      message: "Check the payee: twice."
      approvers: { members: [Bo@example.test, ann@example.test], roles: [owner, admin] }
      count: 2
resources:
  "file:///srv/*": { action: allow }
prompts: {}
`);
  expect(formatPolicy(document, "yaml")).toBe(`version: 1
default: deny
tools:
  pay:
    action: require_approval
    approval: { approvers: { roles: [ admin, owner ], members: [ ann@example.test, bo@example.test ] }, count: 2, message: "Check the payee: twice.", exclude: [ editor, requester ] }
prompts: {}
resources:
  file:///srv/*:
    action: allow
`);
});
