import type { Exchange } from "#proxy/exchange.ts";
import { forwardCall } from "#proxy/forward/forward-call.ts";
import type { JsonRpcRequest } from "#proxy/json/json-rpc.ts";
import { refuseMessage } from "#proxy/receive/edge.ts";
import { admit } from "./admit-call.ts";
import { openTask } from "./approval-tasks.ts";
import { type Ask, parseAsk } from "./ask.ts";
import { refusal } from "./refusal.ts";
import { asksForTask } from "./tasks.ts";

/** `tools/call`; one that asks to be run as a task is a call like any other, but is not held. */
export function callTool(exchange: Exchange, request: JsonRpcRequest): Promise<void> {
  return serveAsk(exchange, "tools/call", request);
}

/**
 * `tools/call`, `prompts/get` and `resources/read`: gate, admit, forward, settle. Whatever is refused
 * is answered here.
 */
export async function serveAsk(
  exchange: Exchange,
  method: Ask["method"],
  request: JsonRpcRequest,
): Promise<void> {
  const { reply } = exchange;
  const ask = parseAsk(method, request);
  if ("kind" in ask) {
    return refuseMessage(exchange, ask);
  }
  const admitted = await admit(exchange, request, ask);
  if (!admitted) return;
  const { callId, recorded } = admitted;
  if (recorded.forward) return forwardCall(exchange, request, ask, callId);
  const { decision, approvalId } = recorded;
  const waits = decision === "approval" && approvalId !== null;
  const task =
    waits && asksForTask(exchange, request, ask)
      ? await openTask(exchange, request, ask, { callId, approvalId })
      : null;
  await reply.finish(task ?? refusal(exchange, request, ask, admitted));
}
