// Invariant 1: a call reaches an upstream only after its record has been committed.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { database } from "#lib/db.ts";
import {
  callBody,
  gateServer,
  initializeBody,
  openSession,
  post,
  startProxy,
  type TestProxy,
} from "#proxy/testing/harness.ts";
import { startUpstream, type TestUpstream } from "#proxy/testing/upstream.ts";

let upstream: TestUpstream;
let proxy: TestProxy;

beforeAll(async () => {
  upstream = await startUpstream({ json: true });
  proxy = await startProxy();
});

afterAll(async () => {
  await proxy.close();
  await upstream.close();
});

const policy = {
  version: 1,
  default: "deny",
  tools: {
    get: { action: "allow" },
    send: { action: "allow", rate_limit: { max: 1, window: 3600, per: "agent" } },
    wipe: { action: "require_approval" },
  },
};

/** Makes every insert into the table fail while `work` runs. */
async function whileUnwritable<T>(table: "calls" | "sessions", work: () => Promise<T>): Promise<T> {
  const sql = (text: string) => database().$executeRawUnsafe(text);
  await sql(`create or replace function refuse_insert() returns trigger language plpgsql as
    $$ begin raise exception 'no space left'; end $$`);
  await sql(`create trigger refuse_insert before insert on ${table}
    for each row execute function refuse_insert()`);
  try {
    return await work();
  } finally {
    await sql(`drop trigger refuse_insert on ${table}`);
  }
}

describe("invariant 1: admission first", () => {
  test("a call that cannot be recorded is answered 503 and never reaches the server", async () => {
    const server = await gateServer(proxy, upstream, policy);
    const send = await openSession(server.url, server.agent.token);
    const before = upstream.ledger.length;
    for (const tool of ["get", "send", "wipe", "delete_all", "no_such_tool"]) {
      const answer = await whileUnwritable("calls", () => send(callBody(tool)));
      expect([tool, answer.status]).toEqual([tool, 503]);
      expect(answer.headers.get("retry-after")).toBe("5");
      expect(JSON.parse(answer.text)).toEqual({
        jsonrpc: "2.0",
        id: 1,
        error: { code: 503, message: expect.stringContaining("nothing was forwarded") },
      });
    }
    expect(upstream.ledger.length).toBe(before);
  });

  test("what a failed admission had taken is given back: slot and approval", async () => {
    const server = await gateServer(proxy, upstream, policy);
    const send = await openSession(server.url, server.agent.token);
    const call = (tool: string) => send(callBody(tool)).then(({ text }) => text);
    await whileUnwritable("calls", () => call("send"));
    await whileUnwritable("calls", () => call("wipe"));
    expect(await database().approval.count({ where: { orgId: server.context.org.id } })).toBe(0);
    expect(await call("send")).toContain("send:");
    expect(await call("send")).toContain("Rate limit reached");

    await call("wipe");
    const approved = { state: "approved" as const, decidedAt: new Date() };
    await database().approval.updateMany({
      where: { orgId: server.context.org.id },
      data: approved,
    });
    await whileUnwritable("calls", () => call("wipe"));
    expect(await call("wipe")).toContain("wipe:");
    expect(await call("wipe")).toContain("Approval required");
  });

  test("every call the server executed has exactly one record, and each record says what happened", async () => {
    const server = await gateServer(proxy, upstream, policy);
    const send = await openSession(server.url, server.agent.token);
    const before = upstream.executed.length;
    const tools = ["get", "send", "wipe", "delete_all", "secret_tool"];
    const calls = Array.from({ length: 60 }, (_, at) => tools[at % tools.length] ?? "");
    await Promise.all(calls.map((tool, id) => send(callBody(tool, {}, id))));
    const records = await database().call.findMany({ where: { orgId: server.context.org.id } });
    const count = (decision: string) => records.filter((row) => row.decision === decision).length;
    expect(records).toHaveLength(60);
    expect({ allowed: count("allowed"), limited: count("limited") }).toEqual({
      allowed: 13,
      limited: 11,
    });
    expect(upstream.executed.length - before).toBe(13);
  });

  test("a session that cannot be recorded is not opened", async () => {
    const server = await gateServer(proxy, upstream, policy);
    const answer = await whileUnwritable("sessions", () =>
      post(server.url, server.agent.token, initializeBody),
    );
    expect(answer.status).toBe(503);
    expect(answer.headers.get("mcp-session-id")).toBeNull();
  });
});
