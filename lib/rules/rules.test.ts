import { expect, test } from "vitest";
import type { OrgContext } from "#lib/auth/context.ts";
import { database } from "#lib/db.ts";
import { getServer } from "#lib/servers/servers.ts";
import { contextAs, makeAgent, makeOrg, makeServer } from "#lib/testing/factories.ts";
import {
  applyPolicy,
  diffPolicy,
  getPolicy,
  listPolicyVersions,
  setPolicyMode,
  setToolRules,
} from "./rules.ts";

const tools = ["a", "b", "c"].map((name) => ({ name, category: "read", riskClass: "low" }));

async function makeScene() {
  const owner = await makeOrg();
  const server = await makeServer(owner, { tools });
  const revision = async () => (await getServer(owner, { server: server.slug })).revision;
  return { owner, server, slug: server.slug, revision };
}

const auditOf = (context: OrgContext) =>
  database().auditEvent.findMany({ where: { orgId: context.org.id }, orderBy: { id: "asc" } });

test("one save for several tools is one new version, in force at once, with author and audit row", async () => {
  const { owner, slug, server, revision } = await makeScene();
  const saved = await setToolRules(owner, {
    server: slug,
    tools: ["a", "b"],
    rule: { choice: "deny", reason: "Ask #platform first." },
  });
  const rule = { choice: "deny", source: "tool", reason: "Ask #platform first." };
  expect(saved).toMatchObject({
    version: 2,
    tools: [
      { name: "a", rule },
      { name: "b", rule },
    ],
  });
  expect(await getPolicy(owner, { server: slug })).toMatchObject({
    version: 2,
    author: owner.actor.name,
    mode: "enforce",
    document: { tools: { a: { action: "deny", reason: "Ask #platform first." } } },
  });
  expect(await revision()).toBe(2);
  expect(await auditOf(owner)).toMatchObject([
    {
      action: "rule.set",
      actor: { name: owner.actor.name },
      subject: { kind: "server", id: server.id, name: slug },
      detail: { tools: ["a", "b"], rule: { choice: "deny" }, version: 2 },
    },
  ]);
});

test.each([
  [{ choice: "allow" }, { choice: "allow", source: "tool" }],
  [
    { choice: "limit", rateLimit: { max: 3, window: 30 } },
    { choice: "limit", rateLimit: { max: 3, window: 30, per: "session" } },
  ],
  [{ choice: "limit" }, { choice: "limit", rateLimit: { max: 10, window: 60, per: "session" } }],
  [
    { choice: "approve", reason: "Money." },
    { choice: "approve", reason: "Money." },
  ],
  [{ choice: "hide" }, { choice: "hide", source: "tool" }],
  [null, { choice: "deny", source: "default" }],
])("choosing %j makes the tool's rule %j", async (rule, expected) => {
  const { owner, slug } = await makeScene();
  await setToolRules(owner, { server: slug, tools: ["a"], rule: { choice: "deny" } });
  const saved = await setToolRules(owner, { server: slug, tools: ["a"], rule });
  expect(saved.tools).toMatchObject([{ name: "a", rule: expected }]);
});

test("people who save at once all keep their change, each as a version of its own", async () => {
  const { owner, slug, revision } = await makeScene();
  const choices = ["allow", "hide", "approve"] as const;
  const saves = tools.map(({ name }, index) =>
    setToolRules(owner, {
      server: slug,
      tools: [name],
      rule: { choice: choices[index] ?? "deny" },
    }),
  );
  const versions = (await Promise.all(saves)).map(({ version }) => version);
  expect(versions.toSorted()).toEqual([2, 3, 4]);
  expect((await getPolicy(owner, { server: slug })).document.tools).toEqual({
    a: { action: "allow" },
    b: { action: "hide" },
    c: { action: "require_approval" },
  });
  expect(await revision()).toBe(4);
});

test("a version never changes once it is saved", async () => {
  const { owner, slug } = await makeScene();
  await setToolRules(owner, { server: slug, tools: ["a"], rule: { choice: "allow" } });
  const before = await listPolicyVersions(owner, { server: slug });
  await setToolRules(owner, { server: slug, tools: ["a"], rule: { choice: "hide" } });
  await applyPolicy(owner, { server: slug, text: "version: 1\ndefault: allow\n", note: "Open it" });
  const after = await listPolicyVersions(owner, { server: slug });
  expect(after.map(({ version, note }) => [version, note])).toEqual([
    [4, "Open it"],
    [3, "a: hide"],
    [2, "a: allow"],
    [1, ""],
  ]);
  expect(after.slice(2)).toEqual(before);
});

test("saving what is already in force makes no version", async () => {
  const { owner, slug, revision } = await makeScene();
  await setToolRules(owner, { server: slug, tools: ["a"], rule: { choice: "allow" } });
  const again = await setToolRules(owner, {
    server: slug,
    tools: ["a"],
    rule: { choice: "allow" },
  });
  expect(again.version).toBe(2);
  expect(await revision()).toBe(2);
  expect(await auditOf(owner)).toHaveLength(1);
});

test("a save that cannot be audited is not made", async () => {
  const { owner, slug, revision } = await makeScene();
  await database().$executeRawUnsafe(
    `alter table audit_events add constraint refuse check (org_id <> '${owner.org.id}') not valid`,
  );
  try {
    await expect(
      setToolRules(owner, { server: slug, tools: ["a"], rule: { choice: "allow" } }),
    ).rejects.toThrow();
  } finally {
    await database().$executeRawUnsafe("alter table audit_events drop constraint refuse");
  }
  expect(await getPolicy(owner, { server: slug })).toMatchObject({ version: 1 });
  expect(await revision()).toBe(1);
  expect(await listPolicyVersions(owner, { server: slug })).toHaveLength(1);
});

