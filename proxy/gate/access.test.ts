// Prompts and resources get allow, deny and hide by name or URI, like tools.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { openEvents } from "#proxy/testing/event-reader.ts";
import {
  connectClient,
  type GatedServer,
  gateServer,
  openSession,
  startProxy,
  type TestProxy,
} from "#proxy/testing/harness.ts";
import {
  events,
  type ScriptedServer,
  startScriptedServer,
} from "#proxy/testing/scripted-server.ts";

const policy = {
  version: 1,
  default: "deny",
  prompts: {
    "daily-*": { action: "allow" },
    "daily-secret": { action: "hide" },
    payroll: { action: "deny", reason: "Ask finance." },
  },
  resources: {
    "docs://*": { action: "allow" },
    "docs://private/*": { action: "hide" },
    "docs://board/*": { action: "deny", reason: "For the board." },
  },
};

let upstream: ScriptedServer;
let proxy: TestProxy;
let server: GatedServer;
let send: Awaited<ReturnType<typeof openSession>>;
let receivedBefore = 0;

beforeAll(async () => {
  upstream = await startScriptedServer();
  proxy = await startProxy();
  server = await gateServer(proxy, upstream, policy);
  send = await openSession(server.url, server.agent.token);
});

beforeEach(() => {
  receivedBefore = upstream.received.length;
});

afterAll(async () => {
  await proxy.close();
  await upstream[Symbol.asyncDispose]();
});

const forwarded = () => upstream.received.slice(receivedBefore);

async function ask(method: string, params: object, id: number | string = 1) {
  const { text } = await send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
  return text;
}

async function record(tool: string) {
  const [call] = await database().call.findMany({
    where: { orgId: server.context.org.id, tool },
    orderBy: { id: "desc" },
  });
  return call;
}

const lists = {
  "prompts/list": {
    member: "prompts",
    entries: [
      { name: "daily-news", icons: [], "x-own": 9007199254740991 },
      { name: "daily-secret" },
      { name: "payroll" },
      { name: "other" },
    ],
    shown: ["daily-news", "payroll"],
    key: "name",
  },
  "resources/list": {
    member: "resources",
    entries: [
      { uri: "docs://private/x", name: "x" },
      { uri: "docs://handbook", name: "Handbook" },
      { uri: "docs://board/minutes", name: "Minutes" },
      { uri: "file:///etc/passwd", name: "passwd" },
    ],
    shown: ["docs://handbook", "docs://board/minutes"],
    key: "uri",
  },
  "resources/templates/list": {
    member: "resourceTemplates",
    entries: [
      { uriTemplate: "docs://private/{id}", name: "private" },
      { uriTemplate: "docs://{page}", name: "page" },
    ],
    shown: ["docs://{page}"],
    key: "uriTemplate",
  },
} as const;

describe.each(Object.entries(lists))("%s", (method, { member, entries, shown, key }) => {
  const expected = {
    nextCursor: "c2",
    _meta: { own: true },
    [member]: entries.filter((entry) =>
      (shown as readonly string[]).includes(String(Reflect.get(entry, key))),
    ),
  };
  const result = { nextCursor: "c2", [member]: [...entries], _meta: { own: true } };

  test("shows what rules let be seen, in the server's order, on a JSON answer", async () => {
    upstream.scripts.set(method, () => ({ result }));
    expect(JSON.parse(await ask(method, {})).result).toEqual(expected);
  });

  test("and on an event stream", async () => {
    upstream.scripts.set(method, ({ id = 0 }, response) => {
      events(response, [{ jsonrpc: "2.0", id, result }]);
      return undefined;
    });
    const text = await ask(method, {});
    expect(JSON.parse(text.split("data: ")[1] ?? "").result).toEqual(expected);
  });

  test("and when an old answer is replayed on a stream of its own", async () => {
    const stream = await openEvents(server.url, server.agent.token, send.session);
    await upstream.push({ jsonrpc: "2.0", id: 7, result });
    expect(await stream.message()).toEqual({ jsonrpc: "2.0", id: 7, result: expected });
    stream.close();
  });
});

