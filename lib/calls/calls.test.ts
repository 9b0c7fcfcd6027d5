import { v7 } from "uuid";
import { expect, test } from "vitest";
import type { OrgContext } from "#lib/auth/context.ts";
import { database } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { makeAgent, makeOrg, makeServer } from "#lib/testing/factories.ts";
import { firstCallOf, getCall, listCalls } from "./calls.ts";

async function makeScene() {
  const owner = await makeOrg();
  const server = await makeServer(owner, { tools: ["get", "put"] });
  const other = await makeServer(owner, { tools: ["get"] });
  const agent = await makeAgent(owner, { servers: [server, other] });
  const second = await makeAgent(owner, { servers: [server] });
  return { owner, server, other, agent, second };
}

interface CallSpec {
  agent: { id: string; tokenId: string };
  server: { id: string; policyId: string };
  tool?: string;
  decision?: string;
  observed?: boolean;
  outcome?: string;
  ageMs?: number;
}

async function record(context: OrgContext, spec: CallSpec): Promise<string> {
  const orgId = context.org.id;
  const at = new Date(Date.now() - (spec.ageMs ?? 0));
  const id = v7({ msecs: at.getTime() });
  await database().call.create({
    data: {
      orgId,
      id,
      at,
      agentId: spec.agent.id,
      tokenId: spec.agent.tokenId,
      serverId: spec.server.id,
      tool: spec.tool ?? "get",
      decision: spec.decision ?? "allowed",
      observed: spec.observed ?? false,
      rule: "tools.get",
      reason: "Because.",
      explanation: "Allowed by tools.get.",
      policyId: spec.server.policyId,
      policyVersion: 3,
      argumentShape: { key: { type: "string", length: 4 } },
      requestBytes: 120,
    },
  });
  if (spec.outcome !== undefined) {
    await database().callOutcome.create({
      data: {
        orgId,
        callId: id,
        outcome: spec.outcome,
        detail: "Said so.",
        httpStatus: 200,
        responseBytes: 64,
        upstreamMs: 3.5,
        addedMs: 0.25,
      },
    });
  }
  return id;
}

const idsOf = async (context: OrgContext, input: unknown) =>
  (await listCalls(context, input)).calls.map(({ id }) => id);

test("pages by keyset show every call once, newest first, whatever arrives in between", async () => {
  const { owner, server, agent } = await makeScene();
  const made: string[] = [];
  for (let index = 0; index < 7; index++) {
    made.unshift(await record(owner, { agent, server, ageMs: 60_000 - index * 1_000 }));
  }
  const first = await listCalls(owner, { limit: 3 });
  await record(owner, { agent, server });
  const second = await listCalls(owner, { limit: 3, before: first.next });
  const third = await listCalls(owner, { limit: 3, before: second.next });
  const seen = [first, second, third].flatMap(({ calls }) => calls.map(({ id }) => id));
  expect(seen).toEqual(made);
  expect(third.next).toBeNull();
});

test("what is newer than a known call can be asked for, without a gap", async () => {
  const { owner, server, agent } = await makeScene();
  const [a, b, c, d] = [
    await record(owner, { agent, server, ageMs: 4_000 }),
    await record(owner, { agent, server, ageMs: 3_000 }),
    await record(owner, { agent, server, ageMs: 2_000 }),
    await record(owner, { agent, server, ageMs: 1_000 }),
  ];
  const page = await listCalls(owner, { after: a, limit: 2 });
  expect(page.calls.map(({ id }) => id)).toEqual([c, b]);
  expect(page.next).toBe(c);
  expect(await listCalls(owner, { after: c, limit: 2 })).toMatchObject({
    calls: [{ id: d }],
    next: null,
  });
  await expect(listCalls(owner, { after: a, before: d })).rejects.toMatchObject({
    code: "invalid_input",
  });
});

