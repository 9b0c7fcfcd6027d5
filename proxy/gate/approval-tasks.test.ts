// A call that asks to be run as a task and has to wait for a person (MCP 2025-11-25).
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { CallToolResultSchema } from "@modelcontextprotocol/sdk/types.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { listApprovals } from "#lib/approvals/approvals.ts";
import { database } from "#lib/db.ts";
import { applyPolicy } from "#lib/rules/rules.ts";
import { makeAgent } from "#lib/testing/factories.ts";
import { openEvents } from "#proxy/testing/event-reader.ts";
import {
  connectClient,
  type GatedServer,
  openSession,
  startProxy,
  type TestProxy,
} from "#proxy/testing/harness.ts";
import {
  ask,
  decide,
  startTask as start,
  startTaskServer,
  type TaskServer,
} from "#proxy/testing/task-server.ts";

let tasks: TaskServer;
let proxies: [TestProxy, TestProxy];

beforeAll(async () => {
  tasks = await startTaskServer();
  // Nobody decides while they wait here: how long they do is another file's.
  const environment = { PROXY_CALL_SECONDS: "1" };
  proxies = [await startProxy({ environment }), await startProxy()];
});

afterAll(async () => {
  for (const proxy of proxies) await proxy.close();
  await tasks[Symbol.asyncDispose]();
});

const gated = (rule: object = {}) => tasks.gate(proxies[0], rule);

const states = async (server: GatedServer) =>
  (await listApprovals(server.context)).map(({ state }) => state);
const decisions = async (server: GatedServer) =>
  (
    await database().call.findMany({
      where: { orgId: server.context.org.id },
      orderBy: { id: "asc" },
    })
  ).map(({ decision }) => decision);

test("it is answered at once with a task that works on, and nothing has run", async () => {
  const server = await gated();
  const before = tasks.ran();
  const { send, result, taskId } = await start(server);
  const [row] = await listApprovals(server.context, { state: "pending" });
  expect(result.task).toMatchObject({
    status: "working",
    ttl: 86_400_000,
    pollInterval: 5_000,
    statusMessage: expect.stringContaining(`/orgs/${server.context.org.slug}/approvals/${row?.id}`),
  });
  expect((await ask(send, "tasks/get", { taskId })).result).toMatchObject({
    taskId,
    status: "working",
  });
  const early = await ask(send, "tasks/result", { taskId });
  expect(early.error.message).toContain("Waits for a person's approval");
  expect(tasks.ran()).toBe(before);
});

test("repeating a call opens no more than twenty tasks of one agent, then says what waits and where", async () => {
  const server = await gated();
  const { send, taskId } = await start(server);
  const open = () => ask(send, "tools/call", { name: "pay", arguments: { key: "a" }, task: {} });
  const answers = await Promise.all(Array.from({ length: 24 }, open));
  expect(answers.filter(({ result }) => result.task)).toHaveLength(19);
  const [row] = await listApprovals(server.context, { state: "pending" });
  for (const { result } of answers.filter((answer) => !answer.result.task)) {
    expect(result).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining(`/approvals/${row?.id} .`) }],
    });
  }
  const where = { orgId: server.context.org.id };
  expect(await database().approvalTask.count({ where })).toBe(20);
  await ask(send, "tasks/cancel", { taskId });
  expect((await open()).result.task).toMatchObject({ status: "working" });
});

test("approved, it is admitted and runs once, whoever asks for it and how often", async () => {
  const server = await gated();
  const before = tasks.ran();
  const { send, taskId } = await start(server);
  await decide(server, "approve");
  const elsewhere = await openSession(
    server.url.replace(proxies[0].origin, proxies[1].origin),
    server.agent.token,
  );
  const asked = await Promise.all(
    Array.from({ length: 12 }, (_, at) => ask(at % 2 ? send : elsewhere, "tasks/get", { taskId })),
  );
  expect(asked.filter(({ result }) => result?.taskId !== taskId)).toEqual([]);
  expect(tasks.ran()).toBe(before + 1);
  expect((await ask(elsewhere, "tasks/get", { taskId })).result.status).toBe("completed");
  const { result } = await ask(send, "tasks/result", { taskId });
  expect(result).toEqual({
    content: [{ type: "text", text: `paid by theirs-${tasks.ran()}` }],
    _meta: { "io.modelcontextprotocol/related-task": { taskId } },
  });
  expect((await ask(send, "tasks/cancel", { taskId })).result).toMatchObject({
    taskId,
    status: "cancelled",
  });
  expect(await states(server)).toEqual(["consumed"]);
  expect(await decisions(server)).toEqual(["approval", "allowed"]);
  const stored = await database().approvalTask.findFirstOrThrow({
    where: { orgId: server.context.org.id },
  });
  expect(stored).toMatchObject({ state: "started", request: null });
});

