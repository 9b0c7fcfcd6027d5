// The approvals cases of the adversarial catalogue; ADV-104 and ADV-113 run over real processes in
// proxy/races.test.ts, ADV-110 and ADV-112 in the browser's part in e2e/approvals.spec.ts.
import { describe, expect, test } from "vitest";
import { hasHidden, visibleParts } from "#components/approvals/visible-parts.ts";
import { rotateAgent } from "#lib/agents/agents.ts";
import type { OrgContext } from "#lib/auth/context.ts";
import { database } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { emailText, slackBody, webhookBody, webhookHeaders } from "#lib/notifications/render.ts";
import { expectRefusal } from "#lib/testing/expectations.ts";
import { contextAs, makeAgent, makeApproval, makeOrg, makeServer } from "#lib/testing/factories.ts";
import { decideApproval, getApproval } from "./approvals.ts";

async function makeScene(options: object = {}) {
  const owner = await makeOrg();
  const server = await makeServer(owner, { tools: ["pay"] });
  const agent = await makeAgent(owner, { servers: [server] });
  const ask = () =>
    makeApproval(owner, {
      agentId: agent.id,
      serverId: server.id,
      policyId: server.policyId,
      tool: "pay",
      rule: "tools.pay",
      options,
    });
  return { owner, server, agent, ask };
}

const auditOf = ({ org }: OrgContext) => database().auditEvent.count({ where: { orgId: org.id } });

test("ADV-105: of an approval and a denial at the same moment one counts, and the other is told which", async () => {
  const { owner, ask } = await makeScene();
  const people = await Promise.all([1, 2, 3].map(() => contextAs(owner, "admin")));
  for (let round = 0; round < 25; round += 1) {
    const { id } = await ask();
    const before = await auditOf(owner);
    const attempts = [owner, ...people].map((person, index) =>
      decideApproval(person, { id, decision: (index + round) % 2 === 0 ? "approve" : "deny" }),
    );
    const outcomes = await Promise.allSettled(attempts);
    const lost = outcomes.filter((outcome) => outcome.status === "rejected");
    const row = await getApproval(owner, { id });
    expect(lost).toHaveLength(3);
    for (const { reason } of lost) {
      expect(reason.message).toMatch(new RegExp(`already ${row.state} by ${row.decidedBy} at 20`));
    }
    expect(await auditOf(owner)).toBe(before + 1);
  }
});

test("ADV-105: a denial among the votes of several decides against them", async () => {
  const { owner, ask } = await makeScene({ count: 3 });
  const { id } = await ask();
  const people = await Promise.all([1, 2].map(() => contextAs(owner, "admin")));
  await decideApproval(owner, { id, decision: "approve" });
  const [first, second] = people;
  if (!first || !second) throw new Error("no people");
  await decideApproval(first, { id, decision: "deny" });
  await expectRefusal(decideApproval(second, { id, decision: "approve" }), "conflict");
  expect(await getApproval(owner, { id })).toMatchObject({ state: "denied" });
});

describe("ADV-106: nobody approves their own agent's call where the rule wants somebody else", () => {
  const roles = ["owner", "admin", "policy_manager", "viewer"] as const;
  test.each(roles)("as %s", async (role) => {
    const { owner, agent, ask } = await makeScene({ exclude: ["requester", "editor"] });
    const person = await contextAs(owner, role);
    const actor = person.actor.kind === "user" ? `user:${person.actor.id}` : "";
    await database().agent.updateMany({ where: { id: agent.id }, data: { createdBy: actor } });
    const { id } = await ask();
    await expectRefusal(decideApproval(person, { id, decision: "approve" }), "forbidden");
    expect(await getApproval(owner, { id })).toMatchObject({ state: "pending", votes: [] });
  });

  test("nor whoever holds its present token, nor a demoted admin", async () => {
    const { owner, agent, ask } = await makeScene({ exclude: ["requester"] });
    const rotator = await contextAs(owner, "admin");
    await rotateAgent(rotator, { agent: agent.name, expiresInDays: null });
    const { id } = await ask();
    await expectRefusal(decideApproval(rotator, { id, decision: "approve" }), "forbidden");
    const demoted = { ...rotator, role: "viewer" as const };
    await expectRefusal(decideApproval(demoted, { id, decision: "approve" }), "forbidden");
    expect(await getApproval(owner, { id })).toMatchObject({ excluded: ["requester"] });
  });
});

