// One tenant's agents and servers at their worst, and another tenant that must not notice.
import { connect } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { makeAgent } from "#lib/testing/factories.ts";
import type { Pressure } from "#proxy/receive/pressure.ts";
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
import { type HostileUpstream, startHostileUpstream } from "#proxy/testing/hostile.ts";
import { startUpstream, type TestUpstream } from "#proxy/testing/upstream.ts";

const allowAll = { version: 1, default: "allow" };

let decent: TestUpstream;
let hostile: HostileUpstream;
let proxy: TestProxy;
let pressure: Pressure = "normal";
/** The tenant with the hostile server, and its neighbour. */
let bad: GatedServer;
let good: GatedServer;

beforeAll(async () => {
  decent = await startUpstream({ json: true, extra: ["flood", "drip", "mute"] });
  hostile = await startHostileUpstream();
  proxy = await startProxy({
    pressure: () => pressure,
    environment: {
      PROXY_MAX_REQUESTS_PER_ORG: "8",
      PROXY_MAX_STREAMS_PER_AGENT: "2",
      PROXY_MAX_STREAMS_PER_ORG: "3",
      PROXY_CALL_SILENT_SECONDS: "3",
      PROXY_CALL_SECONDS: "5",
      PROXY_STALLED_SECONDS: "1",
      PROXY_STREAM_SECONDS: "2",
    },
  });
  const gated = (url: string) =>
    gateServer(proxy, { url, definitions: decent.definitions }, allowAll);
  bad = await gated(hostile.url);
  good = await gated(decent.url);
});

afterEach(() => {
  pressure = "normal";
});

afterAll(async () => {
  await proxy.close();
  await hostile.close();
  await decent.close();
});

const call = (tool: string, server = bad) => post(server.url, server.agent.token, callBody(tool));

/** The neighbour's calls, five at once, all run. */
async function expectUnharmed(): Promise<void> {
  const send = await openSession(good.url, good.agent.token);
  const keys = ["a", "b", "c", "d", "e"];
  const answers = await Promise.all(keys.map((key) => send(callBody("get", { key }))));
  expect(answers.map(({ text }) => JSON.parse(text).result.content[0].text)).toEqual(
    keys.map((key) => `get:${key}`),
  );
}

describe("servers that do not end", () => {
  test("a silent one is given up on after the silence that is allowed", async () => {
    const [answer] = await Promise.all([call("mute"), expectUnharmed()]);
    expect(answer.text).toContain("may or may not have been performed");
    await expect.poll(() => hostile.open.mute).toBe(0);
  });

  test("one that only comments is given up on at the deadline of the call", async () => {
    const [answer] = await Promise.all([call("drip"), expectUnharmed()]);
    expect(answer.text).toContain("may or may not have been performed");
    await expect.poll(() => hostile.open.drip).toBe(0);
  });

  test("one that floods is cut off, and never beyond what a stream may carry", async () => {
    const before = hostile.flooded();
    const [answer] = await Promise.all([call("flood"), expectUnharmed()]);
    expect(answer.text).toContain("may or may not have been performed");
    await expect.poll(() => hostile.open.flood).toBe(0);
    expect(hostile.flooded() - before).toBeLessThan(96 * 1024 * 1024);
  });
});

