// What a proxy remembers of an agent at the address of all its servers never decides: admission proves it.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { grantServers, revokeAgent, rotateAgent } from "#lib/agents/agents.ts";
import { database } from "#lib/db.ts";
import { setToolRules } from "#lib/rules/rules.ts";
import { removeServer } from "#lib/servers/servers.ts";
import { makeServer } from "#lib/testing/factories.ts";
import { logStatements } from "#lib/testing/statements.ts";
import { storeDiscovery } from "#lib/tools/store.ts";
import { type Fleet, makeFleet } from "#proxy/testing/fleet.ts";
import { callBody, openSession, post, startProxy, type TestProxy } from "#proxy/testing/harness.ts";
import { askModern } from "#proxy/testing/modern.ts";
import { startScriptedServer } from "#proxy/testing/scripted-server.ts";
import { startUpstream, type TestUpstream } from "#proxy/testing/upstream.ts";

const document = { version: 1, default: "deny", tools: { get: { action: "allow" } } };

let upstream: TestUpstream;
let proxies: [TestProxy, TestProxy];

beforeAll(async () => {
  upstream = await startUpstream({ json: true });
  proxies = [await startProxy(), await startProxy()];
});

afterAll(async () => {
  for (const proxy of proxies) await proxy.close();
  await upstream.close();
});

type Call = (proxy: TestProxy, tool: string) => Promise<{ status: number; text: string }>;

interface Warm extends Fleet {
  server: Fleet["servers"][string];
  call: Call;
  /** The session, where the era has one. */
  session: string | null;
}

const at = (proxy: TestProxy, { url }: Fleet) => proxy.origin + new URL(url).pathname;

const eras: Record<string, (fleet: Fleet) => Promise<{ call: Call; session: string | null }>> = {
  async "in a session"(fleet) {
    const { session } = await openSession(fleet.url, fleet.agent.token);
    const headers = { "mcp-session-id": session };
    const call: Call = (proxy, tool) =>
      post(at(proxy, fleet), fleet.agent.token, callBody(tool, { key: "k" }), headers);
    return { call, session };
  },
  async "by 2026-07-28"(fleet) {
    const call: Call = (proxy, tool) =>
      askModern({ url: at(proxy, fleet), agent: fleet.agent }, "tools/call", {
        name: tool,
        arguments: { key: "k" },
      });
    return { call, session: null };
  },
};

/** An agent that both proxies have served twice. */
async function warm(era: string): Promise<Warm> {
  const fleet = await makeFleet(proxies[0], { http: { ...upstream, document } });
  const server = fleet.servers.http;
  const opened = await eras[era]?.(fleet);
  if (!server || !opened) throw new Error("no fleet");
  for (let count = 0; count < 2; count += 1) {
    for (const proxy of proxies) {
      expect((await opened.call(proxy, "http__get")).text).toContain("get:k");
    }
  }
  return { ...fleet, ...opened, server };
}

