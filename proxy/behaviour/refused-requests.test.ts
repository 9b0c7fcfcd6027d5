// What an agent sends and no rule judges leaves a count for its page: once for each request, whichever
// address, session or proxy it came by. The record of calls stays calls.
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { database } from "#lib/db.ts";
import type { RefusalReason } from "#lib/policy/refusal-reasons.ts";
import { recordTransport } from "#lib/servers/transport.ts";
import { makeAgent } from "#lib/testing/factories.ts";
import { logEarlyRefusals } from "#proxy/main/ports.ts";
import { type DualEraFixture, startDualEra } from "#proxy/testing/fixtures/dual-era.ts";
import { discovered, type Fleet, makeFleet } from "#proxy/testing/fleet.ts";
import {
  callBody,
  type GatedServer,
  gateServer,
  initializeBody,
  listBody,
  openSession,
  post,
  startProxy,
  type TestProxy,
} from "#proxy/testing/harness.ts";
import { askModern, mirrorOf } from "#proxy/testing/modern.ts";
import { type SseTestUpstream, startSseUpstream } from "#proxy/testing/sse-upstream.ts";
import { startUpstream, type TestUpstream } from "#proxy/testing/upstream.ts";

const policy = {
  version: 1,
  default: "deny",
  tools: { get: { action: "allow" }, test_simple_text: { action: "allow" } },
  resources: { "file:///open/*": { action: "allow" } },
};
const unknownId = "00000000-0000-7000-8000-000000000000";

let upstream: TestUpstream;
let fixture: DualEraFixture;
let proxy: TestProxy;
/** One server, and all servers of an agent. */
let gated: GatedServer;
let fleet: Fleet;

beforeAll(async () => {
  upstream = await startUpstream({ json: true });
  fixture = await startDualEra();
  proxy = await startProxy();
  gated = await gateServer(proxy, upstream, policy);
  fleet = await makeFleet(proxy, { dual: await discovered(fixture, policy) });
});

afterAll(async () => {
  await proxy.close();
  await upstream.close();
  await fixture.close();
});

/** Counts of one agent, by reason and whether a server is named. */
async function countsOf(agentId: string) {
  const rows = await database().refusedRequest.findMany({
    where: { agentId },
    orderBy: { id: "asc" },
  });
  return rows.map(({ reason, serverId, requests }) => [reason, serverId !== null, requests]);
}

/** A new agent of the org, so that its counts are its own. */
async function newcomer({ context, server }: Pick<GatedServer, "context" | "server">) {
  return makeAgent(context, { servers: [server] });
}

const twice = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get","name":"x"}}';
const ask = (method: string, params: object = {}) =>
  JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });

describe("a flood", () => {
  test("of a hundred bad requests is one count of a hundred, while the proxy runs on", async () => {
    const agent = await newcomer(gated);
    await Promise.all(Array.from({ length: 100 }, () => post(gated.url, agent.token, twice)));
    await expect.poll(() => countsOf(agent.id), { timeout: 10_000 }).toEqual([["keys", true, 100]]);
    expect(await database().call.count({ where: { agentId: agent.id } })).toBe(0);
    const row = await database().refusedRequest.findFirst({ where: { agentId: agent.id } });
    expect(row).toMatchObject({
      orgId: gated.context.org.id,
      serverId: gated.server.id,
      message: 'The key "name" appears twice in one object.',
    });
  });

  test("is on record when the proxy has stopped", async () => {
    const stopping = await startProxy();
    const own = await gateServer(stopping, upstream, policy);
    for (let sent = 0; sent < 5; sent += 1) await post(own.url, own.agent.token, twice);
    await stopping.close();
    expect(await countsOf(own.agent.id)).toEqual([["keys", true, 5]]);
  });
});

test("what an honest agent does is not counted, denied calls and a server without streams included", async () => {
  const agent = await newcomer(gated);
  const send = await openSession(gated.url, agent.token);
  for (const body of [listBody, callBody("get"), callBody("delete_all"), callBody("nothing")]) {
    expect((await send(body)).status).toBe(200);
  }
  expect((await send('{"jsonrpc":"2.0","method":"notifications/initialized"}')).status).toBe(202);
  const headers = { authorization: `Bearer ${agent.token}`, "mcp-session-id": send.session };
  expect((await fetch(gated.url, { method: "DELETE", headers })).status).toBe(200);
  await proxy.report();
  expect(await countsOf(agent.id)).toEqual([]);
});

interface Attempt {
  agent: { id: string; token: string };
  /** In a session with the one server. */
  send: Awaited<ReturnType<typeof openSession>>;
  method(method: string, headers?: Record<string, string>): Promise<Response>;
}

