import { type JsonRpcMessage, readMessage } from "#proxy/json/json-rpc.ts";
import { RESPONSE_LIMITS } from "#proxy/json/parse-json.ts";
import type { Upstream, UpstreamEvent, UpstreamFailure, UpstreamReply } from "./types.ts";

/** From here on a text is a credential whatever it looks like. */
const longSecret = 16;
/** Shorter ones occur by chance. */
const shortestSecret = 8;
const mark = "[credential removed by Callgate]";

/**
 * The connection without what its server repeats of the credentials it was given: as they are, as
 * base64 or URL-encoded. A server that echoes its headers would else hand them to every agent.
 *
 * @param secrets opened values; none means the connection as it is
 */
export function withoutEcho(upstream: Upstream, secrets: readonly string[]): Upstream {
  const needles = [...new Set(secrets.flatMap(spellings))];
  if (needles.length === 0) return upstream;
  const { ended } = upstream;
  return {
    ...(ended === undefined ? {} : { ended }),
    send: async (message, context) => cleanReply(await upstream.send(message, context), needles),
    openStream: async (context) => cleanReply(await upstream.openStream(context), needles),
    endSession: (context) => upstream.endSession(context),
    retire: () => upstream.retire?.(),
    close: () => upstream.close(),
  };
}

/** `Bearer abc` is as secret as `abc`. */
function spellings(secret: string): string[] {
  const bare = secret.replace(/^\w+ +/, "");
  return [secret, bare]
    .filter((text) => text.length >= longSecret || isShortSecret(text))
    .flatMap((text) => [
      text,
      JSON.stringify(text).slice(1, -1),
      Buffer.from(text).toString("base64").replace(/=+$/, ""),
      Buffer.from(text).toString("base64url"),
      encodeURIComponent(text),
    ]);
}

/**
 * Of eight to fifteen characters: one that no sentence, date, number or address has in it by chance. Those of letters
 * alone may be words ("postgres"), those without any letter dates and numbers.
 */
function isShortSecret(text: string): boolean {
  if (text.length < shortestSecret || !/\p{L}/u.test(text)) return false;
  return /[^\p{L}]/u.test(text) || /\p{Ll}\p{Lu}/u.test(text);
}

function cleanReply(reply: UpstreamReply, needles: readonly string[]): UpstreamReply {
  switch (reply.kind) {
    case "json": {
      const text = cleanText(reply.bytes.toString("utf8"), reply.message, needles);
      if (text === null) return reply;
      const bytes = Buffer.from(text);
      const parsed = readMessage(bytes, RESPONSE_LIMITS);
      return parsed.kind === "response"
        ? { ...reply, message: parsed.message, bytes }
        : { kind: "error", failure: unreadable };
    }
    case "stream":
      return { ...reply, events: cleanEvents(reply.events, needles) };
    case "accepted":
      return reply;
    case "error":
      return { kind: "error", failure: cleanFailure(reply.failure, needles) };
  }
}

async function* cleanEvents(
  events: AsyncIterableIterator<UpstreamEvent>,
  needles: readonly string[],
): AsyncGenerator<UpstreamEvent, void, undefined> {
  for await (const event of events) {
    if (event.kind === "failed") {
      yield { kind: "failed", failure: cleanFailure(event.failure, needles) };
      return;
    }
    const text =
      event.kind === "message" ? cleanText(event.data, event.parsed.message, needles) : null;
    if (event.kind !== "message" || text === null) {
      yield event;
      continue;
    }
    const parsed = readMessage(Buffer.from(text), RESPONSE_LIMITS);
    if (parsed.kind === "refused") {
      yield { kind: "failed", failure: unreadable };
      return;
    }
    yield { ...event, data: text, parsed };
  }
}

/** The text of a message without the credentials; null when there are none in it. */
function cleanText(text: string, message: JsonRpcMessage, needles: readonly string[]) {
  // The spellings above escape what has to be; a server may escape any character.
  const plain = needlessEscape.test(text) ? JSON.stringify(message) : text;
  return carries(plain, needles) ? clean(plain, needles) : null;
}

const needlessEscape = /\\[u/]/;

/** What we say of a server may quote it. */
function cleanFailure(failure: UpstreamFailure, needles: readonly string[]): UpstreamFailure {
  const message = clean(failure.message, needles);
  return message === failure.message ? failure : { ...failure, message };
}

function carries(text: string, needles: readonly string[]): boolean {
  return needles.some((needle) => text.includes(needle));
}

function clean(text: string, needles: readonly string[]): string {
  return needles.reduce((cleaned, needle) => cleaned.replaceAll(needle, mark), text);
}

/** Taking the credential out of it left no message: it stood where only a name can. */
const unreadable: UpstreamFailure = {
  code: "protocol",
  bytesSent: true,
  message: "The server repeated its credential in a message that is not readable without it.",
};