describe.each(Object.keys(eras))("%s", (era) => {
  test("a call asks the database once, for its admission", async () => {
    const proxy = await startProxy();
    const { call } = await warm(era);
    const asked = logStatements(proxy.pool);
    await call(proxy, "http__get");
    expect(asked.splice(0)).toContain("find_aggregate");
    for (let count = 0; count < 3; count += 1) await call(proxy, "http__get");
    expect(asked.filter((name) => name !== "settle_calls")).toEqual(
      Array(3).fill("record_proved_call"),
    );
    await proxy.close();
  });

  const unknown = "Unknown tool: http__get";
  const changes: [string, (server: Warm) => Promise<unknown>, number, string][] = [
    [
      "a denied tool is denied",
      ({ context, server }) =>
        setToolRules(context, {
          server: server.slug,
          tools: ["get"],
          rule: { choice: "deny", reason: "Stop." },
        }),
      200,
      "Stop.",
    ],
    [
      "a hidden tool is unknown",
      ({ context, server }) =>
        setToolRules(context, { server: server.slug, tools: ["get"], rule: { choice: "hide" } }),
      200,
      unknown,
    ],
    [
      "a revoked agent is refused",
      ({ context, agent }) => revokeAgent(context, { agent: agent.name }),
      401,
      "revoked",
    ],
    [
      "a rotated token is refused",
      ({ context, agent }) => rotateAgent(context, { agent: agent.name, expiresInDays: null }),
      401,
      "revoked",
    ],
    [
      "a server that is not granted any more is unknown",
      async ({ context, agent }) => {
        const other = await makeServer(context);
        await grantServers(context, { agent: agent.name, servers: [other.slug] });
      },
      200,
      unknown,
    ],
    [
      "a removed server is unknown",
      ({ context, server }) =>
        removeServer(context, { server: server.slug, confirmSlug: server.slug }),
      200,
      unknown,
    ],
    ["a server by another name is unknown by the old one", renameServer, 200, unknown],
  ];

  test.each(changes)(
    "for the very next call on every proxy %s",
    async (_, change, status, text) => {
      const server = await warm(era);
      const before = upstream.executed.length;
      await change(server);
      for (const proxy of proxies) {
        const answer = await server.call(proxy, "http__get");
        expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(text)]);
      }
      expect(upstream.executed.length).toBe(before);
    },
  );

  test("a server that is granted, or gets another name, can be used at once on every proxy", async () => {
    const server = await warm(era);
    const added = await makeServer(server.context, { slug: "added", url: upstream.url, document });
    await storeDiscovery(
      { orgId: server.context.org.id, serverId: added.id },
      { tools: await upstream.definitions(), protocolRevision: "2025-11-25", serverInfo: {} },
    );
    for (const proxy of proxies) {
      expect((await server.call(proxy, "added__get")).text).toContain("Unknown tool");
    }
    await grantServers(server.context, { agent: server.agent.name, servers: ["http", "added"] });
    await renameServer(server);
    for (const proxy of proxies) {
      expect((await server.call(proxy, "added__get")).text).toContain("get:k");
      expect((await server.call(proxy, "renamed__get")).text).toContain("get:k");
    }
  });

  test("the name of a removed server leads to the server that has it now", async () => {
    const server = await warm(era);
    await removeServer(server.context, { server: "http", confirmSlug: "http" });
    const successor = await startUpstream({ json: true });
    const { id } = await makeServer(server.context, { slug: "next", url: successor.url, document });
    const key = { orgId: server.context.org.id, serverId: id };
    await storeDiscovery(key, {
      tools: await successor.definitions(),
      protocolRevision: "2025-11-25",
      serverInfo: {},
    });
    await grantServers(server.context, { agent: server.agent.name, servers: ["next"] });
    await renameServer({ ...server, server: { ...server.server, slug: "away" } }, "away");
    await renameServer({ ...server, server: { id, slug: "next", policyId: "" } }, "http");
    const before = upstream.executed.length;
    for (const proxy of proxies) {
      expect((await server.call(proxy, "http__get")).text).toContain("get:k");
    }
    expect([successor.executed, upstream.executed.length]).toEqual([["get", "get"], before]);
    await successor.close();
  });
});

/** No verb does this; it counts as a change of the server, as every change of one does. */
function renameServer({ context, server }: Warm, slug = "renamed") {
  return database().server.update({
    where: { orgId_id: { orgId: context.org.id, id: server.id } },
    data: { slug, revision: { increment: 1 } },
  });
}

describe("a session with all servers", () => {
  test("that its agent ended at one proxy is over for the next call at the other", async () => {
    const { url, agent, call, session } = await warm("in a session");
    const headers = { authorization: `Bearer ${agent.token}`, "mcp-session-id": session ?? "" };
    expect((await fetch(url, { method: "DELETE", headers })).status).toBe(200);
    const before = upstream.executed.length;
    for (const proxy of proxies) {
      const answer = await call(proxy, "http__get");
      expect([answer.status, answer.text]).toEqual([
        404,
        expect.stringContaining("Session not found"),
      ]);
    }
    expect(upstream.executed.length).toBe(before);
  });

  test("is over likewise with a server that has no sessions, which no admission could prove", async () => {
    await using stateless = await startScriptedServer(false);
    const fleet = await makeFleet(proxies[0], { http: { ...stateless, document } });
    const { session } = await openSession(fleet.url, fleet.agent.token);
    const headers = { authorization: `Bearer ${fleet.agent.token}`, "mcp-session-id": session };
    const call = (proxy: TestProxy) =>
      post(at(proxy, fleet), fleet.agent.token, callBody("http__get"), headers);
    for (const proxy of [...proxies, ...proxies]) {
      expect((await call(proxy)).text).toContain("done");
    }
    await fetch(fleet.url, { method: "DELETE", headers });
    for (const proxy of proxies) expect((await call(proxy)).status).toBe(404);
    expect(stateless.received.filter(({ method }) => method === "tools/call")).toHaveLength(4);
  });

  test("whose part with a server has ended opens another, and the call goes through", async () => {
    const { context, call } = await warm("in a session");
    await database().session.updateMany({
      where: { orgId: context.org.id },
      data: { endedAt: new Date() },
    });
    for (const proxy of proxies) {
      expect((await call(proxy, "http__get")).text).toContain("get:k");
    }
    expect(await database().session.count({ where: { orgId: context.org.id } })).toBe(2);
  });
});