describe("at one server, once each:", () => {
  const attempts: [string, RefusalReason, (attempt: Attempt) => Promise<unknown>][] = [
    ["a session that is no id", "session", ({ send }) => in_(send, "not-a-session")],
    ["a session that nobody has", "session", ({ send }) => in_(send, unknownId)],
    [
      "another agent's session",
      "session",
      async ({ send }) =>
        in_(send, (await openSession(gated.url, (await newcomer(gated)).token)).session),
    ],
    [
      "a session that has ended since its last call",
      "session",
      async ({ send, agent }) => {
        await send(callBody("get"));
        await database().session.updateMany({
          where: { agentId: agent.id },
          data: { endedAt: new Date() },
        });
        return send(callBody("get"));
      },
    ],
    [
      "another session's event",
      "session",
      ({ method, send }) =>
        method("GET", { "mcp-session-id": send.session, "last-event-id": "cg.theirs.1" }),
    ],
    ["a task of nobody", "task", ({ send }) => send(ask("tasks/get", { taskId: "theirs" }))],
    [
      "a task for approval of nobody",
      "task",
      ({ send }) => send(ask("tasks/result", { taskId: `callgate.approval-task.${unknownId}` })),
    ],
    [
      "a subscription that a rule refuses",
      "access",
      ({ send }) => send(ask("resources/subscribe", { uri: "file:///etc/passwd" })),
    ],
    ["a call without a name", "message", ({ send }) => send(ask("tools/call"))],
    ["an unknown method", "method", ({ send }) => send(ask("vendor/run"))],
    ["an HTTP method that there is not", "method", ({ method }) => method("PUT")],
    [
      "a stream of the revision without them",
      "method",
      ({ method }) => method("GET", { "mcp-protocol-version": "2026-07-28" }),
    ],
    [
      "a revision that there is not",
      "revision",
      ({ send }) => send(listBody, { "mcp-protocol-version": "1" }),
    ],
    [
      "an answer to no question",
      "unasked",
      ({ send }) => send('{"jsonrpc":"2.0","id":1,"result":{}}'),
    ],
    ["a form", "content", ({ send }) => send(listBody, { "content-type": "text/plain" })],
  ];

  test.each(attempts)("%s", async (_, reason, attempt) => {
    const agent = await newcomer(gated);
    const send = await openSession(gated.url, agent.token);
    const method = (name: string, headers = {}) =>
      fetch(gated.url, {
        method: name,
        headers: { authorization: `Bearer ${agent.token}`, ...headers },
      });
    const before = upstream.ledger.length;
    const calls = await database().call.count({ where: { agentId: agent.id } });
    await attempt({ agent, send, method });
    await proxy.report();
    expect(await countsOf(agent.id)).toEqual([[reason, true, 1]]);
    const made = (await database().call.count({ where: { agentId: agent.id } })) - calls;
    const sent = upstream.ledger.slice(before).filter(({ body }) => body.includes('"tools/call"'));
    expect(sent.length).toBe(made);
  });

  /** A list in another session. */
  const in_ = (send: Attempt["send"], session: string) =>
    send(listBody, { "mcp-session-id": session });

  test("a state that was not sealed for it, or names no proxy", async () => {
    const agent = await makeAgent(fleet.context, { servers: Object.values(fleet.servers) });
    const from = { url: `${fleet.url}/dual`, agent };
    const params = { name: "test_simple_text", arguments: {} };
    await askModern(from, "tools/call", { ...params, requestState: "forged" });
    await askModern(from, "tools/call", { ...params, requestState: `${unknownId}.forged` });
    await proxy.report();
    expect(await countsOf(agent.id)).toEqual([["state", true, 2]]);
  });
});

test("a server that the agent may not use is counted for the agent's own org, at either org's address", async () => {
  const agent = await newcomer(gated);
  const others = await gateServer(proxy, upstream, policy);
  const origin = new URL(gated.url).origin;
  const urls = [
    others.url,
    `${origin}/mcp/${others.context.org.slug}`,
    `${origin}/mcp/${gated.context.org.slug}/no-such-server`,
  ];
  for (const url of urls) expect((await post(url, agent.token, initializeBody)).status).toBe(404);
  await proxy.report();
  expect(await countsOf(agent.id)).toEqual([["server", false, 3]]);
  const theirs = { where: { orgId: others.context.org.id } };
  expect(await database().refusedRequest.count(theirs)).toBe(0);
});

