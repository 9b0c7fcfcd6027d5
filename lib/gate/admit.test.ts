// What an admission proved counts for the next call only while it is true.
import { randomBytes } from "node:crypto";
import type { Pool } from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { grantServers, revokeAgent, rotateAgent } from "#lib/agents/agents.ts";
import type { OrgContext } from "#lib/auth/context.ts";
import { database } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { removeServer } from "#lib/servers/servers.ts";
import { makeAgent, makeOrg, makeServer } from "#lib/testing/factories.ts";
import { logStatements } from "#lib/testing/statements.ts";
import { type AdmissionAnswer, type AdmissionRequest, openAdmission } from "./admit.ts";
import { openGatePool } from "./pool.ts";
import { endSession, touchAgent } from "./sessions.ts";

interface Stage {
  context: OrgContext;
  server: Awaited<ReturnType<typeof makeServer>>;
  agent: Awaited<ReturnType<typeof makeAgent>>;
  sessionId: string;
  request(changed?: Partial<AdmissionRequest>): AdmissionRequest;
  admit(changed?: Partial<AdmissionRequest>): Promise<AdmissionAnswer | undefined>;
}

let pool: Pool;
let asked: string[];

beforeEach(() => {
  pool = openGatePool(process.env.DATABASE_URL ?? "");
  asked = logStatements(pool);
});

afterEach(() => pool.end());

/** An agent in a session, and admission for its calls of one tool. */
async function stage(): Promise<Stage> {
  const context = await makeOrg();
  const server = await makeServer(context, { slug: "valkey", tools: ["get"] });
  const agent = await makeAgent(context, { servers: [server] });
  const { id: sessionId } = await database().session.create({
    data: {
      orgId: context.org.id,
      id: newId(),
      agentId: agent.id,
      serverId: server.id,
      protocolRevision: "2025-11-25",
    },
  });
  const run = openAdmission(pool);
  const request: Stage["request"] = (changed = {}) => ({
    callId: newId(),
    orgId: context.org.id,
    agentId: agent.id,
    tokenId: agent.tokenId,
    serverId: server.id,
    sessionId,
    revision: 1,
    policyId: server.policyId,
    policyVersion: 1,
    method: "tools/call",
    tool: "get",
    decision: "allowed",
    observed: false,
    rule: "tools.get",
    reason: "“quoted”, \\ and\nbroken",
    explanation: "The rule allows it.",
    argumentShape: { key: "string" },
    requestBytes: 120,
    limits: [],
    approval: null,
    ...changed,
  });
  const admit: Stage["admit"] = async (changed) => {
    const [answer] = await run([request(changed)]);
    return answer;
  };
  return { context, server, agent, sessionId, request, admit };
}

const callsOf = ({ context }: Stage) =>
  database().call.findMany({ where: { orgId: context.org.id }, orderBy: { id: "asc" } });

const refused = (failure: string) => ({ kind: "refused", failure });

const forms: [string, Partial<AdmissionRequest>][] = [
  ["allowed", {}],
  ["allowed, without a session", { sessionId: null }],
  ["denied, its policy only observing", { decision: "denied", observed: true, reason: null }],
  ["hidden", { decision: "hidden", tool: "unknown", reason: null }],
  ["with a free slot", { limits: [{ key: "k", max: 10, windowSeconds: 60, rule: "limit" }] }],
  ["without a free slot", { limits: [{ key: "k", max: 0, windowSeconds: 60, rule: "limit" }] }],
];

test.each(forms)("a call %s is recorded the same with and without a proof", async (_, form) => {
  const org = await stage();
  const first = await org.admit(form);
  const second = await org.admit(form);
  expect(first?.kind).toBe("recorded");
  expect(second).toEqual(first);
  expect(asked[0]).toBe("admit_calls");
  expect(asked[1]).toMatch(/^record_proved_call/);
  const [one, other] = (await callsOf(org)).map(({ id: _id, at: _at, ...row }) => row);
  expect(other).toEqual(one);
});

