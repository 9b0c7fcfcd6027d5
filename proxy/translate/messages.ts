import type { JsonRpcMessage, JsonRpcRequest, JsonRpcResponse } from "#proxy/json/json-rpc.ts";
import type { JsonObject } from "#proxy/json/parse-json.ts";
import { isList } from "#proxy/modern/methods.ts";
import { metaKeys, objectOf } from "#proxy/receive/era.ts";
import type { UpstreamEvent, UpstreamFailure, UpstreamReply } from "#proxy/upstream/types.ts";

/** Members of a modern request's `_meta` that a legacy server has no use for. */
const envelope: readonly string[] = [
  metaKeys.protocolVersion,
  metaKeys.clientInfo,
  metaKeys.clientCapabilities,
  metaKeys.logLevel,
];

/** A modern request as a legacy server knows it; progress tokens and trace context stay. */
export function toLegacyRequest(request: JsonRpcRequest, id: number): JsonRpcRequest {
  const { _meta, inputResponses: _answers, requestState: _state, ...params } = request.params ?? {};
  const kept = Object.entries(objectOf(_meta) ?? {}).filter(([key]) => !envelope.includes(key));
  return {
    jsonrpc: "2.0",
    id,
    method: request.method,
    params: kept.length === 0 ? params : { ...params, _meta: Object.fromEntries(kept) },
  };
}

/** A legacy answer in the form of 2026-07-28, changed in place (protocol.md 2.3). */
export function toModernAnswer(message: JsonRpcResponse, request: JsonRpcRequest): void {
  message.id = request.id;
  if ("error" in message) {
    // A missing resource has another code, and asking for URLs by an error is gone.
    if (message.error.code === -32002) message.error.code = -32602;
    if (message.error.code === -32042)
      message.error = { code: 403, message: message.error.message };
    return;
  }
  const { result } = message;
  result.resultType = "complete";
  if (!isList(request.method) && request.method !== "resources/read") return;
  result.ttlMs = 0;
  result.cacheScope = "private";
}

/** A modern answer in the form of the sessions' era, changed in place. */
export function toLegacyAnswer(message: JsonRpcResponse): void {
  if ("error" in message) return;
  const { result } = message;
  delete result.resultType;
  delete result.ttlMs;
  delete result.cacheScope;
  const meta = objectOf(result._meta);
  if (meta === undefined) return;
  delete meta[metaKeys.serverInfo];
  if (Object.keys(meta).length === 0) delete result._meta;
}

/** An answer of ours as a server's reply. */
export function answerReply(
  message: JsonRpcResponse,
  sessionId: string | null = null,
): UpstreamReply {
  const bytes = Buffer.from(JSON.stringify(message), "utf8");
  return { kind: "json", status: 200, message, bytes, sessionId };
}

export function resultReply(
  { id }: JsonRpcRequest,
  result: JsonObject,
  sessionId: string | null = null,
): UpstreamReply {
  return answerReply({ jsonrpc: "2.0", id, result }, sessionId);
}

export function errorReply({ id }: JsonRpcRequest, code: number, message: string): UpstreamReply {
  return answerReply({ jsonrpc: "2.0", id, error: { code, message } });
}

export function failureReply(
  code: UpstreamFailure["code"],
  message: string,
  bytesSent = false,
): UpstreamReply {
  return { kind: "error", failure: { code, bytesSent, message } };
}

/** A message as an event of a stream. */
export function eventOf(message: JsonRpcMessage): UpstreamEvent {
  const data = JSON.stringify(message);
  if (!("method" in message))
    return { kind: "message", parsed: { kind: "response", message }, data };
  return "id" in message
    ? { kind: "message", parsed: { kind: "request", message }, data }
    : { kind: "message", parsed: { kind: "notification", message }, data };
}