test("rules with conditions survive the everyday control", async () => {
  const { owner, slug } = await makeScene();
  const text = `version: 1
default: deny
tools:
  a:
    - when: [{ path: command, op: in, value: [DEL] }]
      action: require_approval
    - action: allow
`;
  await applyPolicy(owner, { server: slug, text });
  await setToolRules(owner, { server: slug, tools: ["a"], rule: { choice: "limit" } });
  const { document } = await getPolicy(owner, { server: slug });
  expect(document.tools?.a).toMatchObject([
    { action: "require_approval", when: [{ path: "command" }] },
    { action: "allow", rate_limit: { max: 10, window: 60 } },
  ]);
});

test("a policy with mistakes is refused with the line of each", async () => {
  const { owner, slug } = await makeScene();
  const text = "version: 1\ndefault: deny\ntools:\n  a: { action: alow }\n  b: { acton: deny }\n";
  const problems = await applyPolicy(owner, { server: slug, text }).catch((error) => error);
  expect(problems).toMatchObject({ code: "invalid_input" });
  expect(problems.fields.text.join("\n")).toMatch(/Line 4, .*\n(.*\n)*.*Line 5, /);
  expect(await getPolicy(owner, { server: slug })).toMatchObject({ version: 1 });
});

test("a difference shows what applying would change, and changes nothing", async () => {
  const { owner, slug } = await makeScene();
  await setToolRules(owner, { server: slug, tools: ["a"], rule: { choice: "allow" } });
  const { text } = await getPolicy(owner, { server: slug });
  expect(await diffPolicy(owner, { server: slug, text })).toEqual({ diff: "", changed: false });
  const changed = text.replace("action: allow", "action: deny");
  const { diff } = await diffPolicy(owner, { server: slug, text: changed });
  expect(diff.split("\n").filter((line) => /^[+-]/.test(line))).toEqual([
    "-    action: allow",
    "+    action: deny",
  ]);
  expect(await getPolicy(owner, { server: slug })).toMatchObject({ version: 2 });
});

test("any version can be restored, as a new one", async () => {
  const { owner, slug } = await makeScene();
  await setToolRules(owner, { server: slug, tools: ["a"], rule: { choice: "allow" } });
  await setToolRules(owner, { server: slug, tools: ["a"], rule: { choice: "hide" } });
  const versions = await listPolicyVersions(owner, { server: slug });
  const second = versions.find(({ version }) => version === 2);
  await applyPolicy(owner, { server: slug, text: second?.text, note: "Restored version 2" });
  expect(await getPolicy(owner, { server: slug })).toMatchObject({
    version: 4,
    document: { tools: { a: { action: "allow" } } },
  });
});

test("a change makes every server under the policy stale, also those under it by a grant", async () => {
  const { owner, server, slug } = await makeScene();
  const other = await makeServer(owner);
  const agent = await makeAgent(owner, { servers: [other] });
  await database().grant.updateMany({
    where: { orgId: owner.org.id, agentId: agent.id },
    data: { policyId: server.policyId },
  });
  const bystander = await makeServer(owner);
  await setToolRules(owner, { server: slug, tools: ["a"], rule: { choice: "allow" } });
  const revisionOf = async (each: { slug: string }) =>
    (await getServer(owner, { server: each.slug })).revision;
  expect([await revisionOf(server), await revisionOf(other), await revisionOf(bystander)]).toEqual([
    2, 2, 1,
  ]);
});

test("switching to observe is stale-making and audited", async () => {
  const { owner, slug, revision } = await makeScene();
  await setPolicyMode(owner, { server: slug, mode: "observe" });
  expect(await getPolicy(owner, { server: slug })).toMatchObject({ mode: "observe", version: 1 });
  expect(await revision()).toBe(2);
  expect(await auditOf(owner)).toMatchObject([
    { action: "policy.apply", detail: { mode: "observe" } },
  ]);
});

test("unknown tools, other orgs, viewers and misplaced limits are refused", async () => {
  const { owner, slug } = await makeScene();
  const set = (context: OrgContext, rule: unknown, ...names: string[]) =>
    setToolRules(context, { server: slug, tools: names, rule });
  await expect(set(owner, { choice: "allow" }, "a", "zzz")).rejects.toMatchObject({
    code: "not_found",
    message: expect.stringContaining("zzz"),
  });
  await expect(
    set(owner, { choice: "deny", rateLimit: { max: 1, window: 1 } }, "a"),
  ).rejects.toMatchObject({ fields: { "rule.rateLimit": [expect.any(String)] } });
  await expect(set(await makeOrg(), { choice: "allow" }, "a")).rejects.toMatchObject({
    code: "not_found",
  });
  const viewer = await contextAs(owner, "viewer");
  expect(await getPolicy(viewer, { server: slug })).toMatchObject({ version: 1 });
  await expect(set(viewer, { choice: "allow" }, "a")).rejects.toMatchObject({ code: "forbidden" });
  await expect(
    applyPolicy(viewer, { server: slug, text: "version: 1\ndefault: allow\n" }),
  ).rejects.toMatchObject({ code: "forbidden" });
});

test("a save over a version that nobody looked at is a conflict, and changes nothing", async () => {
  const { owner, slug } = await makeScene();
  const text = "version: 1\ndefault: allow\n";
  await setToolRules(owner, { server: slug, tools: ["a"], rule: { choice: "deny" } });
  const refused = applyPolicy(owner, { server: slug, text, base: 1 });
  await expect(refused).rejects.toMatchObject({ code: "conflict" });
  expect((await getPolicy(owner, { server: slug })).version).toBe(2);
  expect(await applyPolicy(owner, { server: slug, text, base: 2 })).toEqual({ version: 3 });
});