describe("prompts/get and resources/read", () => {
  test("pass where a rule allows them, are recorded with their outcome, and keep values out of the record", async () => {
    upstream.scripts.set("prompts/get", () => ({ result: { messages: [], "x-own": 1 } }));
    const text = await ask("prompts/get", { name: "daily-news", arguments: { topic: "sesame" } });
    expect(JSON.parse(text).result).toEqual({ messages: [], "x-own": 1 });
    const call = await record("daily-news");
    expect(call).toMatchObject({
      method: "prompts/get",
      decision: "allowed",
      rule: "prompts.daily-*",
      argumentShape: [{ path: "topic", type: "string", length: 6 }],
    });
    expect(JSON.stringify(call)).not.toContain("sesame");
    await expect
      .poll(() => database().callOutcome.findFirst({ where: { callId: call?.id ?? "" } }))
      .toMatchObject({ outcome: "ok", httpStatus: 200 });

    upstream.scripts.set("resources/read", () => ({ result: { contents: [] } }));
    await ask("resources/read", { uri: "docs://handbook" });
    expect(await record("docs://handbook")).toMatchObject({
      method: "resources/read",
      decision: "allowed",
      argumentShape: [],
    });
  });

  test("are refused with the reason where a rule denies them, and not forwarded", async () => {
    const { error } = JSON.parse(await ask("prompts/get", { name: "payroll" }));
    expect(error).toEqual({
      code: 403,
      message: expect.stringMatching(
        /^Blocked by policy: agent ".*" may not use the prompt payroll .*Reason: Ask finance\. Rule: prompts\.payroll\..*Do not retry/,
      ),
      data: {
        outcome: "denied",
        reason: "Ask finance.",
        rule: "prompts.payroll",
        decisionId: (await record("payroll"))?.id,
        retryable: false,
      },
    });
    const read = JSON.parse(await ask("resources/read", { uri: "docs://board/minutes" }));
    expect(read.error).toMatchObject({ code: 403, data: { rule: "resources.docs://board/*" } });
    expect(forwarded()).toEqual([]);
  });

  test.each([
    ["prompts/get", "name", "daily-secret", "daily-absent", -32602],
    ["resources/read", "uri", "docs://private/x", "docs://absent/xx", -32002],
  ])(
    "%s: hidden equals unknown, also where the server says so itself (invariant 9)",
    async (method, key, hidden, absent, code) => {
      const wording = `MCP error -32602: ${absent} not found`;
      upstream.scripts.set(method, () => ({ error: { code: -32602, message: wording } }));
      const one = await ask(method, { [key]: hidden });
      const other = await ask(method, { [key]: absent });
      expect(one).toBe(other.replaceAll(absent, hidden));
      expect(JSON.parse(one).error.code).toBe(code);
      expect(await record(hidden)).toMatchObject({ decision: "hidden" });
      expect(await record(absent)).toMatchObject({ decision: "allowed" });
    },
  );

  test("what only the default speaks of is as unknown as what is hidden", async () => {
    const hidden = await ask("prompts/get", { name: "daily-secret" });
    expect(await ask("prompts/get", { name: "anything-at" })).toBe(
      hidden.replaceAll("daily-secret", "anything-at"),
    );
    expect(forwarded()).toEqual([]);
  });

  test.each([
    ["prompts/get", {}],
    ["prompts/get", { name: 7 }],
    ["prompts/get", { name: "a\nb" }],
    ["prompts/get", { name: "daily-news", arguments: ["x"] }],
    ["resources/read", { uri: "" }],
    ["resources/read", { uri: `docs://${"x".repeat(9_000)}` }],
    ["resources/subscribe", {}],
    ["completion/complete", { ref: { type: "ref/other", name: "x" } }],
    ["completion/complete", { ref: "prompt" }],
  ])(
    "%s with params %j is told what it lacks, and not forwarded (ADV-020)",
    async (method, params) => {
      const { error } = JSON.parse(await ask(method, params));
      expect(error).toEqual({ code: -32602, message: expect.stringContaining(`${method} needs`) });
      expect(forwarded()).toEqual([]);
    },
  );

  test("run whatever rules say where the policy only observes", async () => {
    const observed = await gateServer(proxy, upstream, policy, "observe");
    const client = await connectClient(observed.url, observed.agent.token);
    upstream.scripts.set("prompts/get", () => ({ result: { messages: [] } }));
    expect(await client.getPrompt({ name: "payroll" })).toEqual({ messages: [] });
    upstream.scripts.set("prompts/list", () => ({
      result: { prompts: [{ name: "daily-secret" }] },
    }));
    expect((await client.listPrompts()).prompts).toHaveLength(1);
    await client.close();
  });
});