describe("ADV-108: an approval is void when what it was given for has changed", () => {
  const changes: [string, (scene: Awaited<ReturnType<typeof makeScene>>) => Promise<unknown>][] = [
    [
      "the rule",
      ({ server }) =>
        database().policy.updateMany({ where: { id: server.policyId }, data: { version: 2 } }),
    ],
    [
      "the tool",
      ({ server }) =>
        database().tool.updateMany({ where: { serverId: server.id }, data: { state: "held" } }),
    ],
    [
      "the agent",
      ({ agent }) =>
        database().agent.updateMany({ where: { id: agent.id }, data: { revokedAt: new Date() } }),
    ],
    [
      "the server",
      ({ server }) =>
        database().server.updateMany({ where: { id: server.id }, data: { removedAt: new Date() } }),
    ],
  ];
  test.each(changes)("%s", async (_, change) => {
    const scene = await makeScene();
    const { id } = await scene.ask();
    await change(scene);
    const refusal = await expectRefusal(
      decideApproval(scene.owner, { id, decision: "approve" }),
      "conflict",
    );
    expect(refusal.message).toContain("has changed since");
    expect(await auditOf(scene.owner)).toBe(0);
  });
});

test("ADV-109: what would not be seen in an argument is shown, and nothing of it is left out", () => {
  const attacks = [
    "pay \u202e000.1 EUR",
    `${" ".repeat(1_000_000)}rm -rf /`,
    "\u200b\u2066hidden\u2069",
    "а\u0301dmin@example.com",
    "<script>alert(1)</script> *bold* <https://evil.example|ok>",
    "a\u0000b\u001b[2K",
    "\u{e0041}\u{e0042}",
  ];
  for (const text of attacks) {
    const shown = visibleParts(text);
    const back = shown.map((part) =>
      part.kind === "text"
        ? part.text
        : String.fromCodePoint(Number.parseInt(part.code.slice(2), 16)),
    );
    expect(back.join("")).toBe(text);
    const unseen = shown.filter(
      (part) => part.kind === "text" && /[\u202a-\u202e\u2066-\u2069\p{Cc}]/u.test(part.text),
    );
    expect(unseen).toEqual([]);
  }
  expect(hasHidden(attacks[0] ?? "")).toBe(true);
});

test("ADV-109: what others wrote breaks out of no message", () => {
  const evil = "<https://evil.example|Approve> <!channel> *x*\r\nBcc: everybody@example.test";
  const notice = {
    id: newId(),
    event: "approval.requested",
    at: new Date(),
    org: { slug: "acme", name: evil },
    title: evil,
    text: evil,
    link: "https://callgate.example.test/orgs/acme/approvals/1",
    data: {},
  };
  const slack = JSON.parse(slackBody(notice));
  const mrkdwn = slack.blocks.filter(
    ({ text }: { text: { type: string } }) => text.type === "mrkdwn",
  );
  expect(slack.text).not.toMatch(/[<>]/);
  expect(mrkdwn).toHaveLength(1);
  expect(mrkdwn[0].text.text.match(/<[^>]*>/g)).toEqual([`<${notice.link}|Open in Callgate>`]);
  expect(emailText(notice).subject).not.toMatch(/[\r\n]/);
  expect(JSON.parse(webhookBody(notice)).title).toBe(evil);
});

test("ADV-110: a message proves its origin, its time and its body, and nothing in it decides", () => {
  const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
  const other = `whsec_${Buffer.alloc(32, 8).toString("base64")}`;
  const sign = (id: string, seconds: number, body: string, key: string) =>
    webhookHeaders(id, seconds, body, key)["webhook-signature"];
  const right = sign("1", 1_000, "{}", secret);
  for (const forged of [
    sign("2", 1_000, "{}", secret),
    sign("1", 1_360, "{}", secret),
    sign("1", 1_000, "{ }", secret),
    sign("1", 1_000, "{}", other),
  ]) {
    expect(forged).not.toBe(right);
  }
});

test("ADV-114: another org's request, a random id and nonsense get the same answer", async () => {
  const [{ owner }, other] = await Promise.all([makeScene(), makeScene()]);
  const { id } = await other.ask();
  const answers: string[] = [];
  for (const tried of [id, newId(), "1", "00000000-0000-0000-0000-000000000000", `${id}'`]) {
    for (const attempt of [
      getApproval(owner, { id: tried }),
      decideApproval(owner, { id: tried, decision: "approve" }),
    ]) {
      answers.push((await expectRefusal(attempt, "not_found")).message);
    }
  }
  expect(new Set(answers).size).toBe(1);
  expect(await getApproval(other.owner, { id })).toMatchObject({ state: "pending" });
});
