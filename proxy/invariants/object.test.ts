// Invariant 2: the upstream receives the object that was judged, never the bytes it came in.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type GatedServer,
  gateServer,
  post,
  startProxy,
  type TestProxy,
} from "#proxy/testing/harness.ts";
import { startUpstream, type TestUpstream } from "#proxy/testing/upstream.ts";

let upstream: TestUpstream;
let proxy: TestProxy;
let server: GatedServer;

beforeAll(async () => {
  upstream = await startUpstream({ json: true });
  proxy = await startProxy();
  server = await gateServer(proxy, upstream, {
    version: 1,
    default: "deny",
    tools: {
      get: { action: "allow" },
      pay: [
        { action: "allow" },
        { when: [{ path: "amount", op: "gt", value: 100 }], action: "deny", reason: "Too much." },
      ],
    },
  });
});

afterAll(async () => {
  await proxy.close();
  await upstream.close();
});

const call = (name: string, args: string) =>
  `{ "params" : {"arguments": ${args},\n\t"name":"${name}"} , "method":"tools\\/call","id":7, "jsonrpc":"2.0" }`;

/** Bodies the server received while `work` ran. */
async function received(work: () => Promise<unknown>): Promise<string[]> {
  const before = upstream.ledger.length;
  await work();
  return upstream.ledger.slice(before).map(({ body }) => body);
}

describe("invariant 2: check the object, forward the object", () => {
  test.each([
    ["white space and key order", `{ "b" : 1 , "a":2 }`, `{"b":1,"a":2}`],
    ["an exponent", `{"amount":1e2}`, `{"amount":100}`],
    ["a trailing zero", `{"amount":1.0}`, `{"amount":1}`],
    [
      "more digits than a double holds",
      `{"amount":0.1000000000000000055511151231257827}`,
      `{"amount":0.1}`,
    ],
    ["minus zero", `{"amount":-0, "list":[-0.0]}`, `{"amount":0,"list":[0]}`],
    ["escaped slashes and letters", `{"\\u006bey":"a\\/b\\u0063"}`, `{"key":"a/bc"}`],
    ["a line separator", `{"key":"\\u2028"}`, `{"key":"\u2028"}`],
  ])("%s: the server receives what was judged", async (_, sent, judged) => {
    const bodies = await received(() => post(server.url, server.agent.token, call("get", sent)));
    expect(bodies).toEqual([
      `{"params":{"arguments":${judged},"name":"get"},"method":"tools/call","id":7,"jsonrpc":"2.0"}`,
    ]);
  });

  test("a value that would mean another amount to another parser is judged as it is forwarded", async () => {
    const bodies = await received(async () => {
      const within = await post(server.url, server.agent.token, call("pay", `{"amount":1E2}`));
      expect(within.text).not.toContain("Too much.");
      const above = await post(server.url, server.agent.token, call("pay", `{"amount":1.01E2}`));
      expect(above.text).toContain("Too much.");
    });
    expect(bodies.map((body) => JSON.parse(body).params.arguments)).toEqual([{ amount: 100 }]);
  });

  test.each([
    [
      "two tool names",
      `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get","name":"delete_all"}}`,
    ],
    [
      "two tool names, the allowed one last",
      `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"delete_all","name":"get"}}`,
    ],
    [
      "a second name behind an escape",
      `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get","na\\u006de":"delete_all"}}`,
    ],
    [
      "two methods",
      `{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call","params":{"name":"get"}}`,
    ],
    [
      "two argument objects",
      `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get","arguments":{},"arguments":{"key":"x"}}}`,
    ],
    [
      "equal duplicates",
      `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get","arguments":{"a":1,"a":1}}}`,
    ],
    ["a number that overflows", call("pay", `{"amount":1e400}`)],
    ["an integer that rounds", call("pay", `{"amount":9007199254740993}`)],
    ["a key that changes the prototype", call("get", `{"__proto__":{"isAdmin":true}}`)],
    ["half a surrogate pair", call("get", `{"key":"\\ud800"}`)],
    ["a NUL", call("get", `{"key":"/safe\\u0000/../etc"}`)],
  ])("%s: refused, because two parsers could read it differently", async (_, body) => {
    const bodies = await received(async () => {
      const answer = await post(server.url, server.agent.token, body);
      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.text).error.code).toBe(-32600);
    });
    expect(bodies).toEqual([]);
  });

  test("headers of the agent stay behind: token, cookies, forwarding and its own session id", async () => {
    const before = upstream.ledger.length;
    await post(server.url, server.agent.token, call("get", "{}"), {
      cookie: "a=b",
      "x-api-key": "agent-key",
      "x-forwarded-for": "10.0.0.1",
      forwarded: "for=10.0.0.1",
      "x-tenant-id": "other",
    });
    const [entry] = upstream.ledger.slice(before);
    expect(JSON.stringify(entry)).not.toContain(server.agent.token);
    for (const name of [
      "authorization",
      "cookie",
      "x-api-key",
      "x-forwarded-for",
      "forwarded",
      "x-tenant-id",
    ]) {
      expect(entry?.headers[name]).toBeUndefined();
    }
  });
});
