import { expect, test } from "vitest";
import { createAgent, rotateAgent } from "#lib/agents/agents.ts";
import { actorId, type OrgContext } from "#lib/auth/context.ts";
import { database } from "#lib/db.ts";
import { setToolRules } from "#lib/rules/rules.ts";
import { expectAudit, expectRefusal } from "#lib/testing/expectations.ts";
import { contextAs, makeAgent, makeApproval, makeOrg, makeServer } from "#lib/testing/factories.ts";
import type { Prisma } from "#prisma/client.ts";
import { decideApproval, denyApprovals, getApproval, listApprovals } from "./approvals.ts";

const minute = 60_000;

async function makeScene(riskClass = "low") {
  const owner = await makeOrg();
  const server = await makeServer(owner, {
    tools: [{ name: "pay", riskClass }, "refund"],
  });
  const agent = await makeAgent(owner, { servers: [server] });
  const ask = async (options: Prisma.InputJsonObject = {}, more: object = {}) => {
    const request = {
      agentId: agent.id,
      serverId: server.id,
      tool: "pay",
      rule: "tools.pay",
      policyId: server.policyId,
      options,
      ...more,
    };
    return (await makeApproval(owner, request)).id;
  };
  return { owner, server, agent, ask };
}

const approve = (context: OrgContext, id: string) =>
  decideApproval(context, { id, decision: "approve" });
const deny = (context: OrgContext, id: string) => decideApproval(context, { id, decision: "deny" });
const emailOf = ({ actor }: OrgContext) => (actor.kind === "user" ? actor.email : "");

test("a rule for two people holds the call until two different people have approved", async () => {
  const { owner, ask } = await makeScene();
  const second = await contextAs(owner, "policy_manager");
  const id = await ask({ count: 2 });
  expect(await approve(owner, id)).toMatchObject({
    state: "pending",
    votesNeeded: 2,
    votes: [{ by: owner.actor.name, decision: "approve" }],
  });
  await expectAudit(owner, {
    action: "approval.approve",
    name: "pay",
    detail: { given: 1, of: 2 },
  });
  const again = await expectRefusal(approve(owner, id), "conflict");
  expect(again.message).toContain("You have answered this request already");
  expect(await getApproval(owner, { id })).toMatchObject({
    state: "pending",
    standing: { voted: "approve" },
  });
  expect(await approve(second, id)).toMatchObject({
    state: "approved",
    decidedBy: second.actor.name,
  });
});

test("a person who takes another name is still one person", async () => {
  const { owner, ask } = await makeScene();
  const id = await ask({ count: 2 });
  await approve(owner, id);
  const renamed = { ...owner, actor: { ...owner.actor, name: "Somebody else" } };
  await expectRefusal(approve(renamed, id), "conflict");
});

test("one denial decides, however many approvals the rule asks for", async () => {
  const { owner, ask } = await makeScene();
  const id = await ask({ count: 3 });
  await approve(owner, id);
  const other = await contextAs(owner, "admin");
  expect(await decideApproval(other, { id, decision: "deny", note: "Not today." })).toMatchObject({
    state: "denied",
    decisionNote: "Not today.",
  });
  const third = await contextAs(owner, "admin");
  const late = await expectRefusal(approve(third, id), "conflict");
  expect(late.message).toContain(`already denied by ${other.actor.name}`);
});

test("people who approve at the same moment are all counted, and no one twice", async () => {
  const { owner, ask } = await makeScene();
  const people = await Promise.all([1, 2, 3, 4].map(() => contextAs(owner, "admin")));
  const id = await ask({ count: 3 });
  const attempts = [...people, ...people].map((person) => approve(person, id));
  const done = (await Promise.allSettled(attempts)).filter(({ status }) => status === "fulfilled");
  expect(done).toHaveLength(3);
  const row = await getApproval(owner, { id });
  expect(row.state).toBe("approved");
  expect(new Set(row.votes.map(({ by }) => by)).size).toBe(3);
});

test("the vote of somebody who has left the org does not count", async () => {
  const { owner, ask } = await makeScene();
  const [gone, second, third] = await Promise.all(
    [1, 2, 3].map(() => contextAs(owner, "policy_manager")),
  );
  if (gone?.actor.kind !== "user" || !second || !third) throw new Error("no people");
  const id = await ask({ count: 2 });
  await approve(gone, id);
  await database().member.delete({
    where: { orgId_userId: { orgId: owner.org.id, userId: gone.actor.id } },
  });
  expect(await approve(second, id)).toMatchObject({ state: "pending" });
  expect(await approve(third, id)).toMatchObject({ state: "approved" });
});

test("only the people a rule names may approve; whoever may decide may deny", async () => {
  const { owner, ask } = await makeScene();
  const manager = await contextAs(owner, "policy_manager");
  const named = await contextAs(owner, "policy_manager");
  const approvers = { roles: ["admin"], members: [emailOf(named)] };
  const id = await ask({ approvers });
  const refusal = await expectRefusal(approve(manager, id), "forbidden");
  expect(refusal.message).toBe(`The rule lets only these approve: admin, ${emailOf(named)}.`);
  expect(await getApproval(manager, { id })).toMatchObject({
    approvers,
    standing: { obstacle: refusal.message },
  });
  expect(await approve(named, id)).toMatchObject({ state: "approved" });
  expect(await deny(manager, await ask({ approvers }))).toMatchObject({ state: "denied" });
  const viewer = await contextAs(owner, "viewer");
  const forViewers = await ask({ approvers: { members: [emailOf(viewer)] } });
  await expectRefusal(approve(viewer, forViewers), "forbidden");
});

