import type { JsonRpcMessage } from "#proxy/json/json-rpc.ts";
import { modernErrors } from "#proxy/receive/era.ts";

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
  return { message, status: statusOf(message, status) };
}

const statuses = new Map<number, number>([
  [-32601, 404],
  ...Object.values(modernErrors).map((code): [number, number] => [code, 400]),
]);

/** The HTTP status of an answer (2026-07-28, "Error codes"). @param usual of all that have none of their own */
export function statusOf(message: JsonRpcMessage, usual = 200): number {
  return "error" in message ? (statuses.get(message.error.code) ?? usual) : usual;
}
