import type { Exchange } from "#proxy/exchange.ts";
import { crowdedAnswer, refuseSession } from "#proxy/forward/session-places.ts";
import type { JsonRpcRequest, JsonRpcResponse, JsonRpcResult } from "#proxy/json/json-rpc.ts";
import type { JsonObject } from "#proxy/json/parse-json.ts";
import { metaKeys, modernErrors, modernRevision, objectOf } from "#proxy/receive/era.ts";
import { modernFaceOf, speaksModern } from "#proxy/translate/eras.ts";
import { answerReply, failureReply } from "#proxy/translate/messages.ts";
import type {
  Upstream,
  UpstreamContext,
  UpstreamEvent,
  UpstreamReply,
} from "#proxy/upstream/types.ts";
import { declaredCapabilities, passedCapabilities, unaskable } from "./client-capabilities.ts";
import { discoverShape } from "./discover-result.ts";
import { stateAt } from "./held-state.ts";
import { asHttpReply } from "./http-reply.ts";
import { isList, mayAskBack } from "./methods.ts";
import { encodeHeaderValue, mirroredName } from "./mirrored-headers.ts";
import { buildParameterHeaders, type ParameterHeader } from "./parameter-headers.ts";
import { sealState } from "./request-state.ts";
import { shapeReply } from "./shape-reply.ts";

/** Shorter than any intermediary waits before it takes a connection for dead. */
const mostSilentMilliseconds = 15_000;

/**
 * The server as a modern exchange sees it: messages get their mirrored headers, and of its answers
 * what an agent must not keep or forge is closed. Where no connection can be had, what a session
 * would be refused with answers every request.
 */
export async function findModernUpstream(exchange: Exchange): Promise<Upstream> {
  const shared = await exchange.state.upstreams.findShared(exchange.gate.server);
  const connection = shared
    ? modernFaceOf(exchange.gate.server, shared)
    : ((await findHeld(exchange)) ?? crowded);
  return {
    async send(message, context) {
      if (!("id" in message && "method" in message)) return connection.send(message, context);
      const sent = withPassed(exchange, message);
      const reply = await connection.send(sent, {
        ...modernContext(exchange, sent, context),
        refuseSession: () => refuseSession(exchange.state, exchange.access, message.id),
      });
      const shaped = shapeModern(exchange, sent, reply);
      return shared ? shaped : asHttpReply(shaped, message.id, mostSilentMilliseconds);
    },
    openStream: (context) => connection.openStream(context),
    endSession: (context) => connection.endSession(context),
    close: async () => {},
  };
}

const crowded: Upstream = {
  async send(message) {
    if (!("id" in message && "method" in message)) return { kind: "accepted", sessionId: null };
    return answerReply(crowdedAnswer(message.id));
  },
  openStream: async () => failureReply("protocol", "Modern agents open no streams."),
  endSession: async () => {},
  close: async () => {},
};

/** The `Mcp-*` headers of a modern request, made from the object that goes up. */
export function buildMirroredHeaders(
  request: JsonRpcRequest,
  wanted: readonly ParameterHeader[],
  agentHeaders: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const name = mirroredName(request.method, request.params);
  return {
    ...buildParameterHeaders(wanted, request.params?.arguments, agentHeaders),
    "mcp-method": encodeHeaderValue(request.method),
    ...(name === null ? {} : { "mcp-name": encodeHeaderValue(name) }),
  };
}

/** What was read by the rules of a moment ago goes up by those that it was admitted under. */
function withPassed({ gate }: Exchange, request: JsonRpcRequest): JsonRpcRequest {
  const declared = declaredCapabilities(request);
  const passed = passedCapabilities(declared, gate.server.strippedCapabilities);
  if (passed === declared) return request;
  const _meta = { ...objectOf(request.params?._meta), [metaKeys.clientCapabilities]: passed };
  return { ...request, params: { ...request.params, _meta } };
}

function modernContext(
  exchange: Exchange,
  request: JsonRpcRequest,
  context: UpstreamContext,
): UpstreamContext {
  const signal = context.signal ?? exchange.signal;
  const name = mirroredName(request.method, request.params);
  const tool =
    request.method === "tools/call" && name !== null ? exchange.gate.tools.get(name) : undefined;
  return {
    sessionId: null,
    protocolVersion: modernRevision,
    agentHeaders: exchange.headers,
    mirroredHeaders: buildMirroredHeaders(request, tool?.parameterHeaders ?? [], exchange.headers),
    agent: exchange.access.tokenId,
    callMilliseconds: exchange.state.config.callMilliseconds,
    ...(signal === undefined ? {} : { signal }),
    ...(context.totalMilliseconds === undefined
      ? {}
      : { totalMilliseconds: context.totalMilliseconds }),
  };
}

