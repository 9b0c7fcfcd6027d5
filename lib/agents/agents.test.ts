import { expect, test } from "vitest";
import type { OrgContext } from "#lib/auth/context.ts";
import { digestOfToken } from "#lib/auth/tokens.ts";
import { database } from "#lib/db.ts";
import { openAdmission } from "#lib/gate/admit.ts";
import { openGatePool } from "#lib/gate/pool.ts";
import { newId } from "#lib/ids.ts";
import { expectAudit, expectRefusal } from "#lib/testing/expectations.ts";
import { makeAgent, makeApproval, makeCall, makeOrg, makeServer } from "#lib/testing/factories.ts";
import {
  createAgent,
  getAgent,
  grantServers,
  listAgents,
  revokeAgent,
  rotateAgent,
} from "./agents.ts";

const day = 24 * 60 * 60 * 1000;

/** What the gate answers for this token and server now: null when it would judge the call. */
async function failureAtTheGate(
  context: OrgContext,
  token: string,
  server: { id: string; policyId: string },
): Promise<string | null> {
  const row = await database().agentToken.findUniqueOrThrow({
    where: { digest: digestOfToken(token) ?? Buffer.alloc(32) },
  });
  const pool = openGatePool(process.env.DATABASE_URL ?? "");
  const [answer] = await openAdmission(pool)([
    {
      callId: newId(),
      orgId: context.org.id,
      agentId: row.agentId,
      tokenId: row.id,
      serverId: server.id,
      sessionId: null,
      revision: 1,
      policyId: server.policyId,
      policyVersion: 1,
      method: "tools/call",
      tool: "echo",
      decision: "allowed",
      observed: false,
      rule: "default",
      reason: null,
      explanation: "",
      argumentShape: [],
      requestBytes: 1,
      limits: [],
      approval: null,
    },
  ]);
  await pool.end();
  return answer?.kind === "refused" ? answer.failure : null;
}

async function orgWithServer() {
  const context = await makeOrg();
  return { context, server: await makeServer(context, { slug: "valkey", name: "Valkey" }) };
}

test("a new agent may call the servers it was given, with a token that is stored nowhere", async () => {
  const { context, server } = await orgWithServer();
  const other = await makeServer(context);
  const agent = await createAgent(context, { name: "ci-runner", servers: ["valkey"] });
  expect(agent).toMatchObject({ name: "ci-runner", expiresAt: null });
  expect(agent.servers).toEqual([
    { slug: "valkey", proxyUrl: `http://127.0.0.1:3001/mcp/${context.org.slug}/valkey` },
  ]);
  expect(agent.aggregateUrl).toBe(`http://127.0.0.1:3001/mcp/${context.org.slug}`);
  expect(await failureAtTheGate(context, agent.token, server)).toBeNull();
  expect(await failureAtTheGate(context, agent.token, other)).toBe("not_granted");
  await expectAudit(context, {
    action: "agent.create",
    name: "ci-runner",
    detail: { servers: ["valkey"] },
  });
  const stored = await database().$queryRaw<{ text: string }[]>`
    select to_jsonb(t)::text as text from agent_tokens t where org_id = ${context.org.id}::uuid
    union all select to_jsonb(e)::text from audit_events e where org_id = ${context.org.id}::uuid`;
  expect(stored.map(({ text }) => text).join()).not.toContain(agent.token.slice(7, 40));
});

test("a token lapses after the days it was given", async () => {
  const { context, server } = await orgWithServer();
  const agent = await createAgent(context, { name: "a", servers: ["valkey"], expiresInDays: 30 });
  const days = ((agent.expiresAt?.getTime() ?? 0) - Date.now()) / day;
  expect(days).toBeGreaterThan(29.99);
  expect(days).toBeLessThanOrEqual(30);
  await database().agentToken.updateMany({
    where: { orgId: context.org.id },
    data: { expiresAt: new Date(Date.now() - 1000) },
  });
  expect(await failureAtTheGate(context, agent.token, server)).toBe("unauthenticated");
});

test("a name is for one agent, also after it is revoked", async () => {
  const { context } = await orgWithServer();
  await createAgent(context, { name: "ci", servers: ["valkey"] });
  await revokeAgent(context, { agent: "ci" });
  const refusal = await expectRefusal(
    createAgent(context, { name: "ci", servers: ["valkey"] }),
    "conflict",
  );
  expect(refusal.fields).toEqual({ name: ["This name is taken. Choose another"] });
});

test.each([
  [{ name: "has space", servers: ["valkey"] }, "name"],
  [{ name: "", servers: ["valkey"] }, "name"],
  [{ name: "ci", servers: [] }, "servers"],
  [{ name: "ci", servers: ["valkey"], expiresInDays: 366 }, "expiresInDays"],
  [{ name: "ci", servers: ["valkey"], expiresInDays: 0 }, "expiresInDays"],
])("%j is refused at its field", async (input, field) => {
  const { context } = await orgWithServer();
  const refusal = await expectRefusal(createAgent(context, input), "invalid_input");
  expect(Object.keys(refusal.fields)).toEqual([field]);
});

test("an agent for a server that is not there is not made", async () => {
  const { context } = await orgWithServer();
  const input = { name: "ci", servers: ["valkey", "ghost"] };
  const refusal = await expectRefusal(createAgent(context, input), "not_found");
  expect(refusal.message).toContain("“ghost”");
  await expectRefusal(getAgent(context, { agent: "ci" }), "not_found");
});

