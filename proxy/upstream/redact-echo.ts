import { readMessage } from "#proxy/json/json-rpc.ts";
import { RESPONSE_LIMITS } from "#proxy/json/parse-json.ts";
import type { Upstream, UpstreamEvent, UpstreamFailure, UpstreamReply } from "./types.ts";

/** Shorter values occur by chance, and are no credentials. */
const shortestSecret = 16;
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
    close: () => upstream.close(),
  };
}

/** `Bearer abc` is as secret as `abc`. */
function spellings(secret: string): string[] {
  const bare = secret.replace(/^\w+ +/, "");
  return [secret, bare]
    .filter((text) => text.length >= shortestSecret)
    .flatMap((text) => [
      JSON.stringify(text).slice(1, -1),
      Buffer.from(text).toString("base64").replace(/=+$/, ""),
      Buffer.from(text).toString("base64url"),
      encodeURIComponent(text),
    ]);
}

function cleanReply(reply: UpstreamReply, needles: readonly string[]): UpstreamReply {
  switch (reply.kind) {
    case "json": {
      if (!needles.some((needle) => reply.bytes.includes(needle))) return reply;
      const bytes = Buffer.from(clean(reply.bytes.toString("utf8"), needles));
      const parsed = readMessage(bytes, RESPONSE_LIMITS);
      return parsed.kind === "response"
        ? { ...reply, message: parsed.message, bytes }
        : { kind: "error", failure: unreadable };
    }
    case "stream":
      return { ...reply, events: cleanEvents(reply.events, needles) };
    case "accepted":
    case "error":
      return reply;
  }
}

async function* cleanEvents(
  events: AsyncIterableIterator<UpstreamEvent>,
  needles: readonly string[],
): AsyncGenerator<UpstreamEvent, void, undefined> {
  for await (const event of events) {
    if (event.kind !== "message" || !needles.some((needle) => event.data.includes(needle))) {
      yield event;
      continue;
    }
    const data = clean(event.data, needles);
    const parsed = readMessage(Buffer.from(data), RESPONSE_LIMITS);
    if (parsed.kind === "refused") {
      yield { kind: "failed", failure: unreadable };
      return;
    }
    yield { ...event, data, parsed };
  }
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
