// Upstream trouble: the agent learns what happened and never a claim that is not known to be true.
import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { openMaintenancePool } from "#lib/gate/pool.ts";
import { makeChannel } from "#lib/testing/factories.ts";
import { recoverRefused } from "#lib/tools/recover-refused.ts";
import {
  callBody,
  gateServer,
  listBody,
  post,
  startProxy,
  type TestProxy,
} from "#proxy/testing/harness.ts";
import { type SeenRequest, startLocalServer } from "#proxy/testing/local-server.ts";
import { parseAllowedNetworks } from "#proxy/upstream/address-guard.ts";
import { createHttpUpstream, HTTP_UPSTREAM_DEFAULTS } from "#proxy/upstream/http.ts";

const pool = openMaintenancePool(process.env.DATABASE_URL ?? "");
let proxy: TestProxy;

beforeAll(async () => {
  const allowed = parseAllowedNetworks(["127.0.0.0/8"]);
  proxy = await startProxy({
    ports: {
      openUpstream: async ({ url }) =>
        createHttpUpstream(new URL(url ?? ""), {
          ...HTTP_UPSTREAM_DEFAULTS,
          headers: {},
          allowed,
          totalMilliseconds: 500,
          maxAnswerBytes: 10_000,
        }),
    },
  });
});

afterAll(async () => {
  await proxy.close();
  await pool.end();
});

const definitions = async () => [{ name: "pay", inputSchema: { type: "object" } }];
const policy = { version: 1, default: "allow" };

type Answer = (request: SeenRequest, response: ServerResponse) => void;

const json = (status: number, body: string, headers = {}): Answer => {
  return (_, response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(body);
  };
};
const page = (status: number, headers = {}): Answer => {
  return (_, response) => {
    response.writeHead(status, { "content-type": "text/html", ...headers });
    response.end("<h1>Error</h1><pre>at Object.pay (/srv/app/pay.js:10:3)</pre>");
  };
};

interface Expected {
  /** What the agent reads between the server's name and the decision. */
  says: string;
  code: string;
  httpStatus: number | null;
}

const says = (text: string) => (code: string, httpStatus: number | null) => ({
  says: text,
  code,
  httpStatus,
});
const late = says("it did not answer in time.");
const ended = says("the connection ended before the answer.");
const invalid = says("its answer is not valid MCP.");
const tooLarge = says("its answer is larger than the proxy accepts.");
const unauthorized = says(
  "it refuses the stored credential; an administrator of the org has to renew it.",
);
const unreachable = says(
  "it cannot be reached; an administrator of the org can see why on the server's page.",
);

const afterSent: [string, Answer, Expected][] = [
  ["never answers", () => {}, late("timeout", null)],
  [
    "stops in the middle of its answer",
    (_, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": 500 });
      response.write('{"jsonrpc":"2.0",');
    },
    late("timeout", null),
  ],
  [
    "resets the connection before it answers",
    (_, response) => response.socket?.resetAndDestroy(),
    ended("closed", null),
  ],
  [
    "resets the connection in the middle of its answer",
    (_, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": 500 });
      response.write('{"jsonrpc":"2.0",', () => response.socket?.resetAndDestroy());
    },
    ended("closed", null),
  ],
  [
    "resets its event stream",
    (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(": working\n\n", () => response.socket?.resetAndDestroy());
    },
    ended("closed", null),
  ],
  [
    "ends its event stream without an answer",
    (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end(
        'event: message\ndata: {"jsonrpc":"2.0","method":"notifications/message","params":{}}\n\n',
      );
    },
    ended("closed", null),
  ],
  ["answers with a web page", page(200), invalid("not_mcp", 200)],
  ["answers with JSON that is no message", json(200, '{"paid":true}'), invalid("not_mcp", null)],
  [
    "answers another request",
    json(200, '{"jsonrpc":"2.0","id":99,"result":{}}'),
    invalid("protocol", null),
  ],
  ["answers with nothing", json(204, ""), invalid("protocol", 204)],
  ["answers compressed", json(200, "x", { "content-encoding": "gzip" }), invalid("protocol", null)],
  [
    "answers more than is taken",
    json(200, `{"jsonrpc":"2.0","id":1,"result":{"text":"${"x".repeat(20_000)}"}}`),
    tooLarge("too_large", null),
  ],
  [
    "wants another token",
    json(401, '{"error":"invalid_token"}', {
      "www-authenticate": 'Bearer resource_metadata="https://upstream.test/.well-known"',
      "set-cookie": "session=upstream",
    }),
    unauthorized("unauthorized", 401),
  ],
  [
    "forbids the call",
    page(403, { "www-authenticate": "Basic" }),
    unauthorized("unauthorized", 403),
  ],
  ["fails with a stack trace", page(500), unreachable("http_status", 500)],
  ["is overloaded", page(503, { "retry-after": "7" }), unreachable("http_status", 503)],
  [
    "redirects",
    page(307, { location: "https://elsewhere.test/mcp" }),
    unreachable("redirect", 307),
  ],
];

