// What passes in a session with all servers, and where such a session lives.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { makeAgent } from "#lib/testing/factories.ts";
import { openEvents } from "#proxy/testing/event-reader.ts";
import { everything, type Fleet, makeFleet } from "#proxy/testing/fleet.ts";
import {
  callBody,
  initializeBody,
  listBody,
  openSession,
  post,
  startProxy,
  type TestProxy,
} from "#proxy/testing/harness.ts";
import {
  events,
  type ScriptedServer,
  startScriptedServer,
} from "#proxy/testing/scripted-server.ts";

const document = {
  version: 1,
  default: "allow",
  tools: { secret_tool: { action: "hide" } },
  prompts: { secret: { action: "hide" } },
  resources: { "docs://private/*": { action: "hide" } },
};

let proxy: TestProxy;
let one: ScriptedServer;
let two: ScriptedServer;
let fleet: Fleet;
let send: Awaited<ReturnType<typeof openSession>>;

beforeAll(async () => {
  proxy = await startProxy();
});

beforeEach(async () => {
  one = await startScriptedServer();
  two = await startScriptedServer();
  fleet = await makeFleet(proxy, { one: { ...one, document }, two: { ...two, document } });
  send = await openSession(fleet.url, fleet.agent.token);
  return async () => {
    await one[Symbol.asyncDispose]();
    await two[Symbol.asyncDispose]();
  };
});

afterAll(() => proxy.close());

async function ask(method: string, params: object = {}, id: number | string = 1) {
  const { text } = await send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
  return JSON.parse(text);
}

const received = (server: ScriptedServer, method: string) =>
  server.received.filter((message) => message.method === method);

describe("lists", () => {
  test("of several pages go through the servers in order, and their cursors serve nobody else", async () => {
    const pages = new Map([
      [undefined, { tools: [{ name: "get", inputSchema: { type: "object" } }], nextCursor: "p2" }],
      ["p2", { tools: [{ name: "delete_all", inputSchema: { type: "object" } }] }],
    ]);
    one.scripts.set("tools/list", ({ params }) => ({
      result: pages.get((params as { cursor?: string }).cursor),
    }));
    const first = (await ask("tools/list")).result;
    const cursor = first.nextCursor;
    const second = (await ask("tools/list", { cursor })).result;
    expect(
      [first, second].map(({ tools }) => tools.map(({ name }: { name: string }) => name)),
    ).toEqual([["one__get"], ["one__delete_all", "two__get", "two__delete_all"]]);
    expect(second.nextCursor).toBeUndefined();

    const neighbour = await makeAgent(fleet.context, { servers: Object.values(fleet.servers) });
    const other = await openSession(fleet.url, neighbour.token);
    const body = (value: string) =>
      JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: { cursor: value } });
    for (const answer of [
      await other(body(cursor)),
      await send(body(`${cursor}x`)),
      await send(body("p2")),
      await send(body(cursor).replace("tools/list", "prompts/list")),
    ]) {
      expect(JSON.parse(answer.text).error.code).toBe(-32602);
    }
  });

  test("come without a server that hangs, which is named", async () => {
    one.scripts.set("tools/list", () => undefined);
    const { result } = await ask("tools/list");
    expect(result.tools.map(({ name }: { name: string }) => name)).toEqual([
      "two__get",
      "two__delete_all",
    ]);
    expect(result._meta["dev.callgate/unavailable"]).toEqual([
      { server: "one", reason: 'Server "one" did not answer in time.' },
    ]);
  }, 20_000);

  test("greet a server anew that has forgotten the session", async () => {
    expect((await ask("tools/list")).result.tools).toHaveLength(4);
    let asked = 0;
    one.scripts.set("tools/list", (_, response) => {
      asked += 1;
      if (asked > 1) return { result: { tools: [] } };
      response.statusCode = 404;
      return { error: { code: -32001, message: "Session not found" } };
    });
    const { result } = await ask("tools/list");
    expect([result.tools.length, result._meta]).toEqual([2, undefined]);
    expect(received(one, "initialize")).toHaveLength(2);
  });
});

test("requests that come together share the sessions they open", async () => {
  const lists = await Promise.all([1, 2, 3].map((id) => ask("tools/list", {}, id)));
  expect(lists.map(({ result }) => result.tools.length)).toEqual([4, 4, 4]);
  expect([one, two].map((server) => received(server, "initialize").length)).toEqual([1, 1]);
});

