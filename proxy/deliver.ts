import type { Exchange } from "./exchange.ts";
import { filterToolList } from "./filter.ts";
import type { JsonRpcResponse, RequestId } from "./json/json-rpc.ts";
import type { UpstreamFailure, UpstreamReply } from "./upstream/types.ts";

/** What came of an upstream's reply. Exactly one of `answer` and `failure` is set. */
export interface Delivered {
  answer: JsonRpcResponse | null;
  failure: UpstreamFailure | null;
  responseBytes: number;
}

/**
 * Relays an upstream's reply to the agent: one JSON answer, or a stream up to the answer. Bytes pass
 * unchanged unless the message carries a tool list. When the agent has gone the reply is still read
 * to its end, because its outcome belongs in the record; disconnecting is not cancelling.
 *
 * @param requestId the request that is answered; null on a stream that belongs to no request
 * @param failed    makes the answer the agent gets when the upstream fails
 */
export async function deliver(
  exchange: Exchange,
  reply: UpstreamReply,
  requestId: RequestId | null,
  failed: (failure: UpstreamFailure) => JsonRpcResponse,
): Promise<Delivered> {
  const { reply: out } = exchange;
  switch (reply.kind) {
    case "error":
      await out.finish(failed(reply.failure));
      return { answer: null, failure: reply.failure, responseBytes: 0 };
    case "accepted":
      out.empty(202);
      return { answer: null, failure: null, responseBytes: 0 };
    case "json": {
      const filtered = screen(exchange, reply.message);
      await out.finish(filtered ?? reply.bytes, reply.status);
      return { answer: reply.message, failure: null, responseBytes: reply.bytes.length };
    }
    case "stream":
      return deliverStream(exchange, reply.events, requestId, failed);
  }
}

async function deliverStream(
  exchange: Exchange,
  events: Extract<UpstreamReply, { kind: "stream" }>["events"],
  requestId: RequestId | null,
  failed: (failure: UpstreamFailure) => JsonRpcResponse,
): Promise<Delivered> {
  const { reply: out } = exchange;
  const delivered: Delivered = { answer: null, failure: null, responseBytes: 0 };
  out.startStream();
  for await (const event of events) {
    // Nobody answers for a stream that belongs to no request once its listener has gone.
    if (requestId === null && out.gone) break;
    switch (event.kind) {
      case "priming":
        await out.event("", event.id, event.retryMilliseconds);
        break;
      case "failed":
        delivered.failure = event.failure;
        break;
      case "message": {
        const { parsed } = event;
        delivered.responseBytes += Buffer.byteLength(event.data);
        const filtered = parsed.kind === "response" ? screen(exchange, parsed.message) : null;
        if (parsed.kind === "response" && parsed.message.id === requestId) {
          delivered.answer = parsed.message;
        }
        const data = filtered === null ? event.data : JSON.stringify(filtered);
        await out.event(data, event.id, event.retryMilliseconds);
      }
    }
  }
  if (requestId !== null && delivered.answer === null) {
    delivered.failure ??= {
      code: "closed",
      bytesSent: true,
      message: "The server closed the stream before it had answered.",
    };
    await out.finish(failed(delivered.failure));
    return delivered;
  }
  out.endStream();
  return delivered;
}

/** The filtered message when it carries a tool list, else null; a difference is looked into. */
function screen(exchange: Exchange, message: JsonRpcResponse): JsonRpcResponse | null {
  const { state, gate, access } = exchange;
  const filtered = filterToolList(message, gate, state.ports.digestOfDefinition);
  if (filtered?.drifted) {
    state.ports.reportDrift(access.orgId, access.serverId).catch(() => {});
  }
  return filtered?.message ?? null;
}