async function outcomeOf(orgId: string) {
  await expect.poll(() => database().callOutcome.count({ where: { orgId } })).toBe(1);
  const [call] = await database().call.findMany({ where: { orgId } });
  const [outcome] = await database().callOutcome.findMany({ where: { orgId } });
  expect(outcome?.callId).toBe(call?.id);
  return { id: call?.id, decision: call?.decision, outcome };
}

/** The single text of an answer, whether it came as JSON or as an event. */
function resultOf(text: string) {
  const data = text.startsWith("{") ? text : (/data: (.*)\n\n$/.exec(text)?.[1] ?? "");
  return JSON.parse(data).result;
}

describe("a call to a server that", () => {
  test.each(afterSent)(
    "%s may have been performed, and the agent is told so",
    async (_, answer, expected) => {
      await using upstream = await startLocalServer(answer);
      const gated = await gateServer(proxy, { url: upstream.url.href, definitions }, policy);
      const reply = await post(gated.url, gated.agent.token, callBody("pay"));
      const { id, decision, outcome } = await outcomeOf(gated.context.org.id);
      const result = resultOf(reply.text);
      expect(reply.status).toBe(200);
      expect(result).toEqual({
        isError: true,
        content: [
          {
            type: "text",
            text:
              `Server "${gated.server.slug}" could not answer: ${expected.says} The action may or may not ` +
              `have been performed; check before you repeat it. Decision ${id}.`,
          },
        ],
        _meta: {
          "dev.callgate/decision": {
            outcome: "upstream_error",
            reason: expected.code,
            rule: null,
            decisionId: id,
            retryable: false,
          },
        },
      });
      expect(upstream.seen).toHaveLength(1);
      expect(decision).toBe("allowed");
      expect(outcome).toMatchObject({
        outcome: "upstream_error",
        detail: `${expected.code}, after the call was sent`,
        httpStatus: expected.httpStatus,
      });
      for (const name of ["www-authenticate", "set-cookie", "location", "retry-after"]) {
        expect(reply.headers.get(name)).toBeNull();
      }
    },
  );

  test.each<[string, () => Promise<string>, Expected]>([
    [
      "is not there",
      async () => {
        const closed = await startLocalServer(() => {});
        await closed[Symbol.asyncDispose]();
        return closed.url.href;
      },
      unreachable("refused", null),
    ],
    [
      "lives at an address that is not allowed",
      async () => "http://10.1.2.3/mcp",
      unreachable("blocked_address", null),
    ],
  ])("%s was not performed, and the agent may repeat it", async (_, url, expected) => {
    const gated = await gateServer(proxy, { url: await url(), definitions }, policy);
    const reply = await post(gated.url, gated.agent.token, callBody("pay"));
    const { id, outcome } = await outcomeOf(gated.context.org.id);
    const result = resultOf(reply.text);
    expect(result.isError).toBe(true);
    expect(result.content[0].text).toBe(
      `Server "${gated.server.slug}" could not answer: ${expected.says} The action was not performed. Decision ${id}.`,
    );
    expect(result._meta["dev.callgate/decision"].retryable).toBe(true);
    expect(outcome).toMatchObject({
      outcome: "upstream_error",
      detail: `${expected.code}, before anything was sent`,
      httpStatus: null,
    });
  });

  test("refuses in its own words is quoted word for word, and the record names the status", async () => {
    const error = '{"jsonrpc":"2.0","id":1,"error":{"code":-32050,"message":"Out of credit"}}';
    await using upstream = await startLocalServer(json(500, error));
    const gated = await gateServer(proxy, { url: upstream.url.href, definitions }, policy);
    const reply = await post(gated.url, gated.agent.token, callBody("pay"));
    expect([reply.status, reply.text]).toEqual([500, error]);
    const { outcome } = await outcomeOf(gated.context.org.id);
    expect(outcome).toMatchObject({
      outcome: "upstream_error",
      detail: "JSON-RPC error -32050",
      httpStatus: 500,
    });
  });

  test.each([
    ["with isError", { isError: true, content: [] }],
    [
      "in its text only",
      { content: [{ type: "text", text: '{"status": "error", "reason": "x"}' }] },
    ],
    ["in its structured content only", { content: [], structuredContent: { status: "error" } }],
  ])("reports a failure %s is recorded as a tool error", async (_, result) => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, result });
    await using upstream = await startLocalServer(json(200, body));
    const gated = await gateServer(proxy, { url: upstream.url.href, definitions }, policy);
    const reply = await post(gated.url, gated.agent.token, callBody("pay"));
    expect(reply.text).toBe(body);
    const { outcome } = await outcomeOf(gated.context.org.id);
    expect(outcome).toMatchObject({
      outcome: "tool_error",
      httpStatus: 200,
      responseBytes: body.length,
    });
  });

  test("is left by the agent is still followed to its end: the outcome is recorded", async () => {
    const answer = JSON.stringify({ jsonrpc: "2.0", id: 1, result: { content: [] } });
    let finish = () => {};
    await using upstream = await startLocalServer((_, response) => {
      finish = () => json(200, answer)({ method: "", headers: {}, body: "" }, response);
    });
    const gated = await gateServer(proxy, { url: upstream.url.href, definitions }, policy);
    const leaving = new AbortController();
    const call = fetch(gated.url, {
      method: "POST",
      signal: leaving.signal,
      headers: {
        authorization: `Bearer ${gated.agent.token}`,
        accept: "application/json, text/event-stream",
        "content-type": "application/json",
      },
      body: callBody("pay"),
    }).catch(() => "gone");
    await expect.poll(() => upstream.seen.length).toBe(1);
    leaving.abort();
    expect(await call).toBe("gone");
    finish();
    expect((await outcomeOf(gated.context.org.id)).outcome).toMatchObject({ outcome: "ok" });
  });
});