describe("agents that do not read", () => {
  test("pause their server instead of filling the proxy's memory, and are cut off in the end (ADV-161)", async () => {
    const before = hostile.flooded();
    const { hostname, port, pathname } = new URL(bad.url);
    const body = callBody("flood");
    const socket = connect(Number(port), hostname).pause();
    socket.on("error", () => {});
    socket.write(
      `POST ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAuthorization: Bearer ${bad.agent.token}\r\n` +
        "Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n" +
        `Content-Length: ${body.length}\r\n\r\n${body}`,
    );
    await expect.poll(() => hostile.open.flood).toBe(1);
    let seen = -1;
    const isStuck = () => {
      const stuck = hostile.flooded() === seen;
      seen = hostile.flooded();
      return stuck && seen > before;
    };
    await expect.poll(isStuck, { interval: 100, timeout: 5_000 }).toBe(true);
    expect(seen - before).toBeLessThan(32 * 1024 * 1024);
    await expectUnharmed();
    await expect.poll(() => hostile.open.flood, { timeout: 10_000 }).toBe(0);
    const orgId = bad.context.org.id;
    await expect
      .poll(async () => {
        const calls = await database().call.count({ where: { orgId } });
        return calls - (await database().callOutcome.count({ where: { orgId } }));
      })
      .toBe(0);
    socket.destroy();
  });
});

describe("shares", () => {
  test("an org has so many requests under way; more are told to wait, others are not affected", async () => {
    const running = Array.from({ length: 8 }, () => call("mute"));
    await expect.poll(() => hostile.open.mute).toBe(8);
    const refused = await call("get");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
    expect(JSON.parse(refused.text).error).toMatchObject({
      code: 429,
      message: expect.stringContaining("nothing was forwarded"),
    });
    await expectUnharmed();
    await Promise.all(running);
    expect((await call("get")).text).toContain("ran get");
  });

  test("an agent and an org have so many open streams, and closing one makes room (ADV-162)", async () => {
    const send = await openSession(bad.url, bad.agent.token);
    const other = await makeAgent(bad.context, { servers: [bad.server] });
    const otherSend = await openSession(bad.url, other.token);
    const open = async (token: string, session: string) => {
      const gone = new AbortController();
      const headers = {
        authorization: `Bearer ${token}`,
        accept: "text/event-stream",
        "mcp-session-id": session,
      };
      const { status } = await fetch(bad.url, { headers, signal: gone.signal });
      return { status, gone };
    };
    const mine = () => open(bad.agent.token, send.session);
    const others = () => open(other.token, otherSend.session);
    const first = await mine();
    expect([first.status, (await mine()).status, (await mine()).status]).toEqual([200, 200, 429]);
    expect([(await others()).status, (await others()).status]).toEqual([200, 429]);
    expect(hostile.open.streams).toBe(3);
    first.gone.abort();
    // The server's end goes with the agent's, or it would be open until the server speaks.
    await expect.poll(() => hostile.open.streams).toBe(2);
    await expect.poll(async () => (await others()).status).toBe(200);
    // The rest end by themselves after the time a stream may take.
    await expect.poll(() => hostile.open.streams, { timeout: 5_000 }).toBe(0);
  });
});

describe("a proxy short of memory or time", () => {
  test("refuses everything but what frees room, and says when to come back", async () => {
    const send = await openSession(good.url, good.agent.token);
    const before = decent.ledger.length;
    pressure = "critical";
    for (const body of [initializeBody, listBody, callBody("get")]) {
      const answer = await send(body);
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "2"]);
      expect(JSON.parse(answer.text).error.message).toContain("nothing was forwarded");
    }
    expect(decent.ledger.length).toBe(before);
    expect((await fetch(`${proxy.origin}/healthz`)).status).toBe(200);
    const headers = {
      authorization: `Bearer ${good.agent.token}`,
      "mcp-session-id": send.session,
    };
    expect((await fetch(good.url, { method: "DELETE", headers })).status).toBe(200);
  });

  test("refuses what lasts before it refuses calls", async () => {
    const send = await openSession(good.url, good.agent.token);
    pressure = "high";
    expect((await post(good.url, good.agent.token, initializeBody)).status).toBe(503);
    const headers = {
      authorization: `Bearer ${good.agent.token}`,
      accept: "text/event-stream",
      "mcp-session-id": send.session,
    };
    expect((await fetch(good.url, { headers })).status).toBe(503);
    expect((await send(callBody("get", { key: "k" }))).text).toContain("get:k");
  });
});
