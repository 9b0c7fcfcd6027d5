// Tasks of 2025-11-25: a call is a call, and a task belongs to the agent whose call it was.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { setToolRules } from "#lib/rules/rules.ts";
import { makeAgent } from "#lib/testing/factories.ts";
import { openEvents } from "#proxy/testing/event-reader.ts";
import {
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

type Send = Awaited<ReturnType<typeof openSession>>;

let upstream: ScriptedServer;
let proxies: TestProxy[];
let server: GatedServer;
let alice: Send;
let bob: Send;
let bobToken: string;
let created = 0;

const task = (taskId: string) => ({
  taskId,
  status: "working",
  ttl: 60_000,
  createdAt: "2026-11-21T00:00:00Z",
  lastUpdatedAt: "2026-11-21T00:00:00Z",
});

beforeAll(async () => {
  upstream = await startScriptedServer();
  proxies = [await startProxy(), await startProxy()];
  const [proxy] = proxies;
  if (!proxy) throw new Error("no proxy");
  server = await gateServer(proxy, upstream, {
    version: 1,
    default: "deny",
    tools: {
      get: { action: "allow" },
      delete_all: { action: "allow", rate_limit: { max: 1, window: 3600 } },
      secret_tool: { action: "hide" },
    },
  });
  const other = await makeAgent(server.context, { servers: [server.server] });
  bobToken = other.token;
  alice = await openSession(server.url, server.agent.token);
  bob = await openSession(server.url, bobToken);
  upstream.scripts.set("tools/call", () => {
    created += 1;
    return { result: { task: task(`task-${created}`) } };
  });
  for (const method of ["tasks/get", "tasks/result", "tasks/cancel"]) {
    upstream.scripts.set(method, ({ params }) => ({ result: { seen: params, extra: true } }));
  }
});

afterAll(async () => {
  for (const proxy of proxies) await proxy.close();
  await upstream[Symbol.asyncDispose]();
});

async function ask(send: Send, method: string, params: object) {
  const { text } = await send(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }));
  return JSON.parse(text);
}

async function start(send: Send, name = "get"): Promise<string> {
  const { result } = await ask(send, "tools/call", { name, arguments: {}, task: { ttl: 60_000 } });
  return result.task.taskId;
}

const countOf = (method: string) =>
  upstream.received.filter((message) => message.method === method).length;

describe("a call that asks to be run as a task", () => {
  test("is admitted and recorded like any other, and its outcome says that it was accepted", async () => {
    const taskId = await start(alice);
    const stored = await database().upstreamTask.findFirstOrThrow({ where: { taskId } });
    expect(stored).toMatchObject({ agentId: server.agent.id, tool: "get" });
    const [call] = await database().call.findMany({ where: { id: stored.callId ?? "" } });
    expect(call).toMatchObject({ tool: "get", decision: "allowed", method: "tools/call" });
    await expect
      .poll(() => database().callOutcome.findFirst({ where: { callId: call?.id ?? "" } }))
      .toMatchObject({ outcome: "ok", detail: "accepted as a task" });
  });

  test("is refused, hidden and limited by the same rules (row 6)", async () => {
    await start(alice, "delete_all");
    const before = countOf("tools/call");
    const limited = await ask(alice, "tools/call", { name: "delete_all", task: {} });
    expect(limited.result.content[0].text).toContain("Rate limit reached");
    const hidden = await ask(alice, "tools/call", { name: "secret_tool", task: {} });
    expect(hidden.error).toEqual({ code: -32602, message: "Unknown tool: secret_tool" });
    expect(countOf("tools/call")).toBe(before);
  });
});

