// `tasks/result` of a call that waits for a person (MCP 2025-11-25, "Tasks: Result Retrieval").
import { CallToolResultSchema } from "@modelcontextprotocol/sdk/types.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { listApprovals } from "#lib/approvals/approvals.ts";
import { database } from "#lib/db.ts";
import { applyPolicy } from "#lib/rules/rules.ts";
import {
  connectClient,
  type GatedServer,
  listBody,
  post,
  startProxy,
  type TestProxy,
} from "#proxy/testing/harness.ts";
import {
  ask,
  decide,
  type Send,
  startTask,
  startTaskServer,
  type TaskServer,
} from "#proxy/testing/task-server.ts";
import { startFleet } from "#scripts/campaign/fleet.ts";

let tasks: TaskServer;
let proxies: [TestProxy, TestProxy];

beforeAll(async () => {
  tasks = await startTaskServer();
  proxies = [await startProxy(), await startProxy()];
});

afterAll(async () => {
  for (const proxy of proxies) await proxy.close();
  await tasks[Symbol.asyncDispose]();
});

const gated = (rule: object = {}) => tasks.gate(proxies[0], rule);
const waits = ({ context }: GatedServer) =>
  database().approvalTaskWait.count({ where: { orgId: context.org.id } });
const untilWaiting = (server: GatedServer, amount = 1) =>
  expect.poll(() => waits(server), { timeout: 20_000 }).toBe(amount);
const elsewhere = (server: GatedServer) => server.url.replace(proxies[0].origin, proxies[1].origin);

/** The same session, by way of the other proxy. */
const throughOther =
  (server: GatedServer, { session }: Send) =>
  (body: string) =>
    post(elsewhere(server), server.agent.token, body, { "mcp-session-id": session });

test("the official client's request for the result waits for the person, hears of it, and gets what ran", async () => {
  const server = await gated();
  const before = tasks.ran();
  const client = await connectClient(server.url, server.agent.token);
  await client.listTools();
  const task = { ttl: 60_000 };
  const created = await client.experimental.tasks
    .callToolStream({ name: "pay", arguments: {} }, CallToolResultSchema, { task })
    .next();
  if (created.value?.type !== "taskCreated") throw new Error(`created ${created.value?.type}`);
  const { taskId } = created.value.task;
  const heard: string[] = [];
  // The decision comes once the agent has been told that it is awaited.
  const onprogress = async ({ message = "" }) => {
    heard.push(message);
    if (heard.length === 1) await decide(server, "approve");
  };
  const result = await client.experimental.tasks.getTaskResult(taskId, CallToolResultSchema, {
    onprogress,
  });
  expect(JSON.stringify(result.content)).toContain(`paid by theirs-${tasks.ran()}`);
  expect(heard[0]).toMatch(/^Waiting for approval \S+ for \d+ s$/);
  expect(tasks.ran()).toBe(before + 1);
  await expect.poll(() => waits(server)).toBe(0);
  await client.close();
});

test("however many wait, on any proxy, the call runs once, all get its result, and others find the database free", async () => {
  const server = await gated();
  const before = tasks.ran();
  const { send, taskId } = await startTask(server);
  const other = throughOther(server, send);
  // More than a proxy has connections.
  const waiting = Array.from({ length: 24 }, async (_, at) => {
    const body = JSON.stringify({
      ...{ jsonrpc: "2.0", id: `wait-${at}`, method: "tasks/result" },
      params: { taskId },
    });
    return (await (at % 2 ? other : send)(body)).text;
  });
  await untilWaiting(server, 24);
  expect((await send(listBody)).text).toContain("plain");
  await decide(server, "approve");
  for (const text of await Promise.all(waiting)) expect(text).toContain("paid by theirs-");
  expect(tasks.ran()).toBe(before + 1);
  expect((await listApprovals(server.context)).map(({ state }) => state)).toEqual(["consumed"]);
});

test("a limit that is reached is waited for like the person", async () => {
  const server = await gated({ rate_limit: { max: 1, window: 2, per: "agent" } });
  for (const key of ["one", "two"]) {
    const { send, taskId } = await startTask(server, key);
    await decide(server, "approve");
    const { result } = await ask(send, "tasks/result", { taskId });
    expect(JSON.stringify(result.content)).toContain("paid by theirs-");
  }
});

test.each([
  ["a cancellation of the request", "notifications/cancelled"],
  ["the end of its session", "DELETE"],
])("%s ends the wait without an answer, from any proxy, and leaves the task", async (_, how) => {
  const server = await gated();
  const before = tasks.ran();
  const { send, taskId } = await startTask(server);
  const waiting = send(
    JSON.stringify({ jsonrpc: "2.0", id: "w", method: "tasks/result", params: { taskId } }),
  );
  await untilWaiting(server);
  if (how === "DELETE") {
    const headers = {
      authorization: `Bearer ${server.agent.token}`,
      "mcp-session-id": send.session,
    };
    await fetch(elsewhere(server), { method: "DELETE", headers });
  } else {
    const cancelled = { jsonrpc: "2.0", method: how, params: { requestId: "w" } };
    await throughOther(server, send)(JSON.stringify(cancelled));
  }
  expect((await waiting).text).not.toContain("data:");
  await decide(server, "approve");
  const again = await connectClient(server.url, server.agent.token);
  await again.experimental.tasks.getTask(taskId);
  expect(tasks.ran()).toBe(before + 1);
  await again.close();
});

test("an agent that goes away leaves no wait behind, and finds its task again", async () => {
  const server = await gated();
  const { send, taskId } = await startTask(server);
  const agent = new AbortController();
  const gone = fetch(server.url, {
    method: "POST",
    headers: {
      authorization: `Bearer ${server.agent.token}`,
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
      "mcp-session-id": send.session,
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 5, method: "tasks/result", params: { taskId } }),
    signal: agent.signal,
  });
  await untilWaiting(server);
  agent.abort();
  await expect(gone).rejects.toThrow();
  await untilWaiting(server, 0);
  expect((await ask(send, "tasks/get", { taskId })).result.status).toBe("working");
  expect(await listApprovals(server.context, { state: "pending" })).toHaveLength(1);
});

test("cancelling the task, or hiding its tool, ends the wait with what the agent may know", async () => {
  const server = await gated();
  const { send, taskId } = await startTask(server, "one");
  const cancelled = ask(send, "tasks/result", { taskId }, "one");
  await untilWaiting(server);
  await ask(send, "tasks/cancel", { taskId });
  expect((await cancelled).error.message).toContain("withdrawn");

  const other = await startTask(server, "two");
  const hidden = ask(other.send, "tasks/result", { taskId: other.taskId });
  await untilWaiting(server);
  await applyPolicy(server.context, {
    server: server.server.slug,
    text: "version: 1\ndefault: deny\ntools: { pay: { action: hide } }\n",
  });
  expect((await hidden).error).toEqual({ code: -32602, message: "Task not found" });
});

test("a proxy that stops tells those who wait how their task stands, and goes at once", async () => {
  const fleet = await startFleet(process.env.DATABASE_URL ?? "", 1, { PROXY_DRAIN_SECONDS: "60" });
  try {
    const server = await tasks.gate({ origin: fleet.origins[0] ?? "" });
    const { send, taskId } = await startTask(server);
    const waiting = ask(send, "tasks/result", { taskId });
    await untilWaiting(server);
    const stopped = fleet.stop(0);
    expect((await waiting).error.message).toContain("Waits for a person's approval");
    expect(await stopped).toBe(0);
  } finally {
    await fleet.close();
  }
});
