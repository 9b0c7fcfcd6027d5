import { expect, test } from "vitest";
import { expectAudit, expectRefusal } from "#lib/testing/expectations.ts";
import { makeOrg, makeServer } from "#lib/testing/factories.ts";
import { testPolicy } from "./cases.ts";
import { applyPolicy, getPolicy, setToolRules } from "./rules.ts";
import { restorePolicyVersion } from "./versions.ts";

const text = `version: 1
default: deny
tools:
  pay:
    - { when: [{ path: amount, op: lte, value: 100 }], action: allow }
    - { when: [{ path: amount, op: gt, value: 100 }], action: require_approval }
`;
const cases = [
  { name: "small sums pass", tool: "pay", arguments: { amount: 5 }, expect: "allow" },
  { name: "large sums wait", tool: "pay", arguments: { amount: 500 }, expect: "require_approval" },
];

async function makeScene() {
  const owner = await makeOrg();
  const tool = { name: "pay", category: "financial", riskClass: "high" };
  const { slug } = await makeServer(owner, { tools: [tool] });
  await applyPolicy(owner, { server: slug, text, cases });
  return { owner, slug };
}

test("cases are stored with the version that keeps them", async () => {
  const { owner, slug } = await makeScene();
  const stored = await getPolicy(owner, { server: slug });
  expect(stored).toMatchObject({ version: 2, cases });
  expect(await testPolicy(owner, { server: slug })).toMatchObject({ passed: 2, failed: 0 });
});

test("a save that breaks a case is refused, and says which, what was expected and what would be", async () => {
  const { owner, slug } = await makeScene();
  const looser = text.replace("action: require_approval", "action: allow");
  const refusal = await expectRefusal(
    applyPolicy(owner, { server: slug, text: looser }),
    "invalid_input",
  );
  expect(refusal.message).toContain("“large sums wait” expects require_approval");
  expect(refusal.message).toContain("decides allow");
  expect(refusal.fields.cases).toHaveLength(1);
  expect(await getPolicy(owner, { server: slug })).toMatchObject({ version: 2, cases });
});

test("the tools table keeps the cases as well", async () => {
  const { owner, slug } = await makeScene();
  const hide = setToolRules(owner, { server: slug, tools: ["pay"], rule: { choice: "hide" } });
  await expectRefusal(hide, "invalid_input");
  expect(await getPolicy(owner, { server: slug })).toMatchObject({ version: 2 });
});

test("the same save may change or remove the case that it breaks", async () => {
  const { owner, slug } = await makeScene();
  const looser = text.replace("action: require_approval", "action: allow");
  const [small] = cases;
  await applyPolicy(owner, { server: slug, text: looser, cases: [small] });
  expect(await getPolicy(owner, { server: slug })).toMatchObject({ version: 3, cases: [small] });
  const wrong = [{ ...small, expect: "deny" }];
  const refusal = applyPolicy(owner, { server: slug, text: looser, cases: wrong });
  await expectRefusal(refusal, "invalid_input");
});

test("cases can be saved with the same rules, as a version, unless the policy fails them", async () => {
  const { owner, slug } = await makeScene();
  const more = [...cases, { tool: "wire", expect: "deny" }];
  const save = (wanted: unknown) => applyPolicy(owner, { server: slug, text, cases: wanted });
  expect(await save(more)).toMatchObject({ version: 3 });
  await expectAudit(owner, { action: "policy.apply", name: slug, detail: { version: 3 } });
  // The same again is no change, in whatever order the database keeps the fields.
  expect(await save(more)).toMatchObject({ version: 3 });
  await expectRefusal(save([{ tool: "wire", expect: "allow" }]), "invalid_input");
});

test("a draft can be tested before it is saved", async () => {
  const { owner, slug } = await makeScene();
  const draft = "version: 1\ndefault: allow\n";
  expect(await testPolicy(owner, { server: slug, text: draft })).toMatchObject({
    passed: 1,
    failed: 1,
    cases: [
      { name: "small sums pass", ok: true },
      { name: "large sums wait", ok: false, actual: "allow", rule: "default" },
    ],
  });
});

test("what is known of a tool decides its cases, unless the case says otherwise", async () => {
  const { owner, slug } = await makeScene();
  const byClass = "version: 1\ndefault: deny\nclasses: { financial: { action: hide } }\n";
  const tested = await testPolicy(owner, {
    server: slug,
    text: byClass,
    cases: [
      { tool: "pay", expect: "hide" },
      { tool: "pay", category: "read", expect: "deny" },
    ],
  });
  expect(tested).toMatchObject({ passed: 2, failed: 0 });
});

test("an earlier version is restored as a new one; its own cases only when asked for", async () => {
  const { owner, slug } = await makeScene();
  await expectRefusal(restorePolicyVersion(owner, { server: slug, version: 1 }), "invalid_input");
  expect(await restorePolicyVersion(owner, { server: slug, version: 1, withCases: true })).toEqual({
    version: 3,
  });
  await expectAudit(owner, {
    action: "policy.restore",
    name: slug,
    detail: { restored: 1, version: 3 },
  });
  expect(await getPolicy(owner, { server: slug })).toMatchObject({
    document: { default: "deny" },
    cases: [],
    note: "Version 1 restored",
  });
  await expectRefusal(restorePolicyVersion(owner, { server: slug, version: 9 }), "not_found");
});