describe("prompts and resources", () => {
  test("are named after their server, and hidden ones equal those that there are not", async () => {
    two.scripts.set("prompts/list", () => ({
      result: { prompts: [{ name: "daily" }, { name: "secret" }] },
    }));
    two.scripts.set("prompts/get", () => ({ result: { messages: [] } }));
    two.scripts.set("resources/list", () => ({
      result: { resources: [{ uri: "docs://a" }, { uri: "docs://private/b" }] },
    }));
    two.scripts.set("resources/read", ({ params }) => ({
      result: { contents: [{ uri: (params as { uri: string }).uri, text: "A" }] },
    }));
    two.scripts.set("completion/complete", () => ({ result: { completion: { values: ["x"] } } }));
    expect((await ask("prompts/list")).result.prompts).toEqual([{ name: "two__daily" }]);
    expect((await ask("resources/list")).result.resources).toEqual([{ uri: "mcp.two+docs://a" }]);
    expect((await ask("prompts/get", { name: "two__daily" })).result).toEqual({ messages: [] });
    const { result } = await ask("resources/read", { uri: "mcp.two+docs://a" });
    expect(result.contents).toEqual([{ uri: "mcp.two+docs://a", text: "A" }]);
    expect(received(two, "resources/read")[0]?.params).toEqual({ uri: "docs://a" });
    const ref = { type: "ref/prompt", name: "two__daily" };
    await ask("completion/complete", { ref, argument: { name: "a", value: "" } });
    expect(received(two, "completion/complete")[0]?.params).toMatchObject({
      ref: { name: "daily" },
    });

    const hidden = await ask("prompts/get", { name: "two__secret" });
    const unknown = await ask("prompts/get", { name: "nobody__secret" });
    expect(hidden.error).toEqual({ code: -32602, message: "Unknown prompt: two__secret" });
    expect(unknown.error.message).toBe("Unknown prompt: nobody__secret");
    const shut = await ask("resources/read", { uri: "mcp.two+docs://private/b" });
    const none = await ask("resources/read", { uri: "docs://private/b" });
    expect([shut.error, none.error]).toEqual(
      ["mcp.two+docs://private/b", "docs://private/b"].map((uri) => ({
        code: -32002,
        message: `Resource not found: ${uri}`,
        data: { uri },
      })),
    );
  });
});

describe("while a call runs", () => {
  test("its server reports progress and asks the agent, and only that server hears the answer", async () => {
    const done = Promise.withResolvers<void>();
    one.scripts.set("tools/call", ({ id }, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const say = (message: object) => response.write(`data: ${JSON.stringify(message)}\n\n`);
      const params = { progressToken: 7, progress: 1 };
      say({ jsonrpc: "2.0", method: "notifications/progress", params });
      say({ jsonrpc: "2.0", id: 5, method: "roots/list" });
      void done.promise.then(() => {
        say({
          jsonrpc: "2.0",
          id,
          result: { content: [{ type: "resource_link", uri: "a://b", name: "b" }] },
        });
        response.end();
      });
      return undefined;
    });
    await ask("tools/list");
    const { messages } = openCall(callBody("one__get", {}, "call-1"));
    const progress = await messages.next();
    expect(progress.value.method).toBe("notifications/progress");
    const question = (await messages.next()).value;
    expect(question.method).toBe("roots/list");
    const answered = await send(
      JSON.stringify({ jsonrpc: "2.0", id: question.id, result: { roots: [] } }),
    );
    expect(answered.status).toBe(202);
    const answers = (server: ScriptedServer) =>
      server.received.filter((message) => "result" in message);
    expect([answers(one), answers(two)]).toEqual([
      [{ jsonrpc: "2.0", id: 5, result: { roots: [] } }],
      [],
    ]);
    expect((await send('{"jsonrpc":"2.0","id":5,"result":{}}')).status).toBe(400);
    const params = { requestId: "call-1" };
    await send(JSON.stringify({ jsonrpc: "2.0", method: "notifications/cancelled", params }));
    expect(received(one, "notifications/cancelled")[0]?.params).toEqual(params);
    const told = { progressToken: "theirs", progress: 1, total: 2 };
    const method = "notifications/progress";
    await send(JSON.stringify({ jsonrpc: "2.0", method, params: told }));
    expect(received(one, method)[0]?.params).toEqual(told);
    done.resolve();
    expect((await messages.next()).value.result.content[0].uri).toBe("mcp.one+a://b");
  });

  test("the stream of what belongs to no request carries every server's news", async () => {
    await ask("tools/list");
    const stream = await openEvents(fleet.url, fleet.agent.token, send.session);
    const params = { uri: "a://b" };
    await one.push({ jsonrpc: "2.0", method: "notifications/resources/updated", params });
    expect(await stream.message()).toMatchObject({ params: { uri: "mcp.one+a://b" } });
    await two.push({ jsonrpc: "2.0", method: "notifications/tools/list_changed" });
    expect(await stream.message()).toMatchObject({ method: "notifications/tools/list_changed" });
    stream.close();
  });

  async function* readMessages(response: Promise<Response>) {
    let text = "";
    const body = (await response).body ?? new ReadableStream();
    for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1];
        text = text.slice(end + 2);
        if (data) yield JSON.parse(data);
      }
    }
  }

  function openCall(body: string) {
    const headers = {
      authorization: `Bearer ${fleet.agent.token}`,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "mcp-session-id": send.session,
    };
    return { messages: readMessages(fetch(fleet.url, { method: "POST", headers, body })) };
  }
});