test("approved, its server's news of it come under the id that the agent has, from the first on", async () => {
  const server = await gated();
  const { send, taskId } = await start(server);
  await decide(server, "approve");
  await ask(send, "tasks/get", { taskId });
  const theirs = `theirs-${tasks.ran()}`;
  const news = (id: string) => ({
    jsonrpc: "2.0",
    method: "notifications/tasks/status",
    params: {
      taskId: id,
      status: "working",
      _meta: { "io.modelcontextprotocol/related-task": { taskId: id }, other: 1 },
    },
  });
  const stream = await openEvents(server.url, server.agent.token, send.session);
  await tasks.upstream.push(news("theirs-unknown"));
  await tasks.upstream.push(news(theirs));
  expect(await stream.message()).toEqual(news(taskId));
  // As between the server's answer and the note of it.
  await database().approvalTask.updateMany({
    where: { orgId: server.context.org.id },
    data: { state: "running", upstreamTaskId: null },
  });
  await tasks.upstream.push(news(theirs));
  expect(await stream.message()).toEqual(news(taskId));
  stream.close();
});

test("approved, what its server asks and says of it names that id, and answers name the server's", async () => {
  const server = await gated();
  const { send, taskId } = await start(server);
  await decide(server, "approve");
  await ask(send, "tasks/get", { taskId });
  const theirs = `theirs-${tasks.ran()}`;
  const about = (id: string) => ({ "io.modelcontextprotocol/related-task": { taskId: id } });
  const stream = await openEvents(server.url, server.agent.token, send.session);

  const said = (id: string) =>
    `{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":9007199254740993,` +
    `"_meta":${JSON.stringify(about(id))}}}`;
  await tasks.upstream.push(said(theirs));
  expect((await stream.next())?.data).toBe(said(taskId));

  const question = (id: unknown, task: string) => ({
    jsonrpc: "2.0",
    id,
    method: "elicitation/create",
    params: { message: "Sure?", requestedSchema: { type: "object" }, _meta: about(task) },
  });
  await tasks.upstream.push(question(7, theirs));
  // The cast: the line after it proves it.
  const asked = (await stream.message()) as { id: string };
  expect(asked).toEqual(question(expect.any(String), taskId));
  const answer = {
    jsonrpc: "2.0",
    id: asked.id,
    result: { action: "accept", _meta: about(taskId) },
  };
  expect((await send(JSON.stringify(answer))).status).toBe(202);
  expect(tasks.upstream.received.at(-1)).toEqual({
    jsonrpc: "2.0",
    id: 7,
    result: { action: "accept", _meta: about(theirs) },
  });
  stream.close();
});

test("denied, it has failed, with the person's reason", async () => {
  const server = await gated();
  const before = tasks.ran();
  const { send, taskId } = await start(server);
  await decide(server, "deny", "Not on a Friday.");
  expect((await ask(send, "tasks/get", { taskId })).result).toMatchObject({
    status: "failed",
    statusMessage: expect.stringContaining("Reason: Not on a Friday."),
  });
  const { result } = await ask(send, "tasks/result", { taskId });
  expect(result).toMatchObject({
    isError: true,
    _meta: { "io.modelcontextprotocol/related-task": { taskId } },
  });
  expect(result._meta["dev.callgate/decision"]).toMatchObject({
    outcome: "denied",
    reason: "Not on a Friday.",
  });
  expect(tasks.ran()).toBe(before);
});

test("cancelled, its request is withdrawn, and nobody can approve it any more", async () => {
  const server = await gated();
  const before = tasks.ran();
  const { send, taskId } = await start(server);
  expect((await ask(send, "tasks/cancel", { taskId })).result).toMatchObject({
    taskId,
    status: "cancelled",
  });
  expect(await states(server)).toEqual(["cancelled"]);
  expect((await ask(send, "tasks/cancel", { taskId })).error.code).toBe(-32602);
  expect((await ask(send, "tasks/get", { taskId })).result.status).toBe("cancelled");
  expect((await ask(send, "tasks/result", { taskId })).error.message).toContain("withdrawn");
  expect(tasks.ran()).toBe(before);
});