describe("what else is about a prompt or resource", () => {
  const about = (target: string) =>
    target.startsWith("docs:")
      ? { type: "ref/resource", uri: target }
      : { type: "ref/prompt", name: target };

  test.each([
    ["resources/subscribe", "docs://handbook", "docs://board/x", "docs://private/x"],
    ["resources/unsubscribe", "docs://handbook", "docs://board/x", "docs://private/x"],
    ["completion/complete", "docs://{page}", "docs://board/{x}", "docs://private/{x}"],
    ["completion/complete", "daily-news", "payroll", "daily-secret"],
  ])("%s of %s passes, is denied and is unknown by the same rules", async (method, ...targets) => {
    upstream.scripts.set(method, () => ({ result: { completion: { values: ["a"] } } }));
    const [allowed, denied, hidden] = await Promise.all(
      targets.map(async (target) => {
        const params =
          method === "completion/complete"
            ? { ref: about(target), argument: { name: "x", value: "" } }
            : { uri: target };
        return JSON.parse(await ask(method, params));
      }),
    );
    expect(allowed.result).toEqual({ completion: { values: ["a"] } });
    expect(denied.error.code).toBe(403);
    expect(hidden.error.message).toMatch(/^(Unknown prompt|Resource not found): /);
    expect(forwarded()).toHaveLength(1);
  });

  describe("what completes a name", () => {
    const complete = async (uri: string, values: string[], given: object = {}, at = server) => {
      const completion = { values, total: values.length, hasMore: false, own: 1 };
      upstream.scripts.set("completion/complete", () => ({ result: { completion } }));
      const ref = { type: "ref/resource", uri };
      const argument = { name: "page", value: "" };
      const own = at === server ? send : await openSession(at.url, at.agent.token);
      const params = { ref, argument, ...given };
      const body = { jsonrpc: "2.0", id: 1, method: "completion/complete", params };
      return JSON.parse((await own(JSON.stringify(body))).text).result.completion;
    };

    test.each([
      ["as part of a URI", "docs://{page}", ["private/x", "handbook", "private/y"]],
      ["as part of an encoded one", "docs://{+page}", ["private/x", "handbook"]],
      ["as a URI of its own", "docs://{page}", ["docs://private/x", "handbook"]],
    ])(
      "is told without those of hidden resources, %s, and without their number",
      async (...row) => {
        const [, uri, values] = row;
        expect(await complete(uri, values)).toEqual({ values: ["handbook"], own: 1 });
      },
    );

    test("counts arguments that were completed before", async () => {
      const context = { arguments: { area: "private" } };
      expect(await complete("docs://{+area}/{page}", ["x"], { context })).toEqual({
        values: [],
        own: 1,
      });
    });

    test("is told whole where no rule keeps a resource back, but for the names of hidden tools", async () => {
      const tools = { secret_tool: { action: "hide" } };
      const open = await gateServer(proxy, upstream, { version: 1, default: "allow", tools });
      const whole = { values: ["a", "b"], total: 2, hasMore: false, own: 1 };
      expect(await complete("docs://{page}", ["a", "b"], {}, open)).toEqual(whole);
      const ref = { type: "ref/prompt", name: "daily-news" };
      const argument = { name: "tool", value: "" };
      expect(await complete("", ["get", "secret_tool"], { ref, argument }, open)).toEqual({
        values: ["get"],
        own: 1,
      });
    });

    test("is told of nothing on a stream where its question is not known", async () => {
      const stream = await openEvents(server.url, server.agent.token, send.session);
      const completion = { values: ["handbook", "private/x"], total: 2 };
      await upstream.push({ jsonrpc: "2.0", id: 1, result: { completion } });
      expect(await stream.message()).toEqual({
        jsonrpc: "2.0",
        id: 1,
        result: { completion: { values: [] } },
      });
      stream.close();
    });
  });

  test("news of a resource arrives only for one that may be read, by the rules of that moment", async () => {
    const stream = await openEvents(server.url, server.agent.token, send.session);
    const updated = (uri: string) => ({
      jsonrpc: "2.0",
      method: "notifications/resources/updated",
      params: { uri },
    });
    await upstream.push(updated("docs://private/x"));
    await upstream.push(updated("docs://board/x"));
    await upstream.push(updated("docs://handbook"));
    expect(await stream.message()).toEqual(updated("docs://handbook"));
    stream.close();
  });
});
