import { expect, test } from "vitest";
import { createAgent } from "#lib/agents/agents.ts";
import { database } from "#lib/db.ts";
import {
  contextAs,
  makeAgent,
  makeApproval,
  makeCall,
  makeOrg,
  makeServer,
} from "#lib/testing/factories.ts";
import { renameOrg } from "./orgs.ts";
import { orgOverview } from "./overview.ts";

const hour = 60 * 60 * 1000;

test("a new org sees five open steps and nothing else", async () => {
  const context = await makeOrg();
  const overview = await orgOverview(context);
  expect(overview.checklist.map(({ id, done }) => [id, done])).toEqual([
    ["register", false],
    ["review", false],
    ["rules", false],
    ["agent", false],
    ["first_call", false],
  ]);
  expect(overview).toMatchObject({
    waitingApprovals: 0,
    heldTools: [],
    failingServers: [],
    decisions: [],
    mostRefusedTools: [],
    busiestAgents: [],
    lastChanges: [],
  });
  expect(overview.buckets).toHaveLength(24);
});

test("each step ticks itself when what it asks for exists", async () => {
  const context = await makeOrg();
  const done = async () =>
    (await orgOverview(context)).checklist.filter((step) => step.done).map((step) => step.id);
  const server = await makeServer(context, { tools: [{ name: "new_tool", state: "held" }] });
  expect(await done()).toEqual(["register"]);
  const { checklist } = await orgOverview(context);
  expect(checklist[1]?.href).toBe(`/orgs/${context.org.slug}/servers/${server.slug}`);
  await database().tool.updateMany({
    where: { orgId: context.org.id },
    data: { state: "accepted" },
  });
  expect(await done()).toEqual(["register", "review"]);
  await database().policy.updateMany({ where: { orgId: context.org.id }, data: { version: 2 } });
  const agent = await makeAgent(context, { servers: [server] });
  await makeCall(context, { agentId: agent.id, serverId: server.id });
  expect(await done()).toEqual(["register", "review", "rules", "agent", "first_call"]);
});

test("what needs people is counted: approvals in time, held tools, failing servers", async () => {
  const context = await makeOrg();
  const failing = await makeServer(context, {
    slug: "broken",
    name: "Broken",
    tools: [{ name: "a", state: "held" }, { name: "b", state: "held" }, "c"],
  });
  await database().server.update({
    where: { orgId_id: { orgId: context.org.id, id: failing.id } },
    data: { health: "failing", healthDetail: "It does not answer." },
  });
  await makeApproval(context);
  await makeApproval(context, { expiresAt: new Date(Date.now() - 1000) });
  await makeApproval(context, { state: "denied" });
  expect(await orgOverview(context)).toMatchObject({
    waitingApprovals: 1,
    heldTools: [{ server: "broken", name: "Broken", count: 2 }],
    failingServers: [{ slug: "broken", name: "Broken", detail: "It does not answer." }],
  });
});

test("decisions are counted by hour and in sum, older ones and other orgs' left out", async () => {
  const context = await makeOrg();
  const server = await makeServer(context, { slug: "valkey" });
  const agent = await makeAgent(context, { name: "ci-runner" });
  const of = { agentId: agent.id, serverId: server.id };
  const now = Date.now();
  await makeCall(context, of);
  await makeCall(context, { ...of, decision: "denied", tool: "drop" });
  await makeCall(context, {
    ...of,
    decision: "denied",
    tool: "drop",
    at: new Date(now - 2 * hour),
  });
  await makeCall(context, { ...of, decision: "limited", tool: "echo" });
  await makeCall(context, { ...of, decision: "denied", tool: "seen", observed: true });
  await makeCall(context, { ...of, decision: "denied", at: new Date(now - 25 * hour) });
  await makeCall(await makeOrg(), { decision: "denied", tool: "drop" });
  const overview = await orgOverview(context);
  expect(overview.decisions).toEqual([
    { decision: "allowed", count: 1 },
    { decision: "limited", count: 1 },
    { decision: "denied", count: 3 },
  ]);
  const twoHoursAgo = new Date(Math.floor((now - 2 * hour) / hour) * hour).toISOString();
  const bucket = overview.buckets.find((row) => row.start === twoHoursAgo);
  expect(bucket).toMatchObject({ allowed: 0, denied: 1 });
  expect(overview.mostRefusedTools).toEqual([
    { server: "valkey", tool: "drop", count: 2 },
    { server: "valkey", tool: "echo", count: 1 },
  ]);
  expect(overview.busiestAgents).toEqual([{ agent: "ci-runner", count: 5 }]);
});

test("the last changes are for those who may read the audit", async () => {
  const context = await makeOrg();
  await renameOrg(context, { name: "After" });
  const server = await makeServer(context, { slug: "valkey" });
  await createAgent(context, { name: "ci", servers: [server.slug] });
  const sentences = (await orgOverview(context)).lastChanges.map((row) => row.sentence);
  expect(sentences).toEqual([
    `${context.actor.name} created the agent ci for valkey.`,
    `${context.actor.name} renamed the org ${context.org.name} to After.`,
  ]);
  expect((await orgOverview(await contextAs(context, "viewer"))).lastChanges).toEqual([]);
});