test("trouble with anything but a call is a neutral protocol error and no record", async () => {
  await using upstream = await startLocalServer(page(500));
  const gated = await gateServer(proxy, { url: upstream.url.href, definitions }, policy);
  const reply = await post(gated.url, gated.agent.token, listBody);
  expect([reply.status, JSON.parse(reply.text)]).toEqual([
    200,
    {
      jsonrpc: "2.0",
      id: 1,
      error: {
        code: -32603,
        message: `Server "${gated.server.slug}" could not answer: it cannot be reached; an administrator of the org can see why on the server's page.`,
      },
    },
  ]);
  expect(await database().call.count({ where: { orgId: gated.context.org.id } })).toBe(0);
});

test("a server that refuses its stored credential is marked as failing, once, and people are told (ADV-144)", async () => {
  let status = 401;
  await using upstream = await startLocalServer((_, response) => {
    response.writeHead(status, { "www-authenticate": 'Bearer realm="theirs"' }).end();
  });
  const gated = await gateServer(proxy, { url: upstream.url.href, definitions }, policy);
  const orgId = gated.context.org.id;
  await makeChannel(gated.context, { events: ["server.failing"] });
  const health = async () =>
    (await database().server.findMany({ where: { orgId } })).map((server) => server.health);
  const told = () =>
    database().notificationDelivery.findMany({ where: { orgId, event: "server.failing" } });
  const call = () => post(gated.url, gated.agent.token, callBody("pay"));
  expect((await call()).text).toContain("refuses the stored credential");
  await expect.poll(health).toEqual(["failing"]);
  status = 403;
  expect((await call()).text).toContain("refuses the stored credential");
  expect(await told()).toMatchObject([
    { event: "server.failing", text: expect.stringContaining("wants a valid token (HTTP 401)") },
  ]);
});

test("a server that takes its credential again recovers by the calls it answers", async () => {
  let refuses = true;
  await using upstream = await startLocalServer(({ body }, response) => {
    if (refuses) {
      response.writeHead(401).end();
      return;
    }
    const { id } = JSON.parse(body);
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ jsonrpc: "2.0", id, result: { content: [] } }));
  });
  const gated = await gateServer(proxy, { url: upstream.url.href, definitions }, policy);
  const orgId = gated.context.org.id;
  const health = async () =>
    (await database().server.findFirstOrThrow({ where: { orgId } })).health;
  const answered = () =>
    database().callOutcome.count({ where: { orgId, outcome: { in: ["ok", "tool_error"] } } });
  const call = () => post(gated.url, gated.agent.token, callBody("pay"));
  expect((await call()).text).toContain("refuses the stored credential");
  await expect.poll(health).toBe("failing");
  expect(await recoverRefused(pool, 0)).toBe(0);
  expect(await health()).toBe("failing");
  refuses = false;
  expect((await call()).status).toBe(200);
  await expect.poll(answered).toBe(1);
  await recoverRefused(pool, 3_600);
  expect(await health()).toBe("failing");
  await recoverRefused(pool, 0);
  expect(await health()).toBe("ok");
});
