// Several proxies on one database: whichever is asked, a session goes on in the one that holds it.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { gateConnector } from "#proxy/testing/connector.ts";
import {
  callBody,
  type GatedServer,
  gateServer,
  listBody,
  openSession,
  post,
  startProxy,
  type TestProxy,
} from "#proxy/testing/harness.ts";
import { type SseTestUpstream, startSseUpstream } from "#proxy/testing/sse-upstream.ts";
import { type Fleet, startFleet } from "#scripts/campaign/fleet.ts";
import { relayedHeader } from "./peers.ts";

const allowAll = { version: 1, default: "allow" };

let upstream: SseTestUpstream;

beforeAll(async () => {
  upstream = await startSseUpstream();
});

afterAll(() => upstream.close());

/** An SSE server behind the gate: its sessions live in one proxy, as those of programs do. */
async function gateSse(proxy: Pick<TestProxy, "origin">): Promise<GatedServer> {
  const gated = await gateServer(proxy, upstream, allowAll);
  await database().server.update({
    where: { orgId_id: { orgId: gated.context.org.id, id: gated.server.id } },
    data: { transport: "sse", revision: { increment: 1 } },
  });
  return gated;
}

/** A client whose requests go to each origin in turn; `sentTo` counts them. */
async function connectAlternating(gated: GatedServer, origins: string[]) {
  const { pathname } = new URL(gated.url);
  const sentTo = new Map<string, number>();
  let turn = 0;
  const client = new Client({ name: "alternating", version: "1" });
  const transport = new StreamableHTTPClientTransport(new URL(gated.url), {
    requestInit: { headers: { authorization: `Bearer ${gated.agent.token}` } },
    fetch: (_url, init) => {
      const origin = origins[turn++ % origins.length] ?? "";
      sentTo.set(origin, (sentTo.get(origin) ?? 0) + 1);
      return fetch(new URL(pathname, origin), init);
    },
  });
  // The SDK's own transport does not satisfy its interface under exactOptionalPropertyTypes.
  await client.connect(transport as Parameters<Client["connect"]>[0]);
  return { client, sentTo };
}

function textOf(result: Awaited<ReturnType<Client["callTool"]>>): string {
  return (result.content as { text: string }[])[0]?.text ?? "";
}

describe("two proxies as operators run them", () => {
  let fleet: Fleet;

  beforeAll(async () => {
    fleet = await startFleet(process.env.DATABASE_URL ?? "", 2);
  });

  afterAll(() => fleet.close());

  test("a session with a program is served by both, and both refuse what the policy refuses", async () => {
    const gated = await gateConnector({ origin: fleet.origins[0] ?? "" });
    const { client, sentTo } = await connectAlternating(gated, fleet.origins);
    for (let n = 0; n < 6; n += 1) {
      const echo = await client.callTool({ name: "echo", arguments: { message: `m${n}` } });
      expect(textOf(echo)).toBe(`Echo: m${n}`);
      const denied = await client.callTool({ name: "get-tiny-image", arguments: {} });
      expect(textOf(denied)).toContain("Blocked by policy");
    }
    const told: number[] = [];
    const long = { name: "trigger-long-running-operation", arguments: { duration: 0.4, steps: 4 } };
    await client.callTool(long, undefined, { onprogress: ({ progress }) => told.push(progress) });
    expect(told).toEqual([1, 2, 3, 4]);
    expect([...sentTo.values()].every((requests) => requests > 5)).toBe(true);
    expect(await database().session.count({ where: { orgId: gated.context.org.id } })).toBe(1);
    await client.close();
  });

  test("a session with an HTTP+SSE server is served by both", async () => {
    const gated = await gateSse({ origin: fleet.origins[1] ?? "" });
    const { client } = await connectAlternating(gated, fleet.origins);
    for (let n = 0; n < 4; n += 1) {
      const got = await client.callTool({ name: "get", arguments: { key: `k${n}` } });
      expect(textOf(got)).toBe(`get:k${n}`);
    }
    await client.close();
  });

  test.each(["kill", "stop"] as const)(
    "when the proxy that holds a session is gone (%s), the agent is told to start a new one, and can",
    async (how) => {
      const [first = "", second = ""] = fleet.origins;
      const gated = await gateConnector({ origin: first });
      const send = await openSession(gated.url, gated.agent.token);
      const through = (origin: string, body: string) =>
        post(`${origin}${new URL(gated.url).pathname}`, gated.agent.token, body, {
          "mcp-session-id": send.session,
        });
      expect((await through(second, callBody("echo", { message: "x" }))).text).toContain("Echo: x");
      await fleet[how](0);
      const lost = await through(second, callBody("echo", { message: "y" }));
      expect([lost.status, JSON.parse(lost.text).error]).toEqual([
        404,
        { code: -32001, message: "Session not found" },
      ]);
      const anew = await openSession(`${second}${new URL(gated.url).pathname}`, gated.agent.token);
      expect((await anew(callBody("echo", { message: "z" }))).text).toContain("Echo: z");
      await fleet.restart(0);
    },
  );
});