test("where the rule wants somebody else, whoever answers for the agent cannot approve", async () => {
  const { owner, server, ask } = await makeScene();
  const rotator = await contextAs(owner, "admin");
  const bystander = await contextAs(owner, "policy_manager");
  const { id: agentId, name: agent } = await createAgent(owner, {
    name: "bot",
    servers: [server.slug],
    expiresInDays: null,
  });
  await rotateAgent(rotator, { agent, expiresInDays: null });
  const id = await ask({ exclude: ["requester"] }, { agentId });
  for (const person of [owner, rotator]) {
    const refusal = await expectRefusal(approve(person, id), "forbidden");
    expect(refusal.message).toContain("You answer for bot");
  }
  expect(await approve(bystander, id)).toMatchObject({ state: "approved" });
});

test("where the rule wants somebody else, whoever last changed it cannot approve", async () => {
  const { owner, server, ask } = await makeScene();
  const author = await contextAs(owner, "policy_manager");
  const other = await contextAs(owner, "policy_manager");
  const change = (context: OrgContext, tools: string[]) =>
    setToolRules(context, { server: server.slug, tools, rule: { choice: "approve" } });
  await change(author, ["pay"]);
  const { version } = await change(other, ["refund"]);
  const id = await ask({ exclude: ["editor"] }, { policyVersion: version });
  const refusal = await expectRefusal(approve(author, id), "forbidden");
  expect(refusal.message).toContain("You last changed the rule tools.pay, in version 2");
  expect(await approve(other, id)).toMatchObject({ state: "approved" });
});

test("approving a Critical tool takes a sign-in of the last five minutes; denying does not", async () => {
  const { owner, ask } = await makeScene("critical");
  const id = await ask();
  const stale = { ...owner, signedInAt: new Date(Date.now() - 5 * minute) };
  const { signedInAt: _, ...unknown } = owner;
  for (const context of [stale, unknown]) {
    const refusal = await expectRefusal(approve(context, id), "unauthenticated");
    expect(refusal.message).toContain("a sign-in of the last 5 minutes");
  }
  expect((await getApproval(stale, { id })).standing.needsSignIn).toBe(true);
  expect(await approve(owner, id)).toMatchObject({ state: "approved" });
  expect(await deny(stale, await ask())).toMatchObject({ state: "denied" });
});

test("a tool whose danger is not known takes a fresh sign-in as well", async () => {
  const { owner, ask } = await makeScene();
  const id = await ask({}, { tool: "gone" });
  const stale = { ...owner, signedInAt: new Date(0) };
  await expectRefusal(approve(stale, id), "unauthenticated");
});

test("an approval lasts as long as its rule says", async () => {
  const { owner, ask } = await makeScene();
  const { expiresAt } = await approve(owner, await ask({ approval_expires: 120 }));
  const left = expiresAt.getTime() - Date.now();
  expect(left).toBeGreaterThan(minute);
  expect(left).toBeLessThanOrEqual(2 * minute + 2_000);
});

test("options that cannot be read let nobody approve", async () => {
  const { owner, ask } = await makeScene();
  const id = await ask({ count: 99, unheard: true });
  const refusal = await expectRefusal(approve(owner, id), "forbidden");
  expect(refusal.message).toContain("cannot be read");
  expect(await deny(owner, id)).toMatchObject({ state: "denied" });
});

test("the command line on the machine may approve, unless the rule names people", async () => {
  const { owner, ask } = await makeScene("critical");
  const actor = { kind: "operator", name: "command line" } as const;
  const operator: OrgContext = { org: owner.org, actor, role: "owner" };
  expect(await approve(operator, await ask())).toMatchObject({ decidedBy: "command line" });
  const named = await ask({ approvers: { members: [emailOf(owner)] } });
  await expectRefusal(approve(operator, named), "forbidden");
  expect(actorId(actor)).toBe("operator:command line");
});

test("several requests are denied with one reason, and one that came too late stops no other", async () => {
  const { owner, ask } = await makeScene();
  const ids = [await ask(), await ask(), await ask()];
  await approve(owner, ids[1] ?? "");
  expect(await denyApprovals(owner, { ids, note: "Stop." })).toEqual({
    denied: [ids[0], ids[2]],
    failed: [{ id: ids[1], message: expect.stringContaining("already approved") }],
  });
  const rows = await listApprovals(owner, { state: "denied" });
  expect(rows.map(({ decisionNote }) => decisionNote)).toEqual(["Stop.", "Stop."]);
});

test("the history can be narrowed to an agent, a server, a tool and a state", async () => {
  const { owner, server, agent, ask } = await makeScene();
  const ids = [await ask(), await ask({}, { tool: "refund" })];
  await deny(owner, ids[0] ?? "");
  const found = async (input: object) => (await listApprovals(owner, input)).map(({ id }) => id);
  expect(await found({ agent: agent.name, server: server.slug })).toHaveLength(2);
  expect(await found({ tool: "refund" })).toEqual([ids[1]]);
  expect(await found({ state: "denied" })).toEqual([ids[0]]);
  expect(await found({ before: ids[1] })).toEqual([ids[0]]);
  expect(await found({ agent: "nobody" })).toEqual([]);
});
