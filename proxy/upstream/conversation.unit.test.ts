// One stream for all that a server says: whose each message is, and whose fault a bad one.
import { expect, it } from "vitest";
import { CONTEXT, eventsOf, request, setUpPrograms } from "#proxy/testing/node-program.ts";
import { awaitAnswer } from "./await-answer.ts";

const { program } = setUpPrograms();

it.each([
  ["JSON that is cut off", '{"jsonrpc":"2.0","id":1,"result":{"content":['],
  ["what only looks like JSON", '{"jsonrpc":"2.0","id":1,"result":{"n":NaN}}'],
  [
    "an error that answers nothing",
    '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"?"}}',
  ],
])("fails the waiting call at once on %s", async (_, line) => {
  const upstream = program(`say(${JSON.stringify(line)});`);
  expect(await awaitAnswer(await upstream.send(request(9, "x"), CONTEXT))).toMatchObject({
    failure: { code: "protocol", bytesSent: true },
  });
});

it("takes an error that answers nothing for nobody's when several calls wait", async () => {
  const upstream = program(`
      if (m.params.last) say({ jsonrpc: "2.0", id: null, error: { code: -32700, message: "?" } });
      if (m.params.last) for (const id of [1, 2]) answer(id, {});
    `);
  const first = await upstream.send(request("a", "x"), CONTEXT);
  const second = await upstream.send(request("b", "x", { last: true }), CONTEXT);
  expect(await awaitAnswer(first)).toMatchObject({ kind: "answer", message: { id: "a" } });
  expect(await awaitAnswer(second)).toMatchObject({ kind: "answer", message: { id: "b" } });
});

it("ends a session that only brings answers to nothing (ADV-158)", async () => {
  const upstream = program("for (let i = 0; i < 10_001; i += 1) answer(-1, {});");
  expect(await awaitAnswer(await upstream.send(request(1, "x"), CONTEXT))).toMatchObject({
    failure: { code: "closed", message: "The server sent more than 10000 answers to nothing." },
  });
});

it("asks the newest call, not whoever only listens to news", async () => {
  const upstream = program(`
      if (m.method !== "tools/list") return;
      say({ jsonrpc: "2.0", id: "q", method: "elicitation/create" });
      say({ jsonrpc: "2.0", method: "notifications/message", params: {} });
      say({ jsonrpc: "2.0", method: "notifications/tools/list_changed" });
      for (const id of [1, 2]) answer(id, {});
    `);
  const feed = await upstream.openStream({ ...CONTEXT, newsOnly: true });
  if (feed.kind !== "stream") throw new Error("no stream");
  const call = await upstream.send(request("call", "tools/call"), CONTEXT);
  const list = await upstream.send(request("list", "tools/list"), CONTEXT);
  expect(await eventsOf(call)).toMatchObject([
    { parsed: { message: { method: "elicitation/create" } } },
    { parsed: { message: { method: "notifications/message" } } },
    { parsed: { message: { id: "call" } } },
  ]);
  expect(await eventsOf(list)).toHaveLength(1);
  expect(await feed.events.next()).toMatchObject({
    value: { parsed: { message: { method: "notifications/tools/list_changed" } } },
  });
});

it("brings each subscription its own news, under the agent's id", async () => {
  const key = "io.modelcontextprotocol/subscriptionId";
  const upstream = program(`
      const tell = (method, id) => say({ jsonrpc: "2.0", method, params: { _meta: { "${key}": id } } });
      if (m.method === "subscriptions/listen") tell("notifications/subscriptions/acknowledged", m.id);
      if (m.method === "tools/call") {
        tell("notifications/tools/list_changed", 1);
        tell("notifications/prompts/list_changed", 2);
        tell("notifications/prompts/list_changed", m.id);
        tell("notifications/prompts/list_changed", 99);
        for (const id of [1, 2]) answer(id, { _meta: { "${key}": id } });
        answer(m.id, {});
      }
    `);
  const listen = (id: string | number) =>
    upstream.send(request(id, "subscriptions/listen"), CONTEXT);
  const [mine, other] = [await listen("mine"), await listen(1)];
  const call = await upstream.send(request("call", "tools/call"), CONTEXT);
  const stamped = (id: string | number) => ({ params: { _meta: { [key]: id } } });
  expect(await eventsOf(call)).toHaveLength(1);
  expect(await eventsOf(mine)).toMatchObject([
    { parsed: { message: stamped("mine") } },
    { parsed: { message: { method: "notifications/tools/list_changed", ...stamped("mine") } } },
    { parsed: { message: { id: "mine", result: { _meta: { [key]: "mine" } } } } },
  ]);
  expect(await eventsOf(other)).toMatchObject([
    { parsed: { message: stamped(1) } },
    { parsed: { message: { method: "notifications/prompts/list_changed", ...stamped(1) } } },
    { parsed: { message: { id: 1, result: { _meta: { [key]: 1 } } } } },
  ]);
});
