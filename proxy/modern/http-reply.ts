import type { RequestId } from "#proxy/json/json-rpc.ts";
import type { UpstreamEvent, UpstreamReply } from "#proxy/upstream/types.ts";
import { statusOf } from "./answer.ts";

/**
 * The reply of a server that has no HTTP, in the form in which one with HTTP would give it: an answer
 * that nothing comes before is JSON with the status that belongs to it, all else a stream.
 *
 * @param patienceMilliseconds how long nothing may be said before it is a stream, which can be kept awake
 */
export async function asHttpReply(
  reply: UpstreamReply,
  id: RequestId,
  patienceMilliseconds: number,
): Promise<UpstreamReply> {
  if (reply.kind === "json") return { ...reply, status: statusOf(reply.message) };
  if (reply.kind !== "stream") return reply;
  const { events } = reply;
  const next = events.next();
  const first = await within(next, patienceMilliseconds);
  const event = first?.done === false ? first.value : null;
  if (event?.kind === "failed") return { kind: "error", failure: event.failure };
  const parsed = event?.kind === "message" ? event.parsed : null;
  if (event?.kind !== "message" || parsed?.kind !== "response" || parsed.message.id !== id) {
    return { ...reply, events: from(next, events) };
  }
  await events.return?.();
  const { message } = parsed;
  const bytes = Buffer.from(event.data, "utf8");
  return { kind: "json", status: statusOf(message), message, bytes, sessionId: reply.sessionId };
}

/** Null when it takes longer. */
async function within<T>(awaited: Promise<T>, milliseconds: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), milliseconds);
  });
  try {
    return await Promise.race([awaited, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function* from(
  next: Promise<IteratorResult<UpstreamEvent>>,
  rest: AsyncIterableIterator<UpstreamEvent>,
): AsyncGenerator<UpstreamEvent, void, undefined> {
  try {
    const first = await next;
    if (first.done) return;
    yield first.value;
    yield* rest;
  } finally {
    await rest.return?.();
  }
}
