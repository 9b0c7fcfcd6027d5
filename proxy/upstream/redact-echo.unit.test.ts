import { expect, test } from "vitest";
import { secretsOf } from "#proxy/discover/discover.ts";
import { type ParsedMessage, readMessage } from "#proxy/json/json-rpc.ts";
import { RESPONSE_LIMITS } from "#proxy/json/parse-json.ts";
import { withoutEcho } from "./redact-echo.ts";
import type { Upstream, UpstreamEvent, UpstreamReply } from "./types.ts";

const secret = 'canary/7d1f+0c"credential=';
const context = { sessionId: null, protocolVersion: null };
const request = { jsonrpc: "2.0", id: 1, method: "tools/call" } as const;

/** A connection that answers like this, without what it repeats of the secret. */
async function through(reply: UpstreamReply, given = `Bearer ${secret}`): Promise<UpstreamReply> {
  const upstream: Upstream = {
    send: async () => reply,
    openStream: async () => reply,
    endSession: async () => {},
    close: async () => {},
  };
  return withoutEcho(upstream, [given]).send(request, context);
}

function accepted(text: string): ParsedMessage {
  const parsed = readMessage(Buffer.from(text), RESPONSE_LIMITS);
  if (parsed.kind === "refused") throw new Error(parsed.message);
  return parsed;
}

function json(text: string): Extract<UpstreamReply, { kind: "json" }> {
  const parsed = accepted(text);
  if (parsed.kind !== "response") throw new Error("not a response");
  const { message } = parsed;
  return { kind: "json", status: 200, message, bytes: Buffer.from(text), sessionId: null };
}

const answer = (said: string) =>
  `{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":${said}}]}}`;

/** What every character of it looks like when it is escaped. */
const escaped = [...secret]
  .map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`)
  .join("");

test.each([
  ["as it is", JSON.stringify(`your token: ${secret}.`)],
  ["with its scheme", JSON.stringify(`Bearer ${secret}`)],
  ["as base64", JSON.stringify(Buffer.from(secret).toString("base64"))],
  ["as base64 of URLs", JSON.stringify(Buffer.from(secret).toString("base64url"))],
  ["URL-encoded", JSON.stringify(encodeURIComponent(secret))],
  ["with every character escaped", `"${escaped}"`],
  ["with escaped slashes", JSON.stringify(secret).replaceAll("/", "\\/")],
])("a credential that a server repeats %s does not come down", async (_, said) => {
  const reply = await through(json(answer(said)));
  const shown = reply.kind === "json" ? reply.bytes.toString("utf8") : "";
  expect(shown).toContain("[credential removed by Callgate]");
  const { content } = (JSON.parse(shown) as { result: { content: { text: string }[] } }).result;
  expect(content[0]?.text).not.toContain(secret);
  expect(JSON.stringify(reply.kind === "json" && reply.message)).toBe(shown);
});

test("a message of a stream, and what is told of a failure, are without it as well", async () => {
  const failure = {
    code: "http_status",
    bytesSent: true,
    message: `It said: ${secret}`,
  } as const;
  async function* events(): AsyncGenerator<UpstreamEvent, void, undefined> {
    const data = answer(JSON.stringify(secret));
    yield {
      kind: "message",
      data,
      parsed: accepted(data),
    };
    yield { kind: "failed", failure };
  }
  const reply = await through({ kind: "stream", events: events(), sessionId: null });
  if (reply.kind !== "stream") throw new Error("no stream");
  const shown: UpstreamEvent[] = [];
  for await (const event of reply.events) shown.push(event);
  expect(shown).toHaveLength(2);
  const failed = await through({ kind: "error", failure });
  expect(JSON.stringify([shown, failed])).not.toContain("credential=");
});

test("what is no credential of the server passes byte for byte, escapes and numbers included", async () => {
  const reply = json(answer('"caf\\u00e9 \\/ 1"').replace('"result":{', '"result":{"n":1.50,'));
  expect(await through(reply)).toBe(reply);
});

test.each(["hunter2!", "Tr0ub4dor&3", "s3cret-pw", "aB-12345"])(
  "a password as short as %s does not come down either, as it is or as base64",
  async (password) => {
    for (const said of [password, Buffer.from(password).toString("base64")]) {
      const reply = await through(
        json(answer(JSON.stringify(`it is ${said}, is it not`))),
        password,
      );
      const shown = reply.kind === "json" ? reply.bytes.toString("utf8") : "";
      expect(shown).toContain("it is [credential removed by Callgate]");
      expect(shown).not.toContain(said.replace(/=+$/, ""));
    }
  },
);

test.each([
  "postgres",
  "Password",
  "changeme",
  "20261122",
  "2026-11-22",
  "10.0.0.12",
  "1,234,567.00",
  "a1",
  "key-1",
])("%s, which texts have by chance, is taken out of none", async (value) => {
  const text = `The password of postgres is not Password or changeme; ${value} of 2026-11-22, 20261122, key-1.`;
  const reply = json(answer(JSON.stringify(text)));
  expect(await through(reply, value)).toBe(reply);
  expect(await through(reply, `Bearer ${value}`)).toBe(reply);
});

test("a short header counts as a credential by its name alone", () => {
  const headers = {
    "X-Region": "us-east-1",
    "X-Api-Key": "k3y-12345",
    Authorization: "Bearer abc12345",
    "X-Trace": "0123456789abcdef",
  };
  expect(secretsOf({ kind: "http", url: "https://server.example.test/mcp", headers })).toEqual([
    "k3y-12345",
    "Bearer abc12345",
    "0123456789abcdef",
  ]);
});