describe("a session with all servers", () => {
  test("is served by any proxy, and one with a program through the proxy that holds it", async () => {
    const other = await startProxy();
    const elsewhere = (of: Fleet, body: string, session: string) =>
      post(of.url.replace(proxy.origin, other.origin), of.agent.token, body, {
        "mcp-session-id": session,
      });
    expect((await ask("tools/list")).result.tools).toHaveLength(4);
    const answer = await elsewhere(fleet, callBody("one__get"), send.session);
    expect(JSON.parse(answer.text).result.content[0].text).toBe("done");
    expect(received(one, "initialize")).toHaveLength(1);

    const holder = await startProxy();
    const mixed = await makeFleet(holder, {
      one: { ...one, document },
      program: everything(document),
    });
    const started = await openSession(mixed.url, mixed.agent.token);
    expect((await started(callBody("program__echo", { message: "m" }))).text).toContain("Echo: m");
    const url = mixed.url.replace(holder.origin, other.origin);
    const headers = { "mcp-session-id": started.session };
    const relayed = await post(
      url,
      mixed.agent.token,
      callBody("program__echo", { message: "n" }),
      headers,
    );
    expect(relayed.text).toContain("Echo: n");
    await holder.close();
    const lost = await post(url, mixed.agent.token, listBody, headers);
    expect([lost.status, JSON.parse(lost.text).error.code]).toEqual([404, -32001]);
    await other.close();
  });

  test("ends with all its parts, at the servers as well", async () => {
    await ask("tools/list");
    const headers = {
      authorization: `Bearer ${fleet.agent.token}`,
      "mcp-session-id": send.session,
    };
    expect((await fetch(fleet.url, { method: "DELETE", headers })).status).toBe(200);
    expect((await send(listBody)).status).toBe(404);
    const open = await database().session.count({
      where: { orgId: fleet.context.org.id, endedAt: null },
    });
    expect(open).toBe(0);
    expect([one, two].map(({ seen }) => seen.some(({ method }) => method === "DELETE"))).toEqual([
      true,
      true,
    ]);
  });

  test("is opened by initialize alone, with what all servers together may offer", async () => {
    const { text, headers } = await post(fleet.url, fleet.agent.token, initializeBody);
    expect(headers.get("mcp-session-id")).toMatch(/^[0-9a-f-]{36}$/);
    const { protocolVersion, capabilities } = JSON.parse(text).result;
    expect([protocolVersion, Object.keys(capabilities)]).toEqual([
      "2025-11-25",
      ["tools", "prompts", "resources", "completions"],
    ]);
    expect((await post(fleet.url, fleet.agent.token, listBody)).status).toBe(400);
    expect((await ask("tasks/list")).error.code).toBe(-32601);
    expect((await ask("ping")).result).toEqual({});
  });

  test("passes nothing on that comes as an event of another session", async () => {
    one.scripts.set("tools/call", ({ id }, response) => {
      events(response, [`id: e1\ndata: ${JSON.stringify({ jsonrpc: "2.0", id, result: {} })}\n\n`]);
      return undefined;
    });
    await ask("tools/list");
    const { text } = await send(callBody("one__get"));
    const eventId = /^id: (.*)$/m.exec(text)?.[1] ?? "";
    const other = await openSession(fleet.url, fleet.agent.token);
    const resume = (session: string) =>
      fetch(fleet.url, {
        headers: {
          authorization: `Bearer ${fleet.agent.token}`,
          "mcp-session-id": session,
          "last-event-id": eventId,
        },
      });
    expect((await resume(other.session)).status).toBe(404);
    const own = await resume(send.session);
    expect(own.status).toBe(200);
    await own.body?.cancel();
  });
});
