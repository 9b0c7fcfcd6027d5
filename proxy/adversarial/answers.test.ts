// A malformed answer of a server is reported as the server's fault and never half delivered.
import { describe, expect, test } from "vitest";
import { SseReader } from "#proxy/json/sse.ts";
import { setUpOracle } from "#proxy/testing/oracle.ts";
import type { Message } from "#proxy/testing/scripted-server.ts";
import type { AnswerCase, Failure, HttpAnswer } from "./answer-case.ts";
import { answerCases } from "./answer-cases.ts";
import { streamCases } from "./stream-cases.ts";

const oracle = setUpOracle();

const words: Record<Failure, string> = {
  invalid: "its answer is not valid MCP.",
  "too large": "its answer is larger than the proxy accepts.",
  late: "it did not answer in time.",
  "cut off": "the connection ended before the answer.",
  unauthorized: "it refuses the stored credential",
  unreachable: "it cannot be reached",
};

describe.each([
  ["answer", answerCases],
  ["event stream", streamCases],
])("a server's %s:", (_, cases) => {
  test.each(cases.map(({ id, title, ...entry }) => [title, id, entry] as const))(
    "%s (%s)",
    async (_title, _id, { answer, gets }) => {
      const { upstream, send } = oracle.target();
      const method = answer.method ?? "tools/call";
      const isCall = method === "tools/call";
      const asked = upstream.seen.length;
      upstream.scripts.set(method, (message, response) => {
        for (let sent = 0; sent < (answer.informational ?? 0); sent += 1)
          response.writeProcessing();
        response.writeHead(answer.status ?? 200, headersOf(answer));
        response.write(
          bodyOf(answer, message, upstream.url),
          () => answer.stalls || response.end(),
        );
        return undefined;
      });
      const params = isCall ? { name: "get" } : {};
      const given = await oracle.judge(
        () => send(JSON.stringify({ jsonrpc: "2.0", id: 41, method, params })),
        { received: 1, recorded: isCall ? ["allowed"] : [] },
      );
      expectAnswer(lastMessage(given.text), gets, isCall);
      // This request and the oracle's: whatever an answer links to, nothing fetches it.
      expect(upstream.seen.length - asked).toBe(2);
    },
  );
});

function expectAnswer(message: Message, gets: AnswerCase["gets"], isCall: boolean): void {
  if (typeof gets !== "string") {
    expect(message).toEqual({ jsonrpc: "2.0", id: 41, ...gets });
    return;
  }
  const slug = /^Server "server-[^"]+" could not answer: /;
  const text = isCall
    ? (message as { result: { content: { text: string }[] } }).result.content[0]?.text
    : (message as { error: { message: string } }).error.message;
  expect(text).toMatch(slug);
  expect(text).toContain(words[gets]);
  if (isCall) {
    expect(message).toMatchObject({ id: 41, result: { isError: true } });
    expect(text).toContain("The action may or may not have been performed");
  } else {
    expect(message).toMatchObject({ id: 41, error: { code: -32603 } });
  }
}

function headersOf({ headers = {}, type = "application/json" }: HttpAnswer) {
  return { ...headers, ...(type === null ? {} : { "content-type": type }) };
}

function bodyOf({ body, bytes }: HttpAnswer, { id }: Message, own: string): Buffer {
  const text = body
    .replaceAll("$own", own)
    .replaceAll("$id", JSON.stringify(id))
    .replaceAll("$fill", "x".repeat(30_000))
    .replaceAll("$deep", "[".repeat(5_000))
    .replaceAll("$note", '{"jsonrpc":"2.0","method":"notifications/vendor"}');
  return Buffer.concat([Buffer.from(text), Buffer.from(bytes ?? "", "base64")]);
}

/** The answer itself: the last message of a stream, or the body. */
function lastMessage(text: string): Message {
  if (text.startsWith("{")) return JSON.parse(text);
  const events = new SseReader(1_000_000).push(Buffer.from(text)).filter(({ data }) => data !== "");
  return JSON.parse(events.at(-1)?.data ?? "null");
}
