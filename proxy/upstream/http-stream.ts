import { type RequestId, readMessage } from "#proxy/json/json-rpc.ts";
import { RESPONSE_LIMITS } from "#proxy/json/parse-json.ts";
import { type SseEvent, SseReader, SseRefusal } from "#proxy/json/sse.ts";
import type { ExchangeBody } from "./exchange.ts";
import { UpstreamTrouble } from "./transport-failure.ts";
import type { UpstreamEvent, UpstreamFailure } from "./types.ts";

/** Events of one stream; ten thousand are far beyond what one tool call reports. */
const MAX_EVENTS = 10_000;

/**
 * The messages of an event stream. With `awaited` the stream belongs to one request: it ends with
 * the response of that id, and responses to other ids are dropped. A stream that ends early fails
 * unless one of its events had an id, from which the agent can resume it.
 */
export async function* readEvents(
  body: ExchangeBody,
  awaited: RequestId | null,
  maxEventBytes: number,
  host: string,
): AsyncGenerator<UpstreamEvent, void, undefined> {
  let finished = false;
  let resumable = awaited === null;
  let seen = 0;
  try {
    for await (const event of sseEvents(body, maxEventBytes)) {
      if (++seen > MAX_EVENTS)
        throw trouble("too_large", `${host} sent more than ${MAX_EVENTS} events.`);
      if (event.id !== undefined) resumable = true;
      const next = toUpstreamEvent(event, host);
      if (next.kind !== "message" || next.parsed.kind !== "response" || awaited === null) {
        yield next;
      } else if (next.parsed.message.id === awaited) {
        finished = true;
        body.discard();
        yield next;
        return;
      }
    }
    finished = true;
    if (resumable) return;
    throw trouble("closed", `${host} ended its stream before the answer.`);
  } catch (error) {
    const failure = streamFailure(error);
    if (failure === null) throw error;
    // A connection that breaks is an end as well, after which the agent can go on.
    if (failure.code === "closed" && awaited !== null && resumable) return;
    yield { kind: "failed", failure };
  } finally {
    if (!finished) body.abort();
  }
}

async function* sseEvents(body: ExchangeBody, maxEventBytes: number): AsyncGenerator<SseEvent> {
  const reader = new SseReader(maxEventBytes);
  for (let chunk = await body.next(); chunk !== null; chunk = await body.next()) {
    yield* reader.push(chunk);
  }
}

function toUpstreamEvent(
  { data, id, event, retryMilliseconds }: SseEvent,
  host: string,
): UpstreamEvent {
  const position = {
    ...(id !== undefined && { id }),
    ...(retryMilliseconds !== undefined && { retryMilliseconds }),
  };
  if (data === "" || (event !== undefined && event !== "message"))
    return { kind: "priming", ...position };
  const parsed = readMessage(Buffer.from(data), RESPONSE_LIMITS);
  if (parsed.kind === "refused") {
    throw trouble(
      "protocol",
      `${host} sent an event that is not a JSON-RPC message: ${parsed.message}`,
    );
  }
  // A raw line break in valid JSON can only stand between tokens.
  return { kind: "message", parsed, data: data.replaceAll("\n", " "), ...position };
}

function streamFailure(error: unknown): UpstreamFailure | null {
  if (error instanceof UpstreamTrouble) return error.failure;
  if (!(error instanceof SseRefusal)) return null;
  const code = error.reason === "event_too_large" ? "too_large" : "protocol";
  return { code, bytesSent: true, message: error.message };
}

function trouble(code: UpstreamFailure["code"], message: string): UpstreamTrouble {
  return new UpstreamTrouble({ code, bytesSent: true, message });
}