describe("at all servers, once each:", () => {
  const attempts: [string, RefusalReason, (send: Attempt["send"]) => Promise<unknown>][] = [
    ["a tool of no server", "server", (send) => send(callBody("nowhere__get"))],
    ["a tool without a name", "message", (send) => send(ask("tools/call"))],
    ["an unknown method", "method", (send) => send(ask("vendor/run"))],
    ["a cursor of nobody", "state", (send) => send(ask("tools/list", { cursor: "theirs" }))],
    ["an answer to no question", "unasked", (send) => send('{"jsonrpc":"2.0","id":1,"result":{}}')],
    ["no session", "session", (send) => send(listBody, { "mcp-session-id": "" })],
    ["a session that is no id", "session", (send) => send(listBody, { "mcp-session-id": "x" })],
    ["keys that stand twice", "keys", (send) => send(twice)],
    ["a form", "content", (send) => send(listBody, { "content-type": "text/plain" })],
    [
      "an answer of the revision without questions",
      "revision",
      (send) =>
        send('{"jsonrpc":"2.0","id":1,"result":{}}', { "mcp-protocol-version": "2026-07-28" }),
    ],
  ];

  test.each(attempts)("%s", async (_, reason, attempt) => {
    const agent = await makeAgent(fleet.context, { servers: Object.values(fleet.servers) });
    const send = await openSession(fleet.url, agent.token);
    await attempt(send);
    await proxy.report();
    expect(await countsOf(agent.id)).toEqual([[reason, false, 1]]);
    expect(await database().call.count({ where: { agentId: agent.id } })).toBe(0);
  });

  test("a request that one server's part refuses, for that server", async () => {
    const agent = await makeAgent(fleet.context, { servers: Object.values(fleet.servers) });
    const send = await openSession(fleet.url, agent.token);
    await send(ask("resources/subscribe", { uri: "mcp.dual+file:///etc/passwd" }));
    await proxy.report();
    expect(await countsOf(agent.id)).toEqual([["access", true, 1]]);
  });

  test("an unknown method of a modern agent", async () => {
    const agent = await makeAgent(fleet.context, { servers: Object.values(fleet.servers) });
    await askModern({ url: fleet.url, agent }, "tasks/get");
    await fetch(fleet.url, {
      headers: { authorization: `Bearer ${agent.token}`, ...mirrorOf("tools/list", {}) },
    });
    await proxy.report();
    expect(await countsOf(agent.id)).toEqual([["method", false, 2]]);
  });
});

test("nothing that only an agent knows is kept: its token stands in no count", async () => {
  const agent = await newcomer(gated);
  const body = `{"jsonrpc":"2.0","${agent.token}":1,"${agent.token}":2}`;
  expect((await post(gated.url, agent.token, body)).text).toContain(agent.token);
  await proxy.report();
  const rows = await database().refusedRequest.findMany({ where: { agentId: agent.id } });
  expect(rows.map(({ message }) => message)).toEqual([
    'The key "cg_agt_…" appears twice in one object.',
  ]);
});

describe("two proxies", () => {
  let sse: SseTestUpstream;

  beforeAll(async () => {
    sse = await startSseUpstream();
    return () => sse.close();
  });

  test("count a request once that one of them hands on to the other", async () => {
    const second = await startProxy();
    const held = await gateServer(proxy, sse, { version: 1, default: "allow" });
    await recordTransport(held.context.org.id, held.server.id, "sse", ["2024-11-05"]);
    const { session } = await openSession(held.url, held.agent.token);
    const elsewhere = second.origin + new URL(held.url).pathname;
    await post(elsewhere, held.agent.token, twice, { "mcp-session-id": session });
    await Promise.all([proxy.report(), second.report()]);
    expect(await countsOf(held.agent.id)).toEqual([["keys", true, 1]]);
    await second.close();
  });
});

test("requests of nobody known are counted in the log alone, without anything of what they brought", async () => {
  const logged: string[] = [];
  const log = vi.spyOn(process.stderr, "write").mockImplementation((line) => {
    logged.push(String(line));
    return true;
  });
  const loud = await startProxy({ ports: { reportEarlyRefusals: logEarlyRefusals } });
  try {
    const url = loud.origin + new URL(gated.url).pathname;
    const before = await database().refusedRequest.count();
    await post(url, null, listBody);
    await post(url, null, listBody);
    await post(url, "cg_agt_guessed", listBody);
    await post(url, gated.agent.token, listBody, { origin: "https://evil.test" });
    await post(`${url}?token=guessed`, null, listBody);
    await post(`${url}/tools`, gated.agent.token, listBody);
    await loud.report();
    const requests = { no_token: 2, bad_token: 1, origin: 1, token_in_url: 1, path: 1 };
    const message = "requests refused before authentication";
    const line = { at: expect.any(String), level: "info", message, requests };
    expect(logged.map((text) => JSON.parse(text))).toEqual([line]);
    await loud.report();
    expect(logged).toHaveLength(1);
    expect(await database().refusedRequest.count()).toBe(before);
  } finally {
    log.mockRestore();
    await loud.close();
  }
});
