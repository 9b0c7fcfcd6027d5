import { expect, test } from "vitest";
import type { JsonRpcMessage } from "#proxy/json/json-rpc.ts";
import { eventOf } from "#proxy/translate/messages.ts";
import type { UpstreamEvent } from "#proxy/upstream/types.ts";
import { asHttpReply } from "./http-reply.ts";

const patient = 60_000;
const jsonrpc = "2.0";
const progress: JsonRpcMessage = { jsonrpc, method: "notifications/progress" };
const done: JsonRpcMessage = { jsonrpc, id: 1, result: { content: [] } };
const failed = (code: number): JsonRpcMessage => ({
  jsonrpc,
  id: 1,
  error: { code, message: "No." },
});

/** A program's reply of these messages, and whether it was let go of. */
function replyOf(messages: readonly (JsonRpcMessage | UpstreamEvent)[], begin = Promise.resolve()) {
  const state = { over: false };
  async function* said(): AsyncGenerator<UpstreamEvent, void, undefined> {
    try {
      await begin;
      for (const message of messages) yield "kind" in message ? message : eventOf(message);
    } finally {
      state.over = true;
    }
  }
  return { kind: "stream" as const, events: said(), sessionId: null, state };
}

test.each([
  [200, done],
  [200, failed(-32602)],
  [404, failed(-32601)],
  [400, failed(-32020)],
  [400, failed(-32021)],
  [400, failed(-32022)],
])("an answer that nothing comes before is JSON with HTTP status %d", async (status, message) => {
  const reply = replyOf([message]);
  expect(await asHttpReply(reply, 1, patient)).toEqual({
    kind: "json",
    status,
    message,
    bytes: Buffer.from(JSON.stringify(message)),
    sessionId: null,
  });
  expect(reply.state.over).toBe(true);
});

test.each([
  ["after something else", [progress, done]],
  ["to another request", [{ ...done, id: 2 }, done]],
  ["that never comes", []],
])("an answer %s is a stream, of all that is said", async (_, messages) => {
  const reply = await asHttpReply(replyOf(messages), 1, patient);
  expect(await sayingsOf(reply)).toEqual(messages);
});

test("an answer that lets wait is a stream, which can be kept awake meanwhile", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const reply = await asHttpReply(replyOf([done], promise), 1, 1);
  resolve();
  expect(await sayingsOf(reply)).toEqual([done]);
});

test("a failure before anything is said is a failure", async () => {
  const failure = { code: "closed", bytesSent: true, message: "The program ended." } as const;
  const reply = await asHttpReply(replyOf([{ kind: "failed", failure }]), 1, patient);
  expect(reply).toEqual({ kind: "error", failure });
});

async function sayingsOf(reply: Awaited<ReturnType<typeof asHttpReply>>) {
  if (reply.kind !== "stream") expect.unreachable();
  const said: JsonRpcMessage[] = [];
  for await (const event of reply.events) {
    if (event.kind === "message") said.push(event.parsed.message);
  }
  return said;
}
