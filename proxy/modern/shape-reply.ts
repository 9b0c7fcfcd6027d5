import { stringifyChanged } from "#proxy/json/exact-numbers.ts";
import type { JsonRpcResponse, RequestId } from "#proxy/json/json-rpc.ts";
import type { UpstreamEvent, UpstreamReply } from "#proxy/upstream/types.ts";

/**
 * Changes the answer to one request wherever it arrives, as JSON or on a stream, and leaves out what
 * `keeps` refuses. Digits of large numbers survive.
 *
 * @param shape changes a response in place and says whether it did; called again on an exact copy
 */
export function shapeReply(
  reply: UpstreamReply,
  id: RequestId,
  shape: (message: JsonRpcResponse) => boolean,
  keeps: (event: Extract<UpstreamEvent, { kind: "message" }>) => boolean,
): UpstreamReply {
  switch (reply.kind) {
    case "json": {
      if (!shape(reply.message)) return reply;
      const text = stringifyChanged(reply.bytes.toString("utf8"), reply.message, shape);
      return { ...reply, bytes: Buffer.from(text, "utf8") };
    }
    case "stream":
      return { ...reply, events: shapeEvents(reply.events, id, shape, keeps) };
    case "accepted":
    case "error":
      return reply;
  }
}

async function* shapeEvents(
  events: AsyncIterableIterator<UpstreamEvent>,
  id: RequestId,
  shape: (message: JsonRpcResponse) => boolean,
  keeps: (event: Extract<UpstreamEvent, { kind: "message" }>) => boolean,
): AsyncGenerator<UpstreamEvent, void, undefined> {
  for await (const event of events) {
    if (event.kind !== "message") {
      yield event;
    } else if (event.parsed.kind === "response" && event.parsed.message.id === id) {
      const changed = shape(event.parsed.message);
      const data = changed ? stringifyChanged(event.data, event.parsed.message, shape) : event.data;
      yield { ...event, data };
    } else if (keeps(event)) {
      yield event;
    }
  }
}
