// Invariant 3: anything that cannot be parsed, evaluated, looked up or recorded is refused.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { database } from "#lib/db.ts";
import type { Prisma } from "#prisma/client.ts";
import {
  callBody,
  type GatedServer,
  gateServer,
  listBody,
  openSession,
  startProxy,
  type TestProxy,
} from "#proxy/testing/harness.ts";
import { startRelay, type TcpRelay } from "#proxy/testing/tcp-relay.ts";
import { startUpstream, type TestUpstream } from "#proxy/testing/upstream.ts";

let upstream: TestUpstream;
let relay: TcpRelay;
let proxy: TestProxy;
let server: GatedServer;
let send: Awaited<ReturnType<typeof openSession>>;

const policy = { version: 1, default: "deny", tools: { get: { action: "allow" } } };

beforeAll(async () => {
  upstream = await startUpstream({ json: true });
  relay = await startRelay(process.env.DATABASE_URL ?? "");
  proxy = await startProxy({ databaseUrl: relay.url });
});

beforeEach(async () => {
  server = await gateServer(proxy, upstream, policy);
  send = await openSession(server.url, server.agent.token);
});

afterAll(async () => {
  await proxy.close();
  await relay.close();
  await upstream.close();
});

const get = () => send(callBody("get", { key: "x" }));

async function expectWorks(): Promise<void> {
  await expect.poll(async () => (await get()).text, { timeout: 10_000 }).toContain("get:x");
}

/** Replaces the stored policy document, as a damaged or newer database would hold it. */
async function storePolicy(document: Prisma.InputJsonValue): Promise<void> {
  const orgId = server.context.org.id;
  await database().policyVersion.updateMany({ where: { orgId }, data: { document } });
  await database().server.updateMany({ where: { orgId }, data: { revision: { increment: 1 } } });
}

describe("invariant 3: errors deny", () => {
  test.each([
    ["stopped", () => relay.stop()],
    ["reachable but silent", () => relay.stall()],
  ])(
    "a database that is %s: every request is refused, nothing is forwarded, and it goes on without a restart",
    async (_, takeAway) => {
      await expectWorks();
      const before = upstream.ledger.length;
      takeAway();
      const answers = await Promise.all([
        get(),
        send(listBody),
        get(),
        send(callBody("no_such_tool")),
      ]);
      for (const { status, headers, text } of answers) {
        expect(status).toBe(503);
        expect(headers.get("retry-after")).toBe("5");
        expect(JSON.parse(text).error).toEqual({
          code: 503,
          message:
            "Callgate cannot decide or record calls right now, so nothing was forwarded. Retry in 5 seconds.",
        });
      }
      expect(upstream.ledger.length).toBe(before);
      relay.resume();
      await expectWorks();
    },
  );

  test.each<[string, Prisma.InputJsonValue]>([
    ["of a version nobody knows", { version: 99, default: "allow" }],
    ["that is no document", "allow everything"],
    ["that is an empty object", {}],
    ["without a default", { version: 1, tools: { get: { action: "allow" } } }],
    ["whose default is neither allow nor deny", { version: 1, default: "yes" }],
  ])("a stored policy %s denies everything and lists nothing", async (_, document) => {
    await expectWorks();
    const before = upstream.executed.length;
    await storePolicy(document);
    const answer = JSON.parse((await get()).text);
    expect(answer.result.isError).toBe(true);
    expect(answer.result.content[0].text).toContain("Blocked by policy");
    expect(JSON.parse((await send(listBody)).text).result.tools).toEqual([]);
    expect(upstream.executed.length).toBe(before);
    await storePolicy(policy);
    await expectWorks();
  });

  test.each<[string, Prisma.InputJsonValue]>([
    ["an action nobody knows", { action: "log_only" }],
    [
      "an operator nobody knows",
      { action: "allow", when: [{ path: "key", op: "resembles", value: "x" }] },
    ],
    [
      "a pattern that does not compile",
      { action: "allow", when: [{ path: "key", op: "matches", value: "(" }] },
    ],
    ["a limit that is no number", { action: "allow", rate_limit: { max: "many", window: 60 } }],
    ["a field nobody knows", { action: "allow", unless: [] }],
  ])("a stored rule with %s denies its tool, and only its tool", async (_, rule) => {
    const tools = { get: rule, send: { action: "allow" } };
    await storePolicy({ version: 1, default: "allow", tools });
    const before = upstream.executed.length;
    expect(JSON.parse((await get()).text).result.isError).toBe(true);
    expect(upstream.executed.length).toBe(before);
    expect((await send(callBody("send", { key: "y" }))).text).toContain("send:y");
  });

  test("a server whose policy cannot be found is no server", async () => {
    const orgId = server.context.org.id;
    await database().policyVersion.deleteMany({ where: { orgId } });
    await database().server.updateMany({ where: { orgId }, data: { revision: { increment: 1 } } });
    const before = upstream.ledger.length;
    expect((await get()).status).toBe(404);
    expect(upstream.ledger.length).toBe(before);
  });
});