describe("a task", () => {
  test.each(["tasks/get", "tasks/result", "tasks/cancel"])(
    "is its agent's alone in %s: for another it does not exist, on any proxy (row 6)",
    async (method) => {
      const taskId = await start(alice);
      expect((await ask(alice, method, { taskId })).result).toEqual({
        seen: { taskId },
        extra: true,
      });
      const before = countOf(method);
      const foreign = await ask(bob, method, { taskId });
      expect(foreign).toEqual(await ask(bob, method, { taskId: "no-such-task" }));
      expect(foreign.error).toEqual({ code: -32602, message: "Task not found" });
      expect((await ask(bob, method, {})).error.message).toBe("Task not found");
      expect(countOf(method)).toBe(before);

      const elsewhere = new URL(server.url);
      elsewhere.host = new URL(proxies[1]?.origin ?? "").host;
      const again = await openSession(elsewhere.href, server.agent.token);
      expect((await ask(again, method, { taskId })).result).toEqual({
        seen: { taskId },
        extra: true,
      });
    },
  );

  test("is in the list of its agent only, on every path a list comes back", async () => {
    const mine = await start(alice);
    const theirs = await start(bob);
    const tasks = [task(theirs), task("stranger"), task(mine)];
    upstream.scripts.set("tasks/list", () => ({ result: { tasks, nextCursor: "2" } }));
    expect((await ask(alice, "tasks/list", {})).result).toEqual({
      tasks: [task(mine)],
      nextCursor: "2",
    });
    expect((await ask(bob, "tasks/list", {})).result.tasks).toEqual([task(theirs)]);
    const stream = await openEvents(server.url, bobToken, bob.session);
    await upstream.push({ jsonrpc: "2.0", id: 5, result: { tasks } });
    expect(await stream.message()).toMatchObject({ result: { tasks: [task(theirs)] } });
    stream.close();
  });

  test("sends its news to its agent only", async () => {
    const mine = await start(alice);
    const news = (taskId: string) => ({
      jsonrpc: "2.0",
      method: "notifications/tasks/status",
      params: task(taskId),
    });
    const theirs = await start(bob);
    const stream = await openEvents(server.url, bobToken, bob.session);
    await upstream.push(news(mine));
    await upstream.push(news(theirs));
    expect(await stream.message()).toEqual(news(theirs));
    stream.close();
  });

  test("whose id is another agent's is the server's fault: nobody can take a task over", async () => {
    const mine = await start(alice);
    upstream.scripts.set("tools/call", () => ({ result: { task: task(mine) } }));
    const { result } = await ask(bob, "tools/call", { name: "get", task: {} });
    expect(result.isError).toBe(true);
    expect(result.content[0].text).toContain("its answer is not valid MCP");
    expect(JSON.stringify(result)).not.toContain(mine);
    expect((await ask(bob, "tasks/get", { taskId: mine })).error.message).toBe("Task not found");
    upstream.scripts.set("tools/call", () => ({ result: { task: task(`task-${++created}`) } }));
  });

  test.each([[{}], [{ taskId: 7 }], [{ taskId: "x".repeat(513) }], [{ taskId: "a\0b" }]])(
    "%j is no task, and nothing of the answer is delivered",
    async (broken) => {
      const usual = upstream.scripts.get("tools/call");
      upstream.scripts.set("tools/call", ({ id = 0 }, response) => {
        events(response, [{ jsonrpc: "2.0", id, result: { task: broken } }]);
        return undefined;
      });
      const text = (
        await alice(
          '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get","task":{}}}',
        )
      ).text;
      expect(text).toContain("its answer is not valid MCP");
      expect(text).not.toContain("taskId");
      if (usual) upstream.scripts.set("tools/call", usual);
    },
  );

  test("stays with its agent when a rule denies its tool, and is unknown once the tool is hidden", async () => {
    const taskId = await start(alice);
    const set = (choice: string) =>
      setToolRules(server.context, {
        server: server.server.slug,
        tools: ["get"],
        rule: { choice },
      });
    await set("deny");
    expect((await ask(alice, "tasks/result", { taskId })).result.extra).toBe(true);
    await set("hide");
    expect(await ask(alice, "tasks/result", { taskId })).toEqual(
      await ask(alice, "tasks/result", { taskId: "no-such-task" }),
    );
    await set("allow");
  });
});