test("each facet narrows the list to calls that have it", async () => {
  const { owner, server, other, agent, second } = await makeScene();
  const plain = await record(owner, { agent, server, outcome: "ok", ageMs: 5_000 });
  const elsewhere = await record(owner, {
    agent,
    server: other,
    outcome: "tool_error",
    ageMs: 4_000,
  });
  const put = await record(owner, { agent, server, tool: "put", decision: "denied", ageMs: 3_000 });
  const hers = await record(owner, { agent: second, server, outcome: "ok", ageMs: 2_000 });
  expect(await idsOf(owner, {})).toEqual([hers, put, elsewhere, plain]);
  expect(await idsOf(owner, { agent: second.name })).toEqual([hers]);
  expect(await idsOf(owner, { server: other.slug })).toEqual([elsewhere]);
  expect(await idsOf(owner, { tool: "put" })).toEqual([put]);
  expect(await idsOf(owner, { decision: "denied" })).toEqual([put]);
  expect(await idsOf(owner, { outcome: "tool_error" })).toEqual([elsewhere]);
  expect(await idsOf(owner, { outcome: "ok", agent: agent.name })).toEqual([plain]);
  await expect(listCalls(owner, { agent: "nobody" })).rejects.toMatchObject({
    code: "not_found",
    message: expect.stringContaining("nobody"),
  });
});

test("a call says whether it was forwarded, still runs, or ended without an answer", async () => {
  const { owner, server, agent } = await makeScene();
  const cases: [Partial<CallSpec>, string | null][] = [
    [{ decision: "denied" }, null],
    [{ decision: "approval" }, null],
    [{ decision: "denied", observed: true, outcome: "ok" }, "ok"],
    [{ decision: "hidden", observed: true }, "running"],
    [{}, "running"],
    [{ ageMs: 119_000 }, "running"],
    [{ ageMs: 125_000 }, "unknown"],
    [{ ageMs: 300_000, outcome: "cancelled" }, "cancelled"],
    [{ outcome: "upstream_error" }, "upstream_error"],
  ];
  for (const [spec, outcome] of cases) {
    const id = await record(owner, { agent, server, ...spec });
    expect(await getCall(owner, { id }), JSON.stringify(spec)).toMatchObject({ outcome });
    if (outcome !== null) expect(await idsOf(owner, { outcome })).toContain(id);
  }
  expect(await idsOf(owner, { outcome: "running" })).toHaveLength(3);
  expect(await idsOf(owner, { outcome: "unknown" })).toHaveLength(1);
});

test("one call shows its decision, its policy version and shapes of arguments, never their values", async () => {
  const { owner, server, agent } = await makeScene();
  const id = await record(owner, { agent, server, outcome: "ok" });
  expect(await getCall(owner, { id })).toEqual({
    id,
    at: expect.any(Date),
    agent: agent.name,
    server: server.name,
    serverSlug: server.slug,
    method: "tools/call",
    tool: "get",
    decision: "allowed",
    observed: false,
    rule: "tools.get",
    reason: "Because.",
    explanation: "Allowed by tools.get.",
    policyVersion: 3,
    argumentShape: { key: { type: "string", length: 4 } },
    outcome: "ok",
    detail: "Said so.",
    httpStatus: 200,
    requestBytes: 120,
    responseBytes: 64,
    upstreamMs: 3.5,
    addedMs: 0.25,
    retryAfterMs: null,
    approvalId: null,
    sessionId: null,
  });
});

test("the first call of an agent is the oldest, and null until there is one", async () => {
  const { owner, server, agent, second } = await makeScene();
  const first = await record(owner, { agent, server, ageMs: 90_000, outcome: "ok" });
  await record(owner, { agent, server });
  expect(await firstCallOf(owner, { agent: agent.name })).toMatchObject({ id: first });
  expect(await firstCallOf(owner, { agent: second.name })).toBeNull();
});

test("another org's calls do not exist", async () => {
  const { owner, server, agent } = await makeScene();
  const id = await record(owner, { agent, server });
  const stranger = await makeOrg();
  expect(await listCalls(stranger)).toEqual({ calls: [], next: null });
  for (const wrong of [id, newId(), "nonsense"]) {
    await expect(getCall(stranger, { id: wrong })).rejects.toMatchObject({ code: "not_found" });
  }
  await expect(listCalls(stranger, { server: server.slug })).rejects.toMatchObject({
    code: "not_found",
  });
  await expect(firstCallOf(stranger, { agent: agent.name })).rejects.toMatchObject({
    code: "not_found",
  });
});
