// What an agent's HTTP library sees at the edges: methods, paths, origins, challenges, headers.
import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newAgentToken } from "#lib/auth/tokens.ts";
import { database } from "#lib/db.ts";
import { makeAgent } from "#lib/testing/factories.ts";
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
import { startLocalServer } from "#proxy/testing/local-server.ts";
import { startUpstream, type TestUpstream } from "#proxy/testing/upstream.ts";

/** What the audit log of its org says of leaked tokens. */
const leaks = ({ context }: GatedServer) =>
  database().auditEvent.findMany({ where: { orgId: context.org.id, action: "agent.leak" } });

const allowAll = { version: 1, default: "allow" };
const origin = "https://playground.example";

let upstream: TestUpstream;
let proxy: TestProxy;
let server: GatedServer;

beforeAll(async () => {
  upstream = await startUpstream({ json: true });
  proxy = await startProxy({ environment: { PROXY_ORIGINS: `${origin}, https://other.example/` } });
  server = await gateServer(proxy, upstream, allowAll);
});

afterAll(async () => {
  await proxy.close();
  await upstream.close();
});

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** One request as it is; fetch would refuse some methods and add headers to others. */
function send(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body = "",
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const url = new URL(path, proxy.origin);
    const request = httpRequest(url, { method, headers, path }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
      });
      response.once("end", () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    request.once("error", reject);
    request.end(body);
  });
}

const path = () => new URL(server.url).pathname;
const bearer = () => ({ authorization: `Bearer ${server.agent.token}` });
const json = { "content-type": "application/json", accept: "application/json, text/event-stream" };

describe("addresses that are not a server", () => {
  test.each([
    "/",
    "/sse",
    "/messages",
    "/mcp",
    "/register",
    "/authorize",
    "/token",
    "/favicon.ico",
    "/robots.txt",
    "/.well-known/oauth-protected-resource",
    "/.well-known/oauth-authorization-server",
    "/.well-known/openid-configuration",
    "/.well-known/oauth-protected-resource/mcp/org/server",
    "/mcp/org/server/.well-known/oauth-protected-resource",
    "/mcp/org/server/sse",
  ])(
    "%s is a plain 404 in JSON, for every method: nothing there asks for OAuth",
    async (probed) => {
      for (const method of ["GET", "POST"]) {
        const { status, headers, text } = await send(method, probed, json, "");
        expect([method, status, headers["content-type"]]).toEqual([
          method,
          404,
          "application/json",
        ]);
        expect(JSON.parse(text)).toMatchObject({ jsonrpc: "2.0", id: null, error: { code: 404 } });
        expect(headers["www-authenticate"]).toBeUndefined();
        expect(headers.location).toBeUndefined();
      }
    },
  );
});

describe("methods", () => {
  test.each(["PUT", "PATCH", "HEAD", "OPTIONS", "PROPFIND", "TRACE"])(
    "%s on a server is 405 and says what there is",
    async (method) => {
      const { status, headers, text } = await send(method, path(), bearer());
      expect([status, headers.allow]).toEqual([405, "POST, GET, DELETE"]);
      if (method !== "HEAD") expect(JSON.parse(text).error.message).toContain("POST, GET, DELETE");
    },
  );
});

