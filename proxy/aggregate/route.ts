import type { AccessTarget } from "#lib/policy/types.ts";
import { errorAnswer, notFoundAnswer, unknownToolAnswer } from "#proxy/answer/answers.ts";
import { refuseRequest } from "#proxy/answer/refuse.ts";
import type { Exchange } from "#proxy/exchange.ts";
import { relayRequest } from "#proxy/forward/relay.ts";
import { missingTarget, targetOf } from "#proxy/gate/access.ts";
import { isAsk } from "#proxy/gate/ask.ts";
import { callTool } from "#proxy/gate/call-tool.ts";
import {
  type JsonRpcMessage,
  type JsonRpcRequest,
  type JsonRpcResponse,
  parseToolCall,
} from "#proxy/json/json-rpc.ts";
import { modernAnswer } from "#proxy/modern/answer.ts";
import { serveModern } from "#proxy/modern/serve.ts";
import { objectOf } from "#proxy/receive/era.ts";
import { type Owned, ownerOf, ownerOfName } from "./names.ts";
import { enterServer } from "./parts.ts";
import type { GrantedServer } from "./ports.ts";
import { PartReply } from "./replies.ts";
import type { Visit } from "./visit.ts";

const routed = new Set([
  "tools/call",
  "prompts/get",
  "resources/read",
  "resources/subscribe",
  "resources/unsubscribe",
  "completion/complete",
]);

/** Whether a request is one server's, by what it names. */
export function isRouted(method: string): boolean {
  return routed.has(method);
}

/**
 * A request about one thing of one server: it becomes the server's own request, under the server's
 * own name of that thing, and is judged, admitted, recorded and forwarded as in a session with that
 * server alone.
 */
export async function routeRequest(visit: Visit, request: JsonRpcRequest): Promise<void> {
  const { reply } = visit;
  const target = read(request);
  if ("refusal" in target) {
    return refuseRequest(visit, "message", target.refusal, target.status);
  }
  const server = serverOf(visit, target.owned);
  if (!server) return refuseRequest(visit, "server", missing(request, visit));
  const exchange = await enter(visit, server, request, target.request);
  if ("problem" in exchange) {
    return reply.finish(errorAnswer(request.id, -32_603, exchange.problem));
  }
  await serveOwn(visit, exchange, target.request);
}

/**
 * The same for a request that goes through admission, by what was seen earlier of the agent.
 *
 * @returns false when that holds no longer or is not enough: nothing came of the request, which is to
 *   be routed by what is true now
 */
export async function routeRecalled(visit: Visit, request: JsonRpcRequest): Promise<boolean> {
  const target = read(request);
  if ("refusal" in target) return false;
  const server = serverOf(visit, target.owned);
  if (!server) return false;
  const exchange = await enter(visit, server, request, target.request);
  if ("problem" in exchange) return false;
  let holds = true;
  exchange.outdated = () => {
    holds = false;
  };
  await serveOwn(visit, exchange, target.request);
  return holds;
}

function serverOf({ access }: Visit, owned: Owned | null): GrantedServer | undefined {
  return access.servers.find(({ slug }) => slug === owned?.serverSlug);
}

function enter(visit: Visit, server: GrantedServer, request: JsonRpcRequest, own: JsonRpcRequest) {
  const view = {
    serverSlug: server.slug,
    lists: false,
    missing: errorsOf(missing(own, visit), missing(request, visit)),
  };
  const part = new PartReply(visit.reply, view, request.id);
  return enterServer(visit, server, part, isAsk(request.method));
}

async function serveOwn({ reply }: Visit, exchange: Exchange, own: JsonRpcRequest): Promise<void> {
  try {
    if (exchange.era === "modern") await serveModern(exchange, { kind: "request", message: own });
    else if (own.method === "tools/call") await callTool(exchange, own);
    else await relayRequest(exchange, own);
  } finally {
    reply.forwarded ||= exchange.reply.forwarded;
  }
}

type Target =
  | { refusal: JsonRpcResponse; status: number }
  | { owned: Owned | null; request: JsonRpcRequest };

function read(request: JsonRpcRequest): Target {
  const { id, method, params } = request;
  if (method === "tools/call") {
    const call = parseToolCall(request);
    if ("kind" in call) {
      return { refusal: errorAnswer(id, call.jsonRpcCode, call.message), status: call.httpStatus };
    }
    const owned = ownerOfName(call.name);
    // Tasks of several servers cannot be told apart, so calls are not run as tasks here.
    const { task: _task, ...rest } = params ?? {};
    return { owned, request: { ...request, params: { ...rest, name: owned?.name ?? "" } } };
  }
  const target = targetOf(request);
  if (target === null) {
    return { refusal: errorAnswer(id, -32_602, missingTarget(method)), status: 200 };
  }
  const owned = ownerOf(target);
  return { owned, request: { ...request, params: renamed(request, target, owned?.name ?? "") } };
}

function renamed({ method, params }: JsonRpcRequest, { kind }: AccessTarget, name: string) {
  const member = kind === "prompt" ? "name" : "uri";
  if (method !== "completion/complete") return { ...params, [member]: name };
  return { ...params, ref: { ...objectOf(params?.ref), [member]: name } };
}

/** What is answered where there is no such thing, in the words of a session with one server. */
function missing(request: JsonRpcRequest, { session }: Visit): JsonRpcMessage {
  const { id, method, params } = request;
  if (method === "tools/call") return unknownToolAnswer(id, String(params?.name));
  const target = targetOf(request) ?? { kind: "prompt", name: "" };
  const answer = notFoundAnswer(id, method, target);
  return session === null ? modernAnswer(answer, 200).message : answer;
}

function errorsOf(own: JsonRpcMessage, shown: JsonRpcMessage) {
  return "error" in own && "error" in shown ? { own: own.error, shown: shown.error } : null;
}