/** A program, or a stream of HTTP+SSE, for each agent token. */
async function findHeld({ state, gate, access }: Exchange): Promise<Upstream | null> {
  const { server } = gate;
  // A program serves the era that it was first spoken to in for as long as it runs.
  const id = `${speaksModern(server) ? "modern" : "translated"} ${access.tokenId} ${server.id}`;
  const session = {
    id,
    protocolRevision: modernRevision,
    upstreamSessionId: null,
    instanceId: null,
    opensUrls: false,
  };
  const running = await state.upstreams.find(server, session);
  if (running) return modernFaceOf(server, running);
  // Requests of one agent that come together share the connection they both need.
  const started = opening.get(id) ?? state.upstreams.open(server);
  opening.set(id, started);
  try {
    const upstream = await started;
    if (!upstream) return null;
    if (opening.get(id) === started) state.upstreams.adopt(id, upstream);
    return modernFaceOf(server, upstream);
  } finally {
    opening.delete(id);
  }
}

const opening = new Map<string, Promise<Upstream | null>>();

function shapeModern(
  exchange: Exchange,
  request: JsonRpcRequest,
  reply: UpstreamReply,
): UpstreamReply {
  const declared = declaredCapabilities(request);
  const shape = (message: JsonRpcResponse): boolean => {
    if ("error" in message) {
      noteMismatch(exchange, message.error.code);
      return false;
    }
    const { result } = message;
    if (request.method === "server/discover") {
      discoverShape(result, exchange.access.minimumRevision);
    }
    if (isList(request.method)) return neverKept(result);
    const asks = mayAskBack(request.method) && result.resultType === "input_required";
    if (asks) return closeQuestions(exchange, request, message, declared);
    if (request.method !== "resources/read") return false;
    result.cacheScope = "private";
    return true;
  };
  return shapeReply(reply, request.id, shape, isNotification);
}

/**
 * A list depends on who asks, and a rule that hides something holds from its commit on (invariant
 * 11): a list that may be kept, for however short a time, would break that promise.
 */
function neverKept(result: JsonObject): true {
  result.cacheScope = "private";
  result.ttlMs = 0;
  return true;
}

function closeQuestions(
  exchange: Exchange,
  request: JsonRpcRequest,
  message: JsonRpcResult,
  declared: JsonObject,
): boolean {
  const { result } = message;
  const asked = unaskable(result.inputRequests, declared);
  if (asked !== null) {
    const text = `Server "${exchange.access.serverSlug}" asked for ${asked}, which this agent has not declared or may not be asked here.`;
    const error = { code: 403, message: text };
    // A result becomes an error in place, for the exact copy as well.
    Reflect.deleteProperty(message, "result");
    Reflect.set(message, "error", error);
    return true;
  }
  if (typeof result.requestState !== "string") return false;
  const { ports, config } = exchange.state;
  const binding = stateBinding(exchange, request);
  const sealed = sealState(ports.stateKey(), binding, result.requestState, Date.now());
  // A call at a legacy server waits in this process, whoever the agent comes back to.
  const waitsHere = !speaksModern(exchange.gate.server);
  result.requestState = waitsHere ? stateAt(config.instanceId, sealed) : sealed;
  return true;
}

/** What a state sealed in this exchange belongs to. */
export function stateBinding({ access }: Exchange, { method, params }: JsonRpcRequest) {
  const { orgId, serverId, agentId } = access;
  return { orgId, serverId, agentId, method, target: mirroredName(method, params) ?? "" };
}

/** Headers that were right by the definitions on record were not: these are out of date. */
function noteMismatch({ state, access }: Exchange, code: number): void {
  if (code !== modernErrors.headerMismatch) return;
  state.ports.reportDrift(access.orgId, access.serverId).catch(() => {});
}

/** The modern era's streams carry no requests, and no answers but the one (2026-07-28, streamable HTTP). */
function isNotification({ parsed }: Extract<UpstreamEvent, { kind: "message" }>): boolean {
  return parsed.kind === "notification";
}

/** The log level a request asks for; null when its server is to send none. */
export function requestedLogLevel(request: JsonRpcRequest): string | null {
  const level = objectOf(request.params?._meta)?.[metaKeys.logLevel];
  return typeof level === "string" ? level : null;
}
