import { afterAll, expect, test } from "vitest";
import type { OrgContext } from "#lib/auth/context.ts";
import { database } from "#lib/db.ts";
import { openGatePool } from "#lib/gate/pool.ts";
import { newId } from "#lib/ids.ts";
import { contextAs, makeAgent, makeOrg, makeServer } from "#lib/testing/factories.ts";
import { countPending, decideApproval, getApproval, listApprovals } from "./approvals.ts";
import { expireApprovals } from "./sweep.ts";

const pool = openGatePool(process.env.DATABASE_URL ?? "");
afterAll(() => pool.end());

const minute = 60_000;

async function makeScene() {
  const owner = await makeOrg();
  const server = await makeServer(owner, {
    tools: [
      {
        name: "drop_table",
        category: "destructive",
        riskClass: "critical",
        rationale: "It drops.",
      },
      { name: "send_mail", category: "write", riskClass: "medium" },
    ],
  });
  const agent = await makeAgent(owner, { servers: [server] });
  const ask = async (tool = "drop_table", expiresInMs = 10 * minute) => {
    const id = newId();
    await database().approval.create({
      data: {
        orgId: owner.org.id,
        id,
        agentId: agent.id,
        serverId: server.id,
        tool,
        digest: crypto.getRandomValues(new Uint8Array(32)),
        arguments: { table: "customers", note: "a\u202eb" },
        rule: `tools.${tool}`,
        reason: "Ask #platform first.",
        policyVersion: 1,
        expiresAt: new Date(Date.now() + expiresInMs),
      },
    });
    return id;
  };
  return { owner, server, agent, ask };
}

const auditOf = (context: OrgContext) =>
  database().auditEvent.findMany({ where: { orgId: context.org.id }, orderBy: { id: "asc" } });

test("an approver sees exactly what will run, who asks, and how dangerous it is", async () => {
  const { owner, server, agent, ask } = await makeScene();
  const id = await ask();
  expect(await getApproval(owner, { id })).toMatchObject({
    id,
    agent: agent.name,
    server: server.slug,
    serverName: server.name,
    tool: "drop_table",
    category: "destructive",
    riskClass: "critical",
    rationale: "It drops.",
    arguments: { table: "customers", note: "a\u202eb" },
    rule: "tools.drop_table",
    ruleReason: "Ask #platform first.",
    state: "pending",
    decidedBy: null,
    callId: null,
  });
});

test("waiting calls come most dangerous first, decided ones in their own list", async () => {
  const { owner, ask } = await makeScene();
  const mild = await ask("send_mail");
  const severe = await ask("drop_table");
  const lapsed = await ask("send_mail", -minute);
  const ids = async (state?: string) =>
    (await listApprovals(owner, { state })).map((row) => [row.id, row.state]);
  expect(await ids("pending")).toEqual([
    [severe, "pending"],
    [mild, "pending"],
  ]);
  expect(await ids("decided")).toEqual([[lapsed, "expired"]]);
  expect(await countPending(owner)).toBe(2);
  await decideApproval(owner, { id: mild, decision: "deny" });
  expect(await ids("pending")).toEqual([[severe, "pending"]]);
  expect(await ids()).toHaveLength(3);
});

test("approving gives the agent 15 minutes, names the approver and leaves an audit row", async () => {
  const { owner, ask } = await makeScene();
  const approver = await contextAs(owner, "policy_manager");
  const id = await ask();
  const row = await decideApproval(approver, { id, decision: "approve", note: " Go ahead. " });
  expect(row).toMatchObject({
    state: "approved",
    decidedBy: approver.actor.name,
    decisionNote: "Go ahead.",
  });
  const leftMs = row.expiresAt.getTime() - Date.now();
  expect(leftMs).toBeGreaterThan(14 * minute);
  expect(leftMs).toBeLessThanOrEqual(15 * minute + 2_000);
  expect(await auditOf(owner)).toMatchObject([
    {
      action: "approval.approve",
      actor: { name: approver.actor.name },
      subject: { kind: "approval", id, name: "drop_table" },
      detail: { tool: "drop_table", note: "Go ahead." },
    },
  ]);
});

test("of two people who decide at once, one decides and the other is told what was decided", async () => {
  const { owner, ask } = await makeScene();
  const id = await ask();
  const attempts = await Promise.allSettled(
    (["approve", "deny", "approve", "deny"] as const).map((decision) =>
      decideApproval(owner, { id, decision }),
    ),
  );
  const lost = attempts.filter((attempt) => attempt.status === "rejected");
  expect(lost).toHaveLength(3);
  const { state } = await getApproval(owner, { id });
  for (const { reason } of lost) {
    expect(reason).toMatchObject({ code: "conflict" });
    expect(reason.message).toContain(`already ${state} by ${owner.actor.name}`);
  }
  expect(await auditOf(owner)).toHaveLength(1);
});

test("a lapsed request cannot be approved any more", async () => {
  const { owner, ask } = await makeScene();
  const id = await ask("drop_table", -1);
  await expect(decideApproval(owner, { id, decision: "approve" })).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("expired"),
  });
  expect(await auditOf(owner)).toEqual([]);
});

test("a decision that cannot be audited is not made", async () => {
  const { owner, ask } = await makeScene();
  const id = await ask();
  await database().$executeRawUnsafe(
    `alter table audit_events add constraint refuse check (org_id <> '${owner.org.id}') not valid`,
  );
  try {
    await expect(decideApproval(owner, { id, decision: "approve" })).rejects.toThrow();
  } finally {
    await database().$executeRawUnsafe("alter table audit_events drop constraint refuse");
  }
  expect(await getApproval(owner, { id })).toMatchObject({ state: "pending", decidedBy: null });
});

test("the sweeper marks what has lapsed and nothing else", async () => {
  const { owner, ask } = await makeScene();
  const waiting = await ask();
  const lapsed = await ask("send_mail", -minute);
  expect(await expireApprovals(pool)).toBeGreaterThanOrEqual(1);
  const states = await database().approval.findMany({
    where: { orgId: owner.org.id },
    select: { id: true, state: true },
    orderBy: { id: "asc" },
  });
  expect(states).toEqual([
    { id: waiting, state: "pending" },
    { id: lapsed, state: "expired" },
  ]);
});

test("another org's request does not exist, and a viewer may look but not decide", async () => {
  const { owner, ask } = await makeScene();
  const id = await ask();
  const stranger = await makeOrg();
  await expect(getApproval(stranger, { id })).rejects.toMatchObject({ code: "not_found" });
  await expect(decideApproval(stranger, { id, decision: "deny" })).rejects.toMatchObject({
    code: "not_found",
  });
  await expect(getApproval(owner, { id: "nonsense" })).rejects.toMatchObject({ code: "not_found" });
  expect(await listApprovals(stranger)).toEqual([]);
  const viewer = await contextAs(owner, "viewer");
  expect(await listApprovals(viewer)).toHaveLength(1);
  await expect(decideApproval(viewer, { id, decision: "approve" })).rejects.toMatchObject({
    code: "forbidden",
  });
});