describe("a proof counts no more once", () => {
  const sql = (text: string, ...values: unknown[]) => database().$executeRawUnsafe(text, ...values);
  const endings: [string, string, (on: Stage) => Promise<unknown>][] = [
    [
      "the agent is revoked",
      "unauthenticated",
      ({ context, agent }) => revokeAgent(context, { agent: agent.name }),
    ],
    [
      "its token is rotated away",
      "unauthenticated",
      ({ context, agent }) => rotateAgent(context, { agent: agent.name }),
    ],
    [
      "its token is gone",
      "unauthenticated",
      ({ agent }) => sql("delete from agent_tokens where agent_id = $1::uuid", agent.id),
    ],
    [
      "its token's time is cut short",
      "unauthenticated",
      ({ agent }) =>
        sql("update agent_tokens set expires_at = now() where agent_id = $1::uuid", agent.id),
    ],
    [
      "the server is not granted any more",
      "not_granted",
      ({ context, agent }) => grantServers(context, { agent: agent.name, servers: [] }),
    ],
    [
      "the server is removed",
      "not_granted",
      ({ context }) => removeServer(context, { server: "valkey", confirmSlug: "valkey" }),
    ],
    [
      "the server's revision moved",
      "stale",
      ({ server }) =>
        sql("update servers set revision = revision + 1 where id = $1::uuid", server.id),
    ],
    [
      "the session is over",
      "session_ended",
      ({ context, sessionId }) => endSession(pool, context.org.id, sessionId),
    ],
  ];

  test.each(endings)("%s: the next call is %s", async (_, failure, end) => {
    const org = await stage();
    const limits = [{ key: "k", max: 10, windowSeconds: 60, rule: "limit" }];
    await org.admit();
    await org.admit({ limits });
    await end(org);
    expect(await org.admit()).toEqual(refused(failure));
    expect(await org.admit({ limits })).toEqual(refused(failure));
    expect(await callsOf(org)).toHaveLength(2);
    const windows = await database().rateWindow.findMany({ where: { orgId: org.context.org.id } });
    expect(windows.map(({ total }) => total)).toEqual([1]);
  });

  test("the token's time is over, though nothing was changed", async () => {
    const org = await stage();
    const soon = "update agent_tokens set expires_at = now() + interval '2 s' where id = $1::uuid";
    await sql(soon, org.agent.tokenId);
    const limits = [{ key: "k", max: 10_000, windowSeconds: 60, rule: "limit" }];
    await org.admit({ limits });
    while ((await org.admit({ limits }))?.kind === "recorded") {
      await new Promise((done) => setTimeout(done, 50));
    }
    expect(await org.admit()).toEqual(refused("unauthenticated"));
    const proved = asked.filter((name) => name === "record_proved_call_limited");
    expect(proved.length).toBeGreaterThan(1);
  });

  test("a session of another agent or server is named with it", async () => {
    const org = await stage();
    const other = await makeAgent(org.context, { servers: [org.server] });
    await org.admit();
    const theirs = { agentId: other.id, tokenId: other.tokenId, sessionId: null };
    await org.admit(theirs);
    expect(await org.admit({ ...theirs, sessionId: org.sessionId })).toEqual(
      refused("session_ended"),
    );
    expect(await org.admit({ sessionId: newId() })).toEqual(refused("session_ended"));
  });
});

test("a change in one org leaves the proofs of another, and use of an agent leaves its own", async () => {
  const org = await stage();
  const other = await stage();
  for (const { admit } of [org, other]) await admit();
  await revokeAgent(other.context, { agent: other.agent.name });
  await touchAgent(pool, {
    orgId: org.context.org.id,
    agentId: org.agent.id,
    tokenId: org.agent.tokenId,
    sessionId: org.sessionId,
    client: { name: "client", version: "1" },
  });
  asked.length = 0;
  expect((await org.admit())?.kind).toBe("recorded");
  expect(asked).toEqual(["record_proved_call"]);
});

test("a proof that is outdated without harm is made anew", async () => {
  const org = await stage();
  await org.admit();
  const other = await makeAgent(org.context, { servers: [org.server] });
  await revokeAgent(org.context, { agent: other.name });
  asked.length = 0;
  for (let count = 0; count < 2; count += 1) await org.admit();
  expect(asked).toEqual(["record_proved_call", "admit_calls", "record_proved_call"]);
});

