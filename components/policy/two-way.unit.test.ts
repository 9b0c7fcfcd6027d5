import fc from "fast-check";
import { expect, test } from "vitest";
import { documents } from "#lib/policy/arbitraries.ts";
import { asList, type PolicyDocument, type Rule } from "#lib/policy/document.ts";
import { formatPolicy } from "#lib/policy/format.ts";
import { parsePolicy } from "#lib/policy/parse.ts";
import { conditionOfDraft, draftOfCondition, emptyCondition } from "./condition-draft.ts";
import { entriesOf, renameKey, setAllTools, setClassRule, setRules } from "./document-edits.ts";
import { rewritePolicy } from "./rewrite-text.ts";
import { chooseIn, draftOfRule, ruleOfDraft } from "./rule-draft.ts";

function read(text: string): PolicyDocument {
  const parsed = parsePolicy(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return parsed.document;
}

const text = `# Who may do what
version: 1
default: deny # nothing by itself
classes:
  read: { action: allow }
tools:
  # Keys belong to the platform team.
  create_key:
    - when: [ { path: owner, op: eq, value: ops } ] # for now
      action: allow
    - action: deny
  get_key: { action: allow }
`;

let count = 0;
const newId = () => `id-${++count}`;

test("any edit of the document is in the rewritten text, whatever the text was before", () => {
  fc.assert(
    fc.property(documents, documents, (before, after) => {
      const rewritten = rewritePolicy(formatPolicy(before, "yaml"), after);
      expect(formatPolicy(read(rewritten), "yaml")).toBe(formatPolicy(after, "yaml"));
    }),
    { numRuns: 100 },
  );
});

test("an edit on the visual side keeps the comments and the order of the rest", () => {
  const document = read(text);
  const edited = setRules(document, "tools", "get_key", [{ action: "hide" }]);
  expect(rewritePolicy(text, edited)).toBe(
    text.replace("get_key: { action: allow }", "get_key: { action: hide }"),
  );
  const [first, ...rest] = asList<Rule>(document.tools?.create_key);
  if (first === undefined) throw new Error("the text has two rules");
  const reasoned = setRules(document, "tools", "create_key", [
    first,
    ...rest.map((rule) => ({ ...rule, reason: "Ask." })),
  ]);
  const rewritten = rewritePolicy(text, reasoned);
  expect(rewritten).toContain("# Keys belong to the platform team.");
  expect(rewritten).toContain("# nothing by itself");
  expect(rewritten).toContain("reason: Ask.");
  expect(rewritePolicy(text, document)).toBe(text);
});

test("a text that cannot be read is replaced as a whole", () => {
  expect(rewritePolicy("default: [", read(text))).toBe(formatPolicy(read(text), "yaml"));
});

test("every rule survives the form unchanged", () => {
  fc.assert(
    fc.property(documents, (document) => {
      for (const rule of entriesOf(document, "tools").flatMap(({ rules }) => rules)) {
        const back = ruleOfDraft(draftOfRule(rule, newId));
        if (!back.ok) throw new Error(back.problems.join(" "));
        expect(asOne(back.rule)).toEqual(asOne(rule));
      }
    }),
    { numRuns: 300 },
  );
});

test("a condition that is not finished is told, never left out of the rule", () => {
  const draft = draftOfRule(
    { action: "allow", when: [{ path: "amount", op: "lt", value: 5 }] },
    newId,
  );
  const [condition] = draft.conditions;
  if (condition === undefined || "kept" in condition) throw new Error("a number is editable");
  const unfinished = ruleOfDraft({ ...draft, conditions: [{ ...condition, text: "" }] });
  expect(unfinished).toEqual({ ok: false, problems: ["amount: Write a number."] });
});

test.each(["eq", "neq", "contains"] as const)(
  "a condition with %s and nothing to compare with asks for a value",
  (op) => {
    const draft = { ...emptyCondition("1"), path: "command", op };
    expect(conditionOfDraft(draft)).toEqual({ ok: false, problem: "Write a value." });
  },
);

test("a rule that asks for the empty text is left to the YAML side and kept as it is", () => {
  const condition = { path: "a", op: "eq" as const, value: "" };
  const back = ruleOfDraft(draftOfRule({ action: "deny", when: [condition] }, newId));
  expect(back).toEqual({ ok: true, rule: { action: "deny", when: [condition] } });
});

test("a list whose values have several lines is left to the YAML side and kept as it is", () => {
  const condition = { path: "a", op: "in" as const, value: ["one\ntwo"] };
  expect(draftOfCondition(condition, "1")).toBeNull();
  const back = ruleOfDraft(draftOfRule({ action: "deny", when: [condition] }, newId));
  expect(back).toEqual({ ok: true, rule: { action: "deny", when: [condition] } });
});

test("a value is written as the type that was chosen", () => {
  const draft = draftOfCondition({ path: "a", op: "eq", value: "5" }, "1");
  if (draft === null) throw new Error("a text is editable");
  expect(conditionOfDraft(draft)).toMatchObject({ ok: true, condition: { value: "5" } });
  expect(conditionOfDraft({ ...draft, type: "number" })).toMatchObject({ condition: { value: 5 } });
  expect(conditionOfDraft({ ...draft, type: "boolean" })).toMatchObject({ ok: false });
});

test("choosing deny and then limit again brings the limit back", () => {
  const limited = draftOfRule(
    { action: "allow", rate_limit: { max: 3, window: 9, per: "org" } },
    newId,
  );
  const denied = chooseIn(limited, "deny", newId);
  expect(ruleOfDraft(denied)).toEqual({ ok: true, rule: { action: "deny" } });
  expect(ruleOfDraft(chooseIn(denied, "limit", newId))).toEqual({
    ok: true,
    rule: { action: "allow", rate_limit: { max: 3, window: 9, per: "org" } },
  });
});

test("keys, classes and common limits are added, renamed and removed", () => {
  let document = read("version: 1\ndefault: deny\n");
  document = setRules(document, "prompts", "sum*", [{ action: "allow" }]);
  document = setClassRule(document, "read", { action: "allow" });
  document = setAllTools(document, [{ max: 1, window: 2, per: "org" }]);
  expect(renameKey(document, "prompts", "sum*", "*")?.prompts).toEqual({
    "*": { action: "allow" },
  });
  expect(renameKey(document, "prompts", "x", "sum*")).toBeNull();
  document = setRules(document, "prompts", "sum*", []);
  document = setAllTools(setClassRule(document, "read", null), []);
  expect(document).toEqual({ version: 1, default: "deny" });
});

/** `x` and `[x]` are the same limit, and options that say nothing are none. */
function asOne(rule: Rule): unknown {
  const { approval, ...rest } = { approval: undefined, ...rule };
  const said = Object.keys(approval ?? {}).length === 0 ? rest : rule;
  if (!("rate_limit" in said) || !Array.isArray(said.rate_limit)) return said;
  const [only] = said.rate_limit;
  return said.rate_limit.length === 1 ? { ...said, rate_limit: only } : said;
}
