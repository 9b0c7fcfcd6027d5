import { setTimeout as wait } from "node:timers/promises";
import type { UpstreamEvent, UpstreamFailure, UpstreamReply } from "#proxy/upstream/types.ts";

/** Between two looks where the server names no time. */
const usualRetryMilliseconds = 1_000;
const shortestRetryMilliseconds = 50;

/**
 * A call's events, also where its server lets go of the stream after it has named a point of it: then
 * the rest is fetched from there, after the wait the server asks for, as often as it does so (MCP
 * 2025-11-25, "Streamable HTTP", SEP-1699).
 *
 * @param resume            opens the stream again after the event with this id
 * @param totalMilliseconds how long all of it may take
 */
export async function* followEvents(
  first: AsyncIterableIterator<UpstreamEvent>,
  resume: (lastEventId: string, leftMilliseconds: number) => Promise<UpstreamReply>,
  totalMilliseconds: number,
  signal: AbortSignal,
): AsyncGenerator<UpstreamEvent, void, undefined> {
  const until = performance.now() + totalMilliseconds;
  let events: AsyncIterableIterator<UpstreamEvent> | null = first;
  let lastEventId = "";
  let retryMilliseconds = usualRetryMilliseconds;
  for (;;) {
    for await (const event of events ?? []) {
      if (event.kind === "failed") {
        if (lastEventId !== "" && event.failure.code === "closed") break;
        yield event;
        return;
      }
      lastEventId = event.id ?? lastEventId;
      retryMilliseconds = event.retryMilliseconds ?? retryMilliseconds;
      yield event;
    }
    if (lastEventId === "") return;
    const pause = Math.max(retryMilliseconds, shortestRetryMilliseconds);
    const left = until - performance.now() - pause;
    if (left <= 0) return yield failed("timeout", "The server did not answer in time.");
    await wait(pause, undefined, { signal }).catch(() => {});
    if (signal.aborted) return yield failed("cancelled", "The caller gave the request up.");
    const reply = await resume(lastEventId, left);
    if (reply.kind === "accepted") {
      return yield failed("protocol", "The server opened no stream to go on with.");
    }
    if (reply.kind === "error" && reply.failure.code !== "closed") {
      return yield failed(reply.failure.code, reply.failure.message);
    }
    events = reply.kind === "stream" ? reply.events : null;
  }
}

/** The call was sent, whatever became of its stream. */
function failed(code: UpstreamFailure["code"], message: string): UpstreamEvent {
  return { kind: "failed", failure: { code, bytesSent: true, message } };
}
