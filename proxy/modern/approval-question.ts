import { approvalLink } from "#proxy/answer/answers.ts";
import type { Exchange } from "#proxy/exchange.ts";
import { excludesRequester, type Waiting } from "#proxy/gate/approval-hold.ts";
import type { JsonRpcRequest, JsonRpcResponse } from "#proxy/json/json-rpc.ts";
import { objectOf } from "#proxy/receive/era.ts";
import { declaredCapabilities } from "./client-capabilities.ts";
import { openState, sealState } from "./request-state.ts";
import { stateBinding } from "./upstream.ts";

/** The one question's key in `inputRequests`. */
const key = "approval";

/**
 * The result that asks a modern agent's user to open the approval's page (2026-07-28, "Multi
 * round-trip requests" and "Elicitation", URL mode); the call comes back with the answer and joins
 * the same request. Null where the client opens no URLs, the rule wants somebody else to approve, or
 * the call goes on with an answer already: its state has room for one question.
 */
export function approvalQuestion(
  exchange: Exchange,
  request: JsonRpcRequest,
  { approvalId, tool, options }: Pick<Waiting, "approvalId" | "tool" | "options">,
): JsonRpcResponse | null {
  const { state, access, era, approvalAsked } = exchange;
  if (era !== "modern" || approvalAsked !== undefined || excludesRequester(options)) return null;
  if (objectOf(objectOf(declaredCapabilities(request).elicitation)?.url) === undefined) return null;
  const { requestState, inputResponses } = request.params ?? {};
  if (requestState !== undefined || inputResponses !== undefined) return null;
  const params = {
    mode: "url",
    url: approvalLink(state.config.publicUrl, access, approvalId),
    message: `A person has to approve this call of ${tool}. Open the page to see exactly what will run, and decide there.`,
  };
  const result = {
    resultType: "input_required",
    inputRequests: { [key]: { method: "elicitation/create", params } },
    requestState: sealState(
      state.ports.stateKey(),
      bindingOf(exchange, request),
      approvalId,
      Date.now(),
    ),
  };
  return { jsonrpc: "2.0", id: request.id, result };
}

/**
 * A call that comes back from the question above: what its user said, and the call as it was before.
 * Null when its state is none of ours.
 */
export function answeredApproval(
  exchange: Exchange,
  request: JsonRpcRequest,
): { asked: "opened" | "declined"; request: JsonRpcRequest } | null {
  const { requestState, inputResponses, ...params } = request.params ?? {};
  if (request.method !== "tools/call" || typeof requestState !== "string") return null;
  const binding = bindingOf(exchange, request);
  const opened = openState(exchange.state.ports.stateKey(), binding, requestState, Date.now());
  if (opened === null) return null;
  const isOpened = objectOf(objectOf(inputResponses)?.[key])?.action === "accept";
  return { asked: isOpened ? "opened" : "declined", request: { ...request, params } };
}

/** Apart from the states of servers, so that neither passes for the other. */
function bindingOf(exchange: Exchange, request: JsonRpcRequest) {
  return { ...stateBinding(exchange, request), method: "callgate approval" };
}
