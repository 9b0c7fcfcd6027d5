import type { JsonRpcMessage } from "#proxy/json/json-rpc.ts";

/**
 * Puts an answer of ours into the form of revision 2026-07-28: results say that they are complete, a
 * missing resource is -32602, an unknown method is HTTP 404.
 */
export function modernAnswer(
  message: JsonRpcMessage,
  status: number,
): { message: JsonRpcMessage; status: number } {
  if ("result" in message) {
    if ("resultType" in message.result) return { message, status };
    const result = { ...message.result, resultType: "complete" };
    return { message: { ...message, result }, status };
  }
  if (!("error" in message)) return { message, status };
  if (message.error.code === -32002) {
    return { message: { ...message, error: { ...message.error, code: -32602 } }, status };
  }
  return { message, status: message.error.code === -32601 ? 404 : status };
}