test("a rotated token is refused on the next call and the new one works", async () => {
  const { context, server } = await orgWithServer();
  const before = await createAgent(context, { name: "ci", servers: ["valkey"] });
  const after = await rotateAgent(context, { agent: "ci", expiresInDays: 1 });
  expect(after).toMatchObject({ id: before.id, servers: before.servers });
  expect(await failureAtTheGate(context, before.token, server)).toBe("unauthenticated");
  expect(await failureAtTheGate(context, after.token, server)).toBeNull();
  await expectAudit(context, { action: "agent.rotate", name: "ci" });
  const row = await getAgent(context, { agent: "ci" });
  expect(row.token?.last4).toBe(after.token.slice(-4));
});

test("a revoked agent is refused on the next call, for good", async () => {
  const { context, server } = await orgWithServer();
  const { token } = await createAgent(context, { name: "ci", servers: ["valkey"] });
  const { revokedAt } = await revokeAgent(context, { agent: "ci" });
  expect(await failureAtTheGate(context, token, server)).toBe("unauthenticated");
  await expectAudit(context, { action: "agent.revoke", name: "ci" });
  expect(await revokeAgent(context, { agent: "ci" })).toEqual({ revokedAt });
  await expectRefusal(rotateAgent(context, { agent: "ci" }), "conflict");
  await expectRefusal(grantServers(context, { agent: "ci", servers: ["valkey"] }), "conflict");
  expect(await getAgent(context, { agent: "ci" })).toMatchObject({ revokedAt, token: null });
});

// Invariant 11: the change waits for admissions under way, and later ones see it.
test("revoking waits for an admission under way", async () => {
  const { context } = await orgWithServer();
  await createAgent(context, { name: "ci", servers: ["valkey"] });
  let revoked = false;
  const order: string[] = [];
  let revoking: Promise<void> = Promise.resolve();
  await database().$transaction(async (transaction) => {
    await transaction.$executeRaw`
      select pg_advisory_xact_lock_shared(org_lock_key(${context.org.id}::uuid))`;
    revoking = revokeAgent(context, { agent: "ci" }).then(() => {
      revoked = true;
      order.push("revoked");
    });
    await expect
      .poll(async () => {
        const [row] = await database().$queryRaw<{ waiting: number }[]>`
          select count(*)::int as waiting from pg_locks l join pg_database d on d.oid = l.database
          where l.locktype = 'advisory' and not l.granted and d.datname = current_database()`;
        return row?.waiting;
      })
      .toBe(1);
    expect(revoked).toBe(false);
    order.push("admitted");
  });
  await revoking;
  expect(order).toEqual(["admitted", "revoked"]);
});

test("revoking ends sessions and withdraws the calls that wait for a person", async () => {
  const { context, server } = await orgWithServer();
  const agent = await makeAgent(context, { servers: [server] });
  const orgId = context.org.id;
  const session = await database().session.create({
    data: { orgId, id: newId(), agentId: agent.id, serverId: server.id, protocolRevision: "x" },
  });
  const waiting = await makeApproval(context, { agentId: agent.id, serverId: server.id });
  const foreign = await makeApproval(context);
  await revokeAgent(context, { agent: agent.name });
  const stateOf = async (id: string) =>
    (await database().approval.findUniqueOrThrow({ where: { orgId_id: { orgId, id } } })).state;
  expect(await stateOf(waiting.id)).toBe("cancelled");
  expect(await stateOf(foreign.id)).toBe("pending");
  const ended = await database().session.findUniqueOrThrow({
    where: { orgId_id: { orgId, id: session.id } },
  });
  expect(ended.endedAt).not.toBeNull();
});

test("setting an agent's servers takes away the others at once and keeps what stays as it is", async () => {
  const { context, server } = await orgWithServer();
  const added = await makeServer(context, { slug: "added" });
  const dropped = await makeServer(context, { slug: "dropped" });
  const agent = await makeAgent(context, { name: "ci", servers: [server, dropped] });
  const orgId = context.org.id;
  await database().grant.update({
    where: { orgId_agentId_serverId: { orgId, agentId: agent.id, serverId: server.id } },
    data: { policyId: dropped.policyId },
  });
  const { servers } = await grantServers(context, { agent: "ci", servers: ["valkey", "added"] });
  expect(servers.map(({ slug }) => slug)).toEqual(["added", "valkey"]);
  expect(await failureAtTheGate(context, agent.token, dropped)).toBe("not_granted");
  expect(await failureAtTheGate(context, agent.token, added)).toBeNull();
  const kept = await database().grant.findUniqueOrThrow({
    where: { orgId_agentId_serverId: { orgId, agentId: agent.id, serverId: server.id } },
  });
  expect(kept.policyId).toBe(dropped.policyId);
  await expectAudit(context, {
    action: "agent.grant",
    name: "ci",
    detail: { servers: ["added", "valkey"], before: ["dropped", "valkey"] },
  });
});

test("lists show each agent's servers, token and counts of the last day", async () => {
  const { context, server } = await orgWithServer();
  const busy = await makeAgent(context, { name: "busy", servers: [server] });
  await makeAgent(context, { name: "idle" });
  await makeAgent(await makeOrg(), { name: "foreign" });
  const of = { agentId: busy.id, serverId: server.id };
  await makeCall(context, of);
  await makeCall(context, { ...of, decision: "denied" });
  await makeCall(context, { ...of, decision: "denied", observed: true });
  await makeCall(context, { ...of, at: new Date(Date.now() - 1.1 * day) });
  const rows = await listAgents(context);
  expect(rows.map(({ name }) => name)).toEqual(["busy", "idle"]);
  expect(rows[0]).toMatchObject({
    servers: [{ slug: "valkey", name: "Valkey" }],
    token: { last4: busy.token.slice(-4), expiresAt: null, lastUsedAt: null },
    calls24h: 3,
    refused24h: 1,
  });
  expect((await listAgents(context, { server: "valkey" })).map(({ name }) => name)).toEqual([
    "busy",
  ]);
  await expectRefusal(listAgents(context, { server: "ghost" }), "not_found");
});
