import type { JsonRpcResponse } from "#proxy/json/json-rpc.ts";
import type { UpstreamFailure, UpstreamReply } from "./types.ts";

export type Answer =
  | { kind: "answer"; message: JsonRpcResponse; sessionId: string | null }
  | { kind: "error"; failure: UpstreamFailure };

/** Waits for the response to a request, letting go of everything else a stream brings. */
export async function awaitAnswer(reply: UpstreamReply): Promise<Answer> {
  switch (reply.kind) {
    case "json":
      return { kind: "answer", message: reply.message, sessionId: reply.sessionId };
    case "error":
      return reply;
    case "accepted":
      return ended();
    case "stream":
      for await (const event of reply.events) {
        if (event.kind === "failed") return { kind: "error", failure: event.failure };
        if (event.kind === "message" && event.parsed.kind === "response") {
          return { kind: "answer", message: event.parsed.message, sessionId: reply.sessionId };
        }
      }
      return ended();
  }
}

function ended(): Answer {
  const message = "The server ended its answer before the result.";
  return { kind: "error", failure: { code: "closed", bytesSent: true, message } };
}