test("of two tasks that wait for one request, cancelling one leaves it to the other", async () => {
  const server = await gated();
  const before = tasks.ran();
  const first = await start(server);
  const second = await start(server);
  await ask(first.send, "tasks/cancel", { taskId: first.taskId });
  expect(await states(server)).toEqual(["pending"]);
  await decide(server, "approve");
  await ask(second.send, "tasks/get", { taskId: second.taskId });
  expect(tasks.ran()).toBe(before + 1);
});

test("what holds when it would run decides: a rule that denies by then, and a limit that is reached", async () => {
  const server = await gated({ rate_limit: { max: 1, window: 3_600, per: "agent" } });
  const before = tasks.ran();
  const one = await start(server, "one");
  await decide(server, "approve");
  await ask(one.send, "tasks/get", { taskId: one.taskId });
  const two = await start(server, "two");
  await decide(server, "approve");
  expect((await ask(two.send, "tasks/get", { taskId: two.taskId })).result.status).toBe("working");
  expect(await states(server)).toEqual(["approved", "consumed"]);
  await database().rateWindow.deleteMany({ where: { orgId: server.context.org.id } });
  await ask(two.send, "tasks/get", { taskId: two.taskId });
  expect(tasks.ran()).toBe(before + 2);

  const three = await start(server, "three");
  await decide(server, "approve");
  await applyPolicy(server.context, {
    server: server.server.slug,
    text: "version: 1\ndefault: deny\ntools: { pay: { action: deny, reason: Closed. } }\n",
  });
  expect((await ask(three.send, "tasks/get", { taskId: three.taskId })).result).toMatchObject({
    status: "failed",
    statusMessage: expect.stringContaining("Reason: Closed."),
  });
  expect(tasks.ran()).toBe(before + 2);
});

test("another agent's is unknown, and so is one whose tool is hidden by now", async () => {
  const server = await gated();
  const { send, taskId } = await start(server);
  const other = await makeAgent(server.context, { servers: [server.server] });
  const stranger = await openSession(server.url, other.token);
  for (const method of ["tasks/get", "tasks/result", "tasks/cancel"]) {
    const { error } = await ask(stranger, method, { taskId });
    expect(error).toEqual({ code: -32602, message: "Task not found" });
  }
  await applyPolicy(server.context, {
    server: server.server.slug,
    text: "version: 1\ndefault: deny\ntools: { pay: { action: hide } }\n",
  });
  expect((await ask(send, "tasks/get", { taskId })).error.message).toBe("Task not found");
});

test("a tool that cannot be run as a task is held like any call, whatever the call asks for", async () => {
  const server = await gated();
  const send = await openSession(server.url, server.agent.token);
  const { result } = await ask(send, "tools/call", { name: "plain", arguments: {}, task: {} });
  expect(result).toMatchObject({ isError: true });
  expect(result.task).toBeUndefined();
});

test("a server that answers at once all the same has its answer kept as the task's", async () => {
  const server = await gated();
  const usual = tasks.upstream.scripts.get("tools/call");
  tasks.upstream.scripts.set("tools/call", () => ({
    result: { content: [{ type: "text", text: "paid at once" }] },
  }));
  const { send, taskId } = await start(server);
  await decide(server, "approve");
  expect((await ask(send, "tasks/get", { taskId })).result.status).toBe("completed");
  const { result } = await ask(send, "tasks/result", { taskId });
  expect(result.content).toEqual([{ type: "text", text: "paid at once" }]);
  if (usual) tasks.upstream.scripts.set("tools/call", usual);
});

test("the official client follows such a task to its result", async () => {
  const server = await gated();
  const client: Client = await connectClient(server.url, server.agent.token);
  await client.listTools();
  const seen: string[] = [];
  const stream = client.experimental.tasks.callToolStream(
    { name: "pay", arguments: { key: "sdk" } },
    CallToolResultSchema,
    { task: { ttl: 60_000 } },
  );
  for await (const message of stream) {
    seen.push(message.type === "taskStatus" ? message.task.status : message.type);
    if (message.type === "taskCreated") await decide(server, "approve");
    if (message.type === "result") {
      expect(JSON.stringify(message.result.content)).toContain("paid by theirs-");
    }
  }
  expect(seen.at(0)).toBe("taskCreated");
  expect(seen.slice(-2)).toEqual(["completed", "result"]);
  await client.close();
});
