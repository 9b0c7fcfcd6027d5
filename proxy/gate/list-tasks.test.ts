// Calls that wait for a person, in the list of an agent's tasks (MCP 2025-11-25, "Tasks").
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeAgent } from "#lib/testing/factories.ts";
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
  type Send,
  startTask,
  startTaskServer,
  type TaskServer,
} from "#proxy/testing/task-server.ts";

let tasks: TaskServer;
let proxy: TestProxy;

beforeAll(async () => {
  tasks = await startTaskServer();
  proxy = await startProxy();
});

afterAll(async () => {
  await proxy.close();
  await tasks[Symbol.asyncDispose]();
});

/** All of the list, page by page, as the official client reads it. */
async function listed(server: GatedServer): Promise<string[][]> {
  const client = await connectClient(server.url, server.agent.token);
  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await client.experimental.tasks.listTasks(cursor);
    pages.push(page.tasks.map(({ taskId, status }) => `${taskId} ${status}`));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  await client.close();
  return pages;
}

const call = (send: Send, name: string, key: string) =>
  ask(send, "tools/call", { name, arguments: { key }, task: { ttl: 60_000 } });

test("a task that waits stands before the server's own, whose cursors stay as they are", async () => {
  const server = await tasks.gate(proxy);
  const { send, taskId } = await startTask(server, "one");
  const theirs: string[] = [];
  for (const key of ["a", "b", "c"]) {
    theirs.push((await call(send, "free", key)).result.task.taskId);
  }
  const second = await startTask(server, "two");
  const all = (await listed(server)).flat();
  expect(all).toEqual([
    ...[taskId, second.taskId].map((id) => `${id} working`),
    ...theirs.map((id) => `${id} working`),
  ]);
  expect((await ask(send, "tasks/list", {})).result.nextCursor).toBe("2");
});

test("it is listed once, under the id its agent knows, before it ran and after", async () => {
  const server = await tasks.gate(proxy);
  const { send, taskId } = await startTask(server);
  expect((await listed(server)).flat()).toEqual([`${taskId} working`]);
  await decide(server, "approve");
  await ask(send, "tasks/get", { taskId });
  expect((await listed(server)).flat()).toEqual([`${taskId} working`]);

  const denied = await startTask(server, "other");
  await decide(server, "deny");
  await ask(send, "tasks/get", { taskId: denied.taskId });
  expect((await listed(server)).flat()).toEqual([`${denied.taskId} failed`, `${taskId} working`]);
});

test("nobody else's list holds it", async () => {
  const server = await tasks.gate(proxy);
  await startTask(server);
  const other = await makeAgent(server.context, { servers: [server.server] });
  const stranger = await openSession(server.url, other.token);
  expect((await ask(stranger, "tasks/list", {})).result.tasks).toEqual([]);
});

test("more than a page of them come one after the other, each once", async () => {
  const server = await tasks.gate(proxy);
  const { send, taskId } = await startTask(server);
  const ids = [taskId];
  for (let at = 1; at < 53; at += 1) {
    // No more than twenty may be open at a time.
    await ask(send, "tasks/cancel", { taskId: ids.at(-1) });
    ids.push((await call(send, "pay", "a")).result.task.taskId);
  }
  const pages = await listed(server);
  expect(pages[0]).toHaveLength(50);
  const last = ids.at(-1);
  expect(pages.flat()).toEqual(ids.map((id) => `${id} ${id === last ? "working" : "cancelled"}`));
});