describe("who is asking", () => {
  test.each<[string, Record<string, string>, string]>([
    ["no token", {}, 'Bearer realm="callgate"'],
    ["an unknown token", { authorization: "Bearer cg_agt_x" }, "invalid"],
    ["another scheme", { authorization: "Basic dXNlcjpwYXNz" }, "invalid"],
    ["an empty token", { authorization: "Bearer " }, "invalid"],
  ])("%s: 401 with a challenge that leads to no OAuth", async (_, headers, challenge) => {
    for (const method of ["POST", "GET", "DELETE"]) {
      const answer = await send(method, path(), { ...json, ...headers }, "");
      expect(answer.status).toBe(401);
      expect(answer.headers["www-authenticate"]).toBe(
        challenge === "invalid" ? 'Bearer realm="callgate", error="invalid_token"' : challenge,
      );
      expect(JSON.parse(answer.text).error.message).toContain("Authorization: Bearer cg_agt_");
    }
  });

  test("an agent that may not use this server gets 404, as for one that is not there", async () => {
    const other = await gateServer(proxy, upstream, allowAll);
    const foreign = await post(other.url, server.agent.token, listBody);
    const missing = await post(`${proxy.origin}/mcp/nobody/nothing`, server.agent.token, listBody);
    expect([foreign.status, foreign.text]).toEqual([404, missing.text]);
    expect(missing.status).toBe(404);
  });

  test.each(["token", "access_token", "api_key", "Authorization"])(
    "a token in the query string (%s) is refused, even beside a good one in its header",
    async (name) => {
      const secret = `${name}=${server.agent.token}`;
      const answer = await send(
        "POST",
        `${path()}?a=b&${secret}`,
        { ...json, ...bearer() },
        listBody,
      );
      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.text).error.message).toContain("Tokens are not accepted in the URL");
    },
  );

  test("a token in the query string alone is none: 401, and the advice to rotate it (ADV-117)", async () => {
    const answer = await send("POST", `${path()}?access_token=${server.agent.token}`, json, "");
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toBe(
      'Bearer realm="callgate", error="invalid_request"',
    );
    expect(JSON.parse(answer.text).error.message).toContain("rotate this token");
  });

  test("a leaked token stands in the org's audit log, once, and what is none stands nowhere (ADV-117)", async () => {
    const gated = await gateServer(proxy, upstream, allowAll);
    const { token } = gated.agent;
    const { pathname } = new URL(gated.url);
    const changed = `${token.slice(0, -1)}${token.endsWith("a") ? "b" : "a"}`;
    const ask = (query: string) => send("POST", `${pathname}?${query}`, json, "");
    await ask(`access_token=${changed}`);
    await ask(`token=${newAgentToken().token}`);
    for (const query of [`access_token=Bearer%20${token}`, `x=${token}`, `key=${token}`]) {
      expect((await ask(query)).status).toBe(401);
      await expect.poll(() => leaks(gated)).toHaveLength(1);
    }
    const [leak] = await leaks(gated);
    expect(leak).toMatchObject({
      actor: { name: "Callgate" },
      subject: { id: gated.agent.id, name: gated.agent.name },
      detail: { last4: token.slice(-4) },
    });
    expect(JSON.stringify(leak)).not.toContain(token);
  });

  test("of many tokens in one address, the first two are looked up", async () => {
    const gated = await gateServer(proxy, upstream, allowAll);
    const agents = [gated.agent, await makeAgent(gated.context), await makeAgent(gated.context)];
    const ask = (...asked: typeof agents) =>
      send("POST", `${path()}?${asked.map(({ token }) => `token=${token}`).join("&")}`, json, "");
    expect((await ask(...agents)).status).toBe(401);
    await expect.poll(() => leaks(gated)).toHaveLength(2);
    const [first, second, third] = agents;
    // The audit log would hold the third by now: what is looked up next has been written.
    const fourth = await makeAgent(gated.context);
    await ask(fourth);
    await expect.poll(() => leaks(gated)).toHaveLength(3);
    const found = (await leaks(gated)).map(({ subject }) => subject);
    for (const agent of [first, second, fourth])
      expect(found).toContainEqual(expect.objectContaining({ id: agent?.id }));
    expect(JSON.stringify(found)).not.toContain(third?.id);
  });

  test("a token under any other name in the query string is recognised by its form", async () => {
    const answer = await send("GET", `${path()}?x=${server.agent.token}`, bearer());
    expect(answer.status).toBe(400);
  });
});

