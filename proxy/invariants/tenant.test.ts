// Invariant 7: a tenant is part of every key. Somebody else's row does not exist.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { makeAgent, makeServer } from "#lib/testing/factories.ts";
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
import { startUpstream, type TestUpstream } from "#proxy/testing/upstream.ts";

interface Party extends GatedServer {
  session: string;
  /** A second server of the same org, which the agent may not use. */
  ungranted: { slug: string };
  /** Another agent of the same org, with a session of its own. */
  colleague: { token: string; session: string };
}

let upstream: TestUpstream;
let proxy: TestProxy;
let ours: Party;
let theirs: Party;

const policy = { version: 1, default: "allow" };

beforeAll(async () => {
  upstream = await startUpstream({ json: true });
  proxy = await startProxy();
  ours = await settle();
  theirs = await settle();
});

afterAll(async () => {
  await proxy.close();
  await upstream.close();
});

async function settle(): Promise<Party> {
  const gated = await gateServer(proxy, upstream, policy);
  const ungranted = await makeServer(gated.context, { url: upstream.url, document: policy });
  const other = await makeAgent(gated.context, { servers: [gated.server] });
  return {
    ...gated,
    ungranted,
    session: (await openSession(gated.url, gated.agent.token)).session,
    colleague: { token: other.token, session: (await openSession(gated.url, other.token)).session },
  };
}

const requests: [string, (url: string, headers: Record<string, string>) => Promise<Response>][] = [
  ["POST tools/call", (url, headers) => send(url, headers, callBody("get"))],
  ["POST tools/list", (url, headers) => send(url, headers, listBody)],
  [
    "POST a notification",
    (url, headers) => send(url, headers, '{"jsonrpc":"2.0","method":"notifications/initialized"}'),
  ],
  ["GET", (url, headers) => fetch(url, { headers: { ...headers, accept: "text/event-stream" } })],
  ["DELETE", (url, headers) => fetch(url, { method: "DELETE", headers })],
];

function send(url: string, headers: Record<string, string>, body: string): Promise<Response> {
  const accept = "application/json, text/event-stream";
  return fetch(url, {
    method: "POST",
    headers: { ...headers, accept, "content-type": "application/json" },
    body,
  });
}

describe("invariant 7: no foreign org, server, session or token opens anything", () => {
  const combinations: [
    string,
    () => {
      org: string;
      server: string;
      token: string | null;
      session: string | null;
      status: 401 | 404;
    },
  ][] = [
    ["their org", () => ({ ...own(), org: theirs.context.org.slug, status: 404 })],
    [
      "their org and server",
      () => ({ ...own(), org: theirs.context.org.slug, server: theirs.server.slug, status: 404 }),
    ],
    [
      "their org, server and session",
      () => ({
        ...own(),
        org: theirs.context.org.slug,
        server: theirs.server.slug,
        session: theirs.session,
        status: 404,
      }),
    ],
    ["their server in our org", () => ({ ...own(), server: theirs.server.slug, status: 404 })],
    ["their session on our server", () => ({ ...own(), session: theirs.session, status: 404 })],
    ["their token on our server", () => ({ ...own(), token: theirs.agent.token, status: 404 })],
    [
      "their token with our session",
      () => ({ ...own(), token: theirs.agent.token, session: ours.session, status: 404 }),
    ],
    [
      "our own server without a grant",
      () => ({ ...own(), server: ours.ungranted.slug, status: 404 }),
    ],
    ["a colleague's session", () => ({ ...own(), session: ours.colleague.session, status: 404 })],
    [
      "our session with a colleague's token",
      () => ({ ...own(), token: ours.colleague.token, session: ours.session, status: 404 }),
    ],
    ["an org that does not exist", () => ({ ...own(), org: "no-such-org", status: 404 })],
    ["a server that does not exist", () => ({ ...own(), server: "no-such-server", status: 404 })],
    ["a session that does not exist", () => ({ ...own(), session: newId(), status: 404 })],
    ["no token, our session", () => ({ ...own(), token: null, status: 401 })],
    [
      "no token, their org, server and session",
      () => ({
        ...own(),
        org: theirs.context.org.slug,
        server: theirs.server.slug,
        token: null,
        session: theirs.session,
        status: 401,
      }),
    ],
  ];
  const own = () => ({
    org: ours.context.org.slug,
    server: ours.server.slug,
    token: ours.agent.token,
    session: ours.session,
  });

  test.each(combinations)("%s", async (_, combination) => {
    const { org, server, token, session, status } = combination();
    const url = `${proxy.origin}/mcp/${org}/${server}`;
    const headers = {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(session === null ? {} : { "mcp-session-id": session }),
    };
    const before = upstream.ledger.length;
    const records = await database().call.count();
    for (const [request, run] of requests) {
      const answer = await run(url, headers);
      expect([request, answer.status, JSON.parse(await answer.text()).error.message]).toEqual([
        request,
        status,
        expect.stringMatching(/^(There is no such server|Session not found|The agent token is)/),
      ]);
    }
    expect(upstream.ledger.length).toBe(before);
    expect(await database().call.count()).toBe(records);
  });

  test("what exists elsewhere is answered exactly as what exists nowhere", async () => {
    const bodyOf = async (org: string, server: string) => {
      const { status, text } = await post(
        `${proxy.origin}/mcp/${org}/${server}`,
        ours.agent.token,
        callBody("get"),
      );
      return `${status} ${text}`;
    };
    const nowhere = await bodyOf("no-such-org", "no-such-server");
    expect(await bodyOf(theirs.context.org.slug, theirs.server.slug)).toBe(nowhere);
    expect(await bodyOf(theirs.context.org.slug, "no-such-server")).toBe(nowhere);
    expect(await bodyOf(ours.context.org.slug, theirs.server.slug)).toBe(nowhere);
    expect(await bodyOf(ours.context.org.slug, ours.ungranted.slug)).toBe(nowhere);
  });

  test("after all that, every session still works for its owner", async () => {
    for (const { url, token, session } of [
      { url: ours.url, token: ours.agent.token, session: ours.session },
      { url: ours.url, ...ours.colleague },
      { url: theirs.url, token: theirs.agent.token, session: theirs.session },
    ]) {
      const { text } = await post(url, token, callBody("get", { key: "k" }), {
        "mcp-session-id": session,
      });
      expect(text).toContain("get:k");
    }
  });
});
