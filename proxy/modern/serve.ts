import { isListed } from "#lib/policy/evaluate.ts";
import { errorAnswer, upstreamErrorAnswer } from "#proxy/answer/answers.ts";
import { refuseRequest, refuseSessionEnded } from "#proxy/answer/refuse.ts";
import { type Exchange, findUpstream, upstreamContext } from "#proxy/exchange.ts";
import { deliver } from "#proxy/forward/deliver.ts";
import { clientOf } from "#proxy/forward/initialize.ts";
import { relayRequest } from "#proxy/forward/relay.ts";
import { callTool } from "#proxy/gate/call-tool.ts";
import type { JsonRpcRequest, ParsedMessage } from "#proxy/json/json-rpc.ts";
import { metaKeys, modernErrors, objectOf } from "#proxy/receive/era.ts";
import { answeredApproval } from "./approval-question.ts";
import { declaredCapabilities, passedCapabilities } from "./client-capabilities.ts";
import { sealedPart } from "./held-state.ts";
import { listen } from "./listen.ts";
import { isModernRequest, mayAskBack } from "./methods.ts";
import { checkParameterHeaders } from "./parameter-headers.ts";
import { openState } from "./request-state.ts";
import { stateBinding } from "./upstream.ts";

const keepAliveMs = 15_000;

/**
 * One message of a modern agent, classified and with its headers checked: every request stands for
 * itself, and closing its connection cancels it (2026-07-28, streamable HTTP).
 */
export async function serveModern(exchange: Exchange, parsed: ParsedMessage): Promise<void> {
  const { reply } = exchange;
  reply.speakModern();
  if (parsed.kind !== "request") return reply.empty(202);
  const given = parsed.message;
  if (!isModernRequest(given.method)) {
    const unknown = errorAnswer(given.id, -32601, `Method not found: ${given.method}`);
    return refuseRequest(exchange, "method", unknown);
  }
  const mismatch = mismatchedArgument(exchange, given);
  if (mismatch !== null) {
    const answer = errorAnswer(given.id, modernErrors.headerMismatch, mismatch);
    return refuseRequest(exchange, "headers", answer, 400);
  }
  const request = forwardable(exchange, given);
  if (request === null) {
    const text =
      "This requestState is not valid for this request, or too old. Start again without it.";
    return refuseRequest(exchange, "state", errorAnswer(given.id, -32602, text));
  }
  const gone = new AbortController();
  reply.onGone(() => gone.abort());
  exchange.signal = exchange.signal ? AbortSignal.any([exchange.signal, gone.signal]) : gone.signal;
  const keepAlive = setInterval(() => reply.comment(), keepAliveMs);
  try {
    await answer(exchange, request);
  } finally {
    clearInterval(keepAlive);
  }
}

function answer(exchange: Exchange, request: JsonRpcRequest): Promise<void> {
  switch (request.method) {
    case "tools/call":
      return callTool(exchange, request);
    case "server/discover":
      return discover(exchange, request);
    case "subscriptions/listen":
      return listen(exchange, request);
    default:
      return relayRequest(exchange, request);
  }
}

/** What takes the place of the handshake: the server's answer, reduced to what passes here. */
async function discover(exchange: Exchange, request: JsonRpcRequest): Promise<void> {
  const { state, access } = exchange;
  const meta = objectOf(request.params?._meta);
  state.touch(access, clientOf(meta?.[metaKeys.clientInfo]));
  const upstream = await findUpstream(exchange);
  if (!upstream) return refuseSessionEnded(exchange, request.id);
  const reply = await upstream.send(request, upstreamContext(exchange));
  await deliver(exchange, reply, { request, origin: null }, (failure) =>
    upstreamErrorAnswer(request.id, access, failure),
  );
}

/** A tool the agent may not know of is not looked up: its headers would tell that it exists. */
function mismatchedArgument(
  { gate, headers }: Exchange,
  { method, params }: JsonRpcRequest,
): string | null {
  if (method !== "tools/call" || typeof params?.name !== "string") return null;
  const tool = gate.tools.get(params.name);
  if (!tool || tool.parameterHeaders.length === 0) return null;
  if (!gate.observe && !isListed(gate.policy, tool)) return null;
  return checkParameterHeaders(tool.parameterHeaders, params.arguments, headers);
}

/**
 * The request as it will be judged and sent: with the server's own `requestState`, and without our
 * own question's answer and capabilities that stay here. Null when its state was not sealed for it.
 */
export function forwardable(exchange: Exchange, request: JsonRpcRequest): JsonRpcRequest | null {
  const { params } = request;
  const declared = declaredCapabilities(request);
  const passed = passedCapabilities(declared, exchange.gate.server.strippedCapabilities);
  const sealed = params?.requestState;
  const back = answeredApproval(exchange, request);
  if (back) {
    exchange.approvalAsked = back.asked;
    return forwardable(exchange, back.request);
  }
  if (passed === declared && sealed === undefined) return request;
  const _meta = { ...objectOf(params?._meta), [metaKeys.clientCapabilities]: passed };
  if (sealed === undefined) return { ...request, params: { ...params, _meta } };
  if (typeof sealed !== "string" || !mayAskBack(request.method)) return null;
  const key = exchange.state.ports.stateKey();
  const opened = openState(key, stateBinding(exchange, request), sealedPart(sealed), Date.now());
  return opened === null
    ? null
    : { ...request, params: { ...params, _meta, requestState: opened } };
}
