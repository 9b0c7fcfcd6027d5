import { deepStrictEqual, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { formatSseEvent, type SseEvent, SseReader, SseRefusal } from "#proxy/json/sse.ts";
import type { ExchangeBody } from "#proxy/upstream/exchange.ts";
import { readEvents } from "#proxy/upstream/http-stream.ts";
import type { UpstreamEvent } from "#proxy/upstream/types.ts";
import { cutAt } from "./bytes.ts";
import { forAll, forAllLater, type Property } from "./property.ts";
import { choices, denoted, jsonObject, spell } from "./spelling.ts";

const pieces = [
  ...["data", "data: ", "data:x", "id: ", "id", "event: message", "event: other", "retry: 5"],
  ...["retry: 99999", ":", " ", "\n", "\n\n", "\r", "\r\n", "\r\r", "\ufeff", "é", "\0", "😀"],
];
const ends = ["\n", "\r\n", "\r", "\n\n", "\r\n\r\n"];
const anyStream = fc.oneof(
  fc.uint8Array({ maxLength: 24 }).map((array) => Buffer.from(array)),
  fc
    .array(fc.constantFrom(...pieces), { maxLength: 24 })
    .map((parts) => Buffer.from(parts.join(""))),
  fc
    .array(fc.tuple(fc.constantFrom(...pieces.slice(0, 8)), fc.constantFrom(...ends)), {
      maxLength: 8,
    })
    .map((lines) => Buffer.from(lines.flat().join(""))),
);
const cuts = fc.array(fc.nat(), { maxLength: 8 });
const message = fc.oneof(
  jsonObject.map((result) => ({ jsonrpc: "2.0", id: 1, result })),
  jsonObject.map((params) => ({ jsonrpc: "2.0", method: "notifications/message", params })),
);
const lineEnd = fc.constantFrom("\n", "\r\n", "\r");

/** What any stream of a server comes to on its way to the agent. */
export const eventProperties: readonly Property[] = [
  forAll("a stream is read alike however its bytes arrive", [anyStream, cuts], (stream, at) => {
    deepStrictEqual(eventsOf(cutAt(stream, at)), eventsOf([stream]));
  }),

  forAll("a stream is refused, or read as the standard says", [anyStream], (stream) => {
    const events = eventsOf([stream]);
    if (events !== "refused") deepStrictEqual(events, asTheStandardSays(stream.toString("utf8")));
  }),

  forAll(
    "an event that is written is the one event that is read",
    [fc.string({ unit: fc.constantFrom(...pieces, "a"), maxLength: 16 }), fc.nat()],
    (data, retry) => {
      const event = { id: `p${retry}`, data, retryMilliseconds: 1_000 + (retry % 59_000) };
      const read = asTheStandardSays(formatSseEvent(event));
      deepStrictEqual(read, [{ ...event, data: data.replace(/[\r\n]/g, " ") }]);
    },
  ),

  forAll(
    "a message is one event however its text is laid out",
    [message, choices],
    (said, decisions) => {
      const data = spell(said, decisions);
      const [read, ...more] = asTheStandardSays(formatSseEvent({ event: "message", data }));
      strictEqual(more.length, 0);
      strictEqual(read?.event, "message");
      deepStrictEqual(denoted(read.data), said);
    },
  ),

  forAllLater(
    "the agent reads the messages that were judged, however the server wrote them",
    [fc.array(message, { maxLength: 2 }), choices, lineEnd, cuts],
    async (messages, decisions, end, at) => {
      const stream = messages.map((item) => written(spell(item, decisions), end)).join("");
      const seen = await seenOf(cutAt(Buffer.from(stream), at));
      if (seen.some(({ kind }) => kind === "failed")) return;
      strictEqual(seen.length, messages.length);
      for (const [index, event] of seen.entries()) {
        if (event.kind !== "message") throw new Error(`read as ${event.kind}`);
        const [read, ...more] = asTheStandardSays(formatSseEvent({ data: event.data }));
        strictEqual(more.length, 0);
        deepStrictEqual(denoted(read?.data ?? ""), event.parsed.message);
        deepStrictEqual(event.parsed.message, messages[index]);
      }
    },
  ),

  forAllLater(
    "a stream that ends anywhere gives whole messages and no half one",
    [fc.array(message, { minLength: 1, maxLength: 2 }), choices, fc.nat()],
    async (messages, decisions, end) => {
      const whole = Buffer.from(
        messages.map((item) => written(spell(item, decisions), "\n")).join(""),
      );
      const seen = await seenOf([whole.subarray(0, end % whole.length)]);
      const read = seen.flatMap((event) =>
        event.kind === "message" ? [event.parsed.message] : [],
      );
      deepStrictEqual(read, messages.slice(0, read.length));
      if (read.length === messages.length) throw new Error("a message without its end was read");
    },
  ),
];

function eventsOf(chunks: readonly Buffer[]): SseEvent[] | "refused" {
  const reader = new SseReader(10_000);
  try {
    return chunks.flatMap((chunk) => reader.push(chunk));
  } catch (error) {
    if (error instanceof SseRefusal) return "refused";
    throw error;
  }
}

/** A message as an event: each line of its text is a line of data. */
function written(text: string, end: string): string {
  const lines = text.split(/\r\n|\r|\n/).map((line) => `data: ${line}`);
  return [": comment", ...lines, "", ""].join(end);
}

/** What the proxy makes of an answer to nobody in particular. */
async function seenOf(chunks: readonly Buffer[]): Promise<UpstreamEvent[]> {
  const left = [...chunks];
  const body: ExchangeBody = {
    collect: async () => Buffer.concat(left),
    next: async () => left.shift() ?? null,
    discard() {},
    abort() {},
  };
  const seen: UpstreamEvent[] = [];
  for await (const event of readEvents(body, null, 100_000, "server.test")) seen.push(event);
  return seen;
}

/**
 * A second, plain reading of "9.2.6 Interpreting an event stream" (WHATWG HTML) for whole texts, with
 * our differences: an id belongs to its own event, and `retry` is held to 1 to 60 s.
 */
function asTheStandardSays(text: string): SseEvent[] {
  const lines = text.replace(/^\ufeff/, "").split(/\r\n|\r|\n/);
  lines.pop();
  const events: SseEvent[] = [];
  let fields: [string, string][] = [];
  for (const line of lines) {
    if (line === "") {
      const data = fields.filter(([name]) => name === "data").map(([, value]) => value);
      if (data.length > 0) events.push({ ...namedBy(fields), data: data.join("\n") });
      fields = [];
    } else if (!line.startsWith(":")) {
      const [name = "", ...rest] = line.split(":");
      fields.push([name, rest.join(":").replace(/^ /, "")]);
    }
  }
  return events;
}

function namedBy(fields: readonly [string, string][]): Omit<SseEvent, "data"> {
  const named: Omit<SseEvent, "data"> = {};
  for (const [name, value] of fields) {
    if (name === "event") named.event = value;
    if (name === "id" && !value.includes("\0")) named.id = value;
    if (name === "retry" && /^\d{1,9}$/.test(value)) {
      named.retryMilliseconds = Math.min(60_000, Math.max(1_000, Number(value)));
    }
  }
  return named;
}