describe("handing a request on", () => {
  let holder: TestProxy;
  let other: TestProxy;

  beforeAll(async () => {
    [holder, other] = await Promise.all([startProxy(), startProxy()]);
  });

  afterAll(() => Promise.all([holder.close(), other.close()]));

  /** A session held by `holder`, and a way to use it through `other`. */
  async function heldSession() {
    const gated = await gateSse(holder);
    const send = await openSession(gated.url, gated.agent.token);
    const url = `${other.origin}${new URL(gated.url).pathname}`;
    const across = (body: string, token = gated.agent.token, more: Record<string, string> = {}) =>
      post(url, token, body, { "mcp-session-id": send.session, ...more });
    return { gated, send, across, url };
  }

  /** Puts another address in the place of the proxy that holds the session. */
  async function heldBy(orgId: string, address: string): Promise<void> {
    const { id } = await database().proxyInstance.create({
      data: { id: crypto.randomUUID(), address },
    });
    await database().session.updateMany({ where: { orgId }, data: { instanceId: id } });
  }

  test("grants nothing: a foreign agent and a revoked token are refused as they would be directly", async () => {
    const { gated, across, send } = await heldSession();
    const foreign = await gateSse(holder);
    expect((await across(listBody, foreign.agent.token)).status).toBe(404);
    await database().agentToken.updateMany({
      where: { orgId: gated.context.org.id },
      data: { revokedAt: new Date() },
    });
    for (const answer of [await across(listBody), await send(listBody)]) {
      expect(answer.status).toBe(401);
    }
  });

  test("carries streams and large answers as they come, and DELETE ends the session for both", async () => {
    const { across, url, gated, send } = await heldSession();
    const big = await across(callBody("get", { key: "x".repeat(1_000_000) }));
    expect(big.text.length).toBeGreaterThan(1_000_000);
    expect(big.headers.get("content-type")).toBe("text/event-stream");
    expect(big.headers.get("x-accel-buffering")).toBe("no");
    const open = upstream.sessions();
    const headers = {
      authorization: `Bearer ${gated.agent.token}`,
      "mcp-session-id": send.session,
    };
    expect((await fetch(url, { method: "DELETE", headers })).status).toBe(200);
    await expect.poll(upstream.sessions).toBe(open - 1);
    expect((await send(listBody)).status).toBe(404);
  });

  test("happens once: a request that was handed on before is answered, never passed to and fro", async () => {
    const { across, send } = await heldSession();
    const looped = await across(listBody, undefined, { [relayedHeader]: "somebody" });
    expect(looped.status).toBe(404);
    // It was only refused; the session is not lost by it.
    expect((await send(callBody("get", { key: "k" }))).text).toContain("get:k");
  });

  test.each([
    "http://127.0.0.1:1",
    "http://user:password@127.0.0.1:1",
    "ftp://127.0.0.1",
    "not an address",
    "",
  ])("goes nowhere when the holder's address is %j: the session is over", async (address) => {
    const { gated, across } = await heldSession();
    await heldBy(gated.context.org.id, address);
    const answer = await across(listBody);
    expect([answer.status, JSON.parse(answer.text).error.message]).toEqual([
      404,
      "Session not found",
    ]);
    const live = { orgId: gated.context.org.id, endedAt: null };
    expect(await database().session.count({ where: live })).toBe(0);
  });

  test.each<[string, (server: Server) => Server]>([
    [
      "dies before it answers",
      (server) => server.on("request", (request) => request.socket.destroy()),
    ],
    [
      "redirects",
      (server) =>
        server.on("request", (_request, response) => {
          response.writeHead(307, { location: "http://127.0.0.1:9/" }).end();
        }),
    ],
  ])("to a proxy that %s says that the call may have been performed", async (_, behave) => {
    const peer = behave(createServer());
    await new Promise<void>((done) => peer.listen(0, "127.0.0.1", done));
    const { gated, across } = await heldSession();
    const { port } = peer.address() as AddressInfo;
    await heldBy(gated.context.org.id, `http://127.0.0.1:${port}`);
    const answer = await across(callBody("get", { key: "k" }));
    expect(answer.status).toBe(502);
    expect(JSON.parse(answer.text).error.message).toContain("may or may not have been performed");
    expect((await across(listBody)).status).toBe(404);
    peer.closeAllConnections();
    peer.close();
  });

  test("needs no secret of its own: what an agent says about peers is not listened to", async () => {
    const elsewhere = createServer((_request, response) => void response.end("{}"));
    let asked = 0;
    elsewhere.on("connection", () => {
      asked += 1;
    });
    await new Promise<void>((done) => elsewhere.listen(0, "127.0.0.1", done));
    const address = `127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
    const { across } = await heldSession();
    const answer = await across(callBody("get", { key: "k" }), undefined, {
      "x-forwarded-host": address,
      forwarded: `host=${address}`,
      "callgate-peer": `http://${address}`,
    });
    expect(answer.text).toContain("get:k");
    expect(asked).toBe(0);
    elsewhere.close();
  });
});
