import { upstreamErrorAnswer } from "#proxy/answer/answers.ts";
import { refuseRequest } from "#proxy/answer/refuse.ts";
import { type Exchange, upstreamContext } from "#proxy/exchange.ts";
import { stripCapabilities } from "#proxy/gate/questions.ts";
import type { JsonRpcRequest, JsonRpcResponse, RequestId } from "#proxy/json/json-rpc.ts";
import type { JsonObject, JsonValue } from "#proxy/json/parse-json.ts";
import { objectOf } from "#proxy/receive/era.ts";
import { isTooOld, refuseAgreement, refuseGreeting } from "#proxy/receive/minimum.ts";
import type { UpstreamEvent, UpstreamReply } from "#proxy/upstream/types.ts";
import { deliver } from "./deliver.ts";
import { crowdedAnswer, refuseSession } from "./session-places.ts";

/**
 * `initialize`: opens the upstream's session and binds ours to it, the agent and the server. A
 * server without sessions stays without; the agent's token is then the session for limits.
 */
export async function initialize(exchange: Exchange, request: JsonRpcRequest): Promise<void> {
  const { state, access, reply } = exchange;
  const tooOld = refuseGreeting(request, access.minimumRevision);
  if (tooOld) return refuseRequest(exchange, "revision", tooOld);
  const refusal = await refuseSession(state, access, request.id);
  return refusal ? reply.finish(refusal) : openSession(exchange, request);
}

/** What `initialize` does once the session is granted; `exchange.access` gets the session. */
export async function openSession(exchange: Exchange, request: JsonRpcRequest): Promise<void> {
  const { state, gate, access, reply } = exchange;
  const upstream = await state.upstreams.open(gate.server);
  if (!upstream) return reply.finish(crowdedAnswer(request.id));
  const isHeld = state.upstreams.isHeld(gate.server);
  const context = { ...upstreamContext(exchange), sessionId: null, protocolVersion: null };
  const offered = withoutStripped(request, gate.server.strippedCapabilities);
  const opening = await readOpening(await upstream.send(offered, context), request.id);
  const upstreamSessionId = sessionIdOf(opening.reply);
  const negotiated = opening.result && revisionOf(opening.result, request);
  if (negotiated !== null && isTooOld(negotiated, access.minimumRevision)) {
    const { serverSlug, minimumRevision } = access;
    const refusal = refuseAgreement(request.id, negotiated, serverSlug, minimumRevision);
    await refuseRequest(exchange, "revision", refusal);
    await leave(opening.reply);
    if (isHeld) return upstream.close();
    if (upstreamSessionId === null) return;
    return upstream.endSession({
      ...context,
      sessionId: upstreamSessionId,
      protocolVersion: negotiated,
    });
  }
  if (opening.result === null) {
    if (isHeld) await upstream.close();
  } else if (isHeld || upstreamSessionId !== null) {
    try {
      const clientCapabilities = objectOf(request.params?.capabilities) ?? {};
      const id = await state.ports.createSession({
        orgId: access.orgId,
        agentId: access.agentId,
        serverId: access.serverId,
        protocolRevision: revisionOf(opening.result, request),
        upstreamSessionId,
        clientCapabilities,
        instanceId: isHeld ? state.config.instanceId : null,
      });
      if (isHeld) state.upstreams.adopt(id, upstream);
      // What the answer brings along belongs to the session already.
      const protocolRevision = revisionOf(opening.result, request);
      const instanceId = isHeld ? state.config.instanceId : null;
      exchange.access = {
        ...access,
        session: {
          id,
          protocolRevision,
          upstreamSessionId,
          instanceId,
          opensUrls: objectOf(objectOf(clientCapabilities.elicitation)?.url) !== undefined,
        },
      };
      reply.setHeader("mcp-session-id", id);
    } catch (error) {
      if (isHeld) await upstream.close();
      throw error;
    }
  }
  state.touch(access, clientOf(request.params?.clientInfo));
  await deliver(exchange, opening.reply, { request, origin: null }, (failure) =>
    upstreamErrorAnswer(request.id, access, failure),
  );
}

/** The request without capabilities that this server may not use. */
function withoutStripped(request: JsonRpcRequest, stripped: readonly string[]): JsonRpcRequest {
  const declared = objectOf(request.params?.capabilities);
  if (stripped.length === 0 || declared === undefined) return request;
  const capabilities = stripCapabilities(declared, stripped);
  return { ...request, params: { ...request.params, capabilities } };
}

interface Opening {
  reply: UpstreamReply;
  /** What the server answered; null when it refused or failed, and there is nothing to open. */
  result: JsonObject | null;
}

/** Reads a reply up to its answer, because only a server that agreed gets a session. */
async function readOpening(reply: UpstreamReply, id: RequestId): Promise<Opening> {
  if (reply.kind === "json") return { reply, result: resultOf(reply.message) };
  if (reply.kind !== "stream") return { reply, result: null };
  const read: UpstreamEvent[] = [];
  let result: JsonObject | null = null;
  for (;;) {
    const next = await reply.events.next();
    if (next.done) break;
    const event = next.value;
    read.push(event);
    if (event.kind !== "message" || event.parsed.kind !== "response") continue;
    if (event.parsed.message.id !== id) continue;
    result = resultOf(event.parsed.message);
    break;
  }
  return { reply: { ...reply, events: replay(read, reply.events) }, result };
}

async function* replay(read: UpstreamEvent[], rest: AsyncIterableIterator<UpstreamEvent>) {
  try {
    yield* read;
    yield* rest;
  } finally {
    await rest.return?.();
  }
}

/** Gives up a reply that nobody gets. */
async function leave(reply: UpstreamReply): Promise<void> {
  if (reply.kind !== "stream") return;
  for await (const _ of reply.events) break;
}

function resultOf(message: JsonRpcResponse): JsonObject | null {
  return "result" in message ? message.result : null;
}

function sessionIdOf(reply: UpstreamReply): string | null {
  return reply.kind === "error" ? null : reply.sessionId;
}

/** The negotiated revision; else what the agent asked for. */
function revisionOf(result: JsonObject, request: JsonRpcRequest): string {
  const revision = result.protocolVersion ?? request.params?.protocolVersion;
  return typeof revision === "string" ? revision : "";
}

/** Self-reported, for display only. */
export function clientOf(info: JsonValue | undefined): { name: string; version: string } | null {
  if (typeof info !== "object" || info === null || Array.isArray(info)) return null;
  const { name, version } = info;
  if (typeof name !== "string") return null;
  return {
    name: name.slice(0, 100),
    version: typeof version === "string" ? version.slice(0, 50) : "",
  };
}