describe("while an org is being changed", () => {
  /** A change of the org that stays under way until it is committed. */
  async function beginChange(org: Stage, sql: string): Promise<() => Promise<void>> {
    const change = await pool.connect();
    await change.query("begin");
    await change.query("select lock_org_for_change($1)", [org.context.org.id]);
    await change.query(sql, [org.agent.id]);
    return async () => {
      await change.query("commit");
      change.release();
    };
  }
  const revoke = "update agents set revoked_at = now() where id = $1";
  const limits = [{ key: "k", max: 10, windowSeconds: 60, rule: "limit" }];

  test.each([
    ["a proved call", {}],
    ["a proved call with a limit", { limits }],
  ])("%s is not recorded, and goes by what came of the change", async (_, form) => {
    const org = await stage();
    await org.admit(form);
    const commit = await beginChange(org, revoke);
    expect(await org.admit(form)).toEqual({ kind: "busy" });
    await commit();
    expect(await org.admit(form)).toEqual(refused("unauthenticated"));
    expect(await callsOf(org)).toHaveLength(1);
  });

  test("calls of other orgs in the same batch are recorded at once", async () => {
    const [changed, other] = [await stage(), await stage()];
    const commit = await beginChange(changed, revoke);
    const batch = [changed, other, changed, other].map(({ request }) => request({ limits }));
    const answers = await openAdmission(pool)(batch);
    expect(answers.map(({ kind }) => kind)).toEqual(["busy", "recorded", "busy", "recorded"]);
    await commit();
    expect(await callsOf(changed)).toHaveLength(0);
    expect(await callsOf(other)).toHaveLength(2);
  });
});

test("a call that the record does not take leaves those beside it recorded", async () => {
  const [org, other] = [await stage(), await stage()];
  const tooLong = { tool: randomBytes(4_096).toString("hex") };
  const batch = [other.request(), org.request(tooLong), org.request()];
  const answers = await openAdmission(pool)(batch);
  expect(answers.map(({ kind }) => kind)).toEqual(["recorded", "unrecordable", "recorded"]);
  expect(await callsOf(org)).toHaveLength(1);
  expect(await callsOf(other)).toHaveLength(1);

  await org.admit();
  expect(await org.admit(tooLong)).toEqual({ kind: "unrecordable" });
  expect((await org.admit())?.kind).toBe("recorded");
});

test("a limit is kept to the call by both ways into the record", async () => {
  const org = await stage();
  const limits = [{ key: "k", max: 3, windowSeconds: 60, rule: "limit" }];
  const answers = [];
  for (let count = 0; count < 5; count += 1) answers.push(await org.admit({ limits }));
  const decisions = answers.map((answer) => answer?.kind === "recorded" && answer.decision);
  expect(decisions).toEqual(["allowed", "allowed", "allowed", "limited", "limited"]);
  expect(answers[3]).toMatchObject({ rule: "limit", limit: { max: 3, windowSeconds: 60 } });
  const wait = answers[3]?.kind === "recorded" ? answers[3].retryAfterMs : null;
  expect(wait).toBeGreaterThan(0);
  expect(wait).toBeLessThanOrEqual(60_000);
  const rows = await callsOf(org);
  expect(rows.map(({ decision }) => decision)).toEqual(decisions);
  expect(rows[3]).toMatchObject({ rule: "limit", retryAfterMs: wait });
});

test("a limit that a proxy of an earlier release asks for is kept", async () => {
  const org = await stage();
  const only = { key: "k", max: 1, window_seconds: 60, rule: "limit" };
  const admitAsBefore = async () => {
    const { rows } = await pool.query<{ details: { decision: string; retry_after_ms: number }[] }>(
      `select details from admit_calls(
        array[row($1, $2, $3, $4, null, 1, $5, 1)::admission_claim],
        array[row(1, $6, 'tools/call', 'get', 'allowed', false, 'rule', null, '', '{}', 1, null, null)::admission_call],
        $7)`,
      [
        org.context.org.id,
        org.agent.id,
        org.agent.tokenId,
        org.server.id,
        org.server.policyId,
        newId(),
        { only },
      ],
    );
    return rows[0]?.details?.map(({ decision }) => decision) ?? null;
  };
  expect(await admitAsBefore()).toBeNull();
  expect(await admitAsBefore()).toEqual(["limited"]);
});