describe("pages of other origins", () => {
  const preflight = (from: string, asked: string) => ({
    origin: from,
    "access-control-request-method": "POST",
    "access-control-request-headers": asked,
  });

  test("a configured origin gets the answer to its preflight", async () => {
    const asked = "authorization, mcp-session-id, mcp-param-region, x-evil";
    const { status, headers, text } = await send("OPTIONS", path(), preflight(origin, asked));
    expect([status, text]).toEqual([204, ""]);
    expect(headers).toMatchObject({
      "access-control-allow-origin": origin,
      "access-control-allow-methods": "POST, GET, DELETE",
      "access-control-allow-headers":
        "authorization, content-type, accept, mcp-session-id, mcp-protocol-version, mcp-method, mcp-name, " +
        "last-event-id, mcp-param-region",
      vary: "Origin",
    });
    expect(headers["access-control-allow-credentials"]).toBeUndefined();
  });

  test.each(["http://dashboard.test", "https://other.example"])(
    "%s may read answers, refusals included",
    async (allowed) => {
      const headers = { ...json, ...bearer(), origin: allowed };
      const opened = await send("POST", path(), headers, initializeBody);
      const refused = await send("POST", path(), { ...json, origin: allowed }, "");
      for (const answer of [opened, refused]) {
        expect(answer.headers).toMatchObject({
          "access-control-allow-origin": allowed,
          "access-control-expose-headers": "mcp-session-id, www-authenticate, retry-after",
        });
      }
      expect([opened.status, refused.status]).toEqual([200, 401]);
    },
  );

  test.each([
    "https://evil.example",
    "null",
    "http://playground.example",
    "https://playground.example:444",
  ])("the origin %s is refused and told nothing", async (from) => {
    for (const [method, headers] of [
      ["OPTIONS", preflight(from, "authorization")],
      ["POST", { ...json, ...bearer(), origin: from }],
      ["GET", { ...bearer(), origin: from }],
    ] as const) {
      const answer = await send(method, path(), headers, "");
      expect(answer.status).toBe(403);
      expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
    }
  });

  test("the proxy's own origin is no other origin, but only where it was addressed", async () => {
    const own = await send(
      "POST",
      path(),
      { ...json, ...bearer(), origin: proxy.origin },
      initializeBody,
    );
    expect(own.status).toBe(200);
    const localhost = proxy.origin.replace("127.0.0.1", "localhost");
    const other = await send(
      "POST",
      path(),
      { ...json, ...bearer(), origin: localhost },
      initializeBody,
    );
    expect(other.status).toBe(403);
  });

  test("requests without an origin get no CORS headers", async () => {
    const { headers } = await send("POST", path(), { ...json, ...bearer() }, initializeBody);
    expect(Object.keys(headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  });
});

describe("headers on the way up and down", () => {
  test("nothing of the agent's credentials goes up, trace context does", async () => {
    const session = await openSession(server.url, server.agent.token);
    const before = upstream.ledger.length;
    await session(callBody("get", { key: "k" }), {
      cookie: "session=agent",
      "proxy-authorization": "Basic agent",
      "x-forwarded-for": "10.0.0.1",
      "x-forwarded-host": "agent.test",
      forwarded: "for=10.0.0.1",
      "x-api-key": "agent",
      referer: "https://agent.test/secret",
      traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
      tracestate: "vendor=1",
      baggage: "user=1",
    });
    const entry = upstream.ledger.slice(before).find(({ body }) => body.includes("tools/call"));
    expect(entry?.headers).toMatchObject({
      traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
      tracestate: "vendor=1",
      baggage: "user=1",
      accept: "application/json, text/event-stream",
      "accept-encoding": "identity",
    });
    expect(JSON.stringify(entry?.headers)).not.toMatch(/[= "]agent|10\.0\.0\.1|cg_agt_/);
    expect(entry?.headers["mcp-session-id"]).not.toBe(session.session);
    for (const name of ["authorization", "cookie", "origin", "forwarded", "x-forwarded-for"]) {
      expect(entry?.headers[name]).toBeUndefined();
    }
  });

  test.each([
    ["an answer", 200, { jsonrpc: "2.0", id: 1, result: { content: [] } }],
    ["a refusal", 401, { error: "invalid_token" }],
    ["a JSON-RPC error", 400, { jsonrpc: "2.0", id: 1, error: { code: -32000, message: "no" } }],
    ["a failure", 500, { stack: "at secret.ts" }],
  ])("nothing but the message of the server comes down with %s", async (_, status, body) => {
    await using leaky = await startLocalServer((_request, response) => {
      response.writeHead(status, {
        "content-type": "application/json",
        "set-cookie": "upstream=secret",
        "www-authenticate": 'Bearer resource_metadata="https://upstream.test/.well-known"',
        server: "upstream/1.0",
        "x-powered-by": "upstream",
        "access-control-allow-origin": "*",
        link: "<https://upstream.test>",
      });
      response.end(JSON.stringify(body));
    });
    const gated = await gateServer(
      proxy,
      { url: leaky.url.href, definitions: upstream.definitions },
      allowAll,
    );
    const answer = await post(gated.url, gated.agent.token, callBody("get"));
    const ours = [
      "cache-control",
      "connection",
      "content-length",
      "content-type",
      "date",
      "keep-alive",
      "x-content-type-options",
    ];
    expect([...answer.headers.keys()].filter((name) => !ours.includes(name))).toEqual([]);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.text).not.toMatch(/secret|upstream\.test|resource_metadata/);
  });
});
