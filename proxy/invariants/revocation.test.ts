// Invariant 11: a rule change or a revocation holds from its commit on, for every process.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { grantServers, revokeAgent, rotateAgent } from "#lib/agents/agents.ts";
import { database } from "#lib/db.ts";
import { setToolRules } from "#lib/rules/rules.ts";
import { removeServer } from "#lib/servers/servers.ts";
import { makeServer } from "#lib/testing/factories.ts";
import {
  callBody,
  type GatedServer,
  gateServer,
  openSession,
  post,
  startProxy,
  type TestProxy,
} from "#proxy/testing/harness.ts";
import { startUpstream, type TestUpstream } from "#proxy/testing/upstream.ts";

let upstream: TestUpstream;
let proxies: TestProxy[];

beforeAll(async () => {
  upstream = await startUpstream({ json: true });
  proxies = [await startProxy(), await startProxy()];
});

afterAll(async () => {
  for (const proxy of proxies) await proxy.close();
  await upstream.close();
});

interface Warm extends GatedServer {
  session: string;
  /** The next call on each proxy: what each answered. */
  callAll(session?: string): Promise<{ status: number; text: string }[]>;
}

/** An agent whose access and gate both proxies have in memory, with a session open on both. */
async function warm(): Promise<Warm> {
  const [first] = proxies;
  if (!first) throw new Error("no proxy");
  const gated = await gateServer(first, upstream, {
    version: 1,
    default: "deny",
    tools: { get: { action: "allow" }, send: { action: "allow" } },
  });
  const { session } = await openSession(gated.url, gated.agent.token);
  const path = new URL(gated.url).pathname;
  const callAll = (id = session) =>
    Promise.all(
      proxies.map((proxy) =>
        post(proxy.origin + path, gated.agent.token, callBody("get", { key: "k" }), {
          "mcp-session-id": id,
        }),
      ),
    );
  for (let call = 0; call < 3; call += 1) {
    for (const answer of await callAll()) expect(answer.text).toContain("get:k");
  }
  return { ...gated, session, callAll };
}

describe("invariant 11: for the very next call on every proxy", () => {
  const changes: [string, (server: Warm) => Promise<unknown>, number, string][] = [
    [
      "a denied tool is denied",
      (server) => setRule(server, { choice: "deny", reason: "Stop." }),
      200,
      "Stop.",
    ],
    [
      "a hidden tool is unknown",
      (server) => setRule(server, { choice: "hide" }),
      200,
      "Unknown tool: get",
    ],
    [
      "a tool that needs approval waits",
      (server) => setRule(server, { choice: "approve" }),
      200,
      "Approval required",
    ],
    [
      "a revoked agent is refused",
      (server) => revokeAgent(server.context, { agent: server.agent.name }),
      401,
      "revoked",
    ],
    [
      "a rotated token is refused",
      (server) => rotateAgent(server.context, { agent: server.agent.name, expiresInDays: null }),
      401,
      "revoked",
    ],
    [
      "an expired token is refused",
      (server) =>
        database().agentToken.updateMany({
          where: { id: server.agent.tokenId },
          data: { expiresAt: new Date(Date.now() - 1000) },
        }),
      401,
      "expired",
    ],
    [
      "a removed grant leaves no server",
      async (server) => {
        const other = await makeServer(server.context);
        await grantServers(server.context, { agent: server.agent.name, servers: [other.slug] });
      },
      404,
      "no such server",
    ],
    [
      "a removed server is gone",
      ({ context, server }) =>
        removeServer(context, { server: server.slug, confirmSlug: server.slug }),
      404,
      "no such server",
    ],
    [
      "a session that its agent ended is over",
      (server) =>
        fetch(server.url, {
          method: "DELETE",
          headers: {
            authorization: `Bearer ${server.agent.token}`,
            "mcp-session-id": server.session,
          },
        }),
      404,
      "Session not found",
    ],
  ];

  test.each(changes)("%s", async (_, change, status, text) => {
    const server = await warm();
    const before = upstream.executed.length;
    await change(server);
    for (const answer of await server.callAll()) {
      expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(text)]);
    }
    expect(upstream.executed.length).toBe(before);
  });

  test("a loosened rule holds as fast as a tightened one", async () => {
    const server = await warm();
    await setRule(server, { choice: "deny" });
    for (const { text } of await server.callAll()) expect(text).toContain("Blocked by policy");
    await setRule(server, { choice: "allow" });
    for (const { text } of await server.callAll()) expect(text).toContain("get:k");
  });

  test("ADV-089: under load, no call that arrives after the change is decided by the old rule", async () => {
    const server = await warm();
    let stop = false;
    const load = Array.from({ length: 8 }, async () => {
      while (!stop) await server.callAll();
    });
    await expect.poll(() => upstream.executed.length).toBeGreaterThan(50);
    await setRule(server, { choice: "deny", reason: "Stop." });
    const [row] = await database().$queryRaw<{ now: Date }[]>`select clock_timestamp() as now`;
    for (let call = 0; call < 20; call += 1) {
      for (const { text } of await server.callAll()) expect(text).toContain("Stop.");
    }
    stop = true;
    await Promise.all(load);
    const late = await database().call.findMany({
      where: { orgId: server.context.org.id, at: { gte: row?.now ?? new Date(0) } },
    });
    expect(late.length).toBeGreaterThan(40);
    expect(
      late.filter(({ decision, policyVersion }) => decision !== "denied" || policyVersion !== 2),
    ).toEqual([]);
  });
});

function setRule(server: Warm, rule: { choice: string; reason?: string }) {
  return setToolRules(server.context, { server: server.server.slug, tools: ["get"], rule });
}
