import {
  approvalAnswer,
  deniedAnswer,
  errorAnswer,
  limitedAnswer,
  notFoundAnswer,
  notPermittedAnswer,
  type Refused,
  unknownToolAnswer,
} from "#proxy/answer/answers.ts";
import type { Exchange } from "#proxy/exchange.ts";
import { forwardCall } from "#proxy/forward/forward-call.ts";
import type { JsonRpcRequest } from "#proxy/json/json-rpc.ts";
import { type Admitted, admit } from "./admit-call.ts";
import { type Ask, parseAsk } from "./ask.ts";

/** `tools/call`; one that asks to be run as a task is a call like any other. */
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
    await reply.finish(errorAnswer(request.id, ask.jsonRpcCode, ask.message), ask.httpStatus);
    return;
  }
  const admitted = await admit(exchange, request, ask);
  if (!admitted) return;
  if (admitted.recorded.forward) await forwardCall(exchange, request, ask, admitted.callId);
  else await reply.finish(refusal(exchange, request, ask, admitted));
}

function refusal(
  { access, state }: Exchange,
  request: JsonRpcRequest,
  ask: Ask,
  { callId, recorded }: Admitted,
) {
  const { id } = request;
  const refused: Refused = { id, access, tool: ask.name, callId, recorded };
  if (ask.method !== "tools/call") {
    const kind = ask.method === "prompts/get" ? "prompt" : "resource";
    const target = { kind, name: ask.name } as const;
    return recorded.decision === "hidden"
      ? notFoundAnswer(id, ask.method, target)
      : notPermittedAnswer(id, access, target, { ...recorded, callId });
  }
  switch (recorded.decision) {
    case "hidden":
      return unknownToolAnswer(id, ask.name);
    case "limited":
      return limitedAnswer(refused);
    case "approval":
      return approvalAnswer(refused, state.config.publicUrl);
    case "denied":
    case "allowed":
      return deniedAnswer(refused);
  }
}
