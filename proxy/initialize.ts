import { errorAnswer, upstreamErrorAnswer } from "./answers.ts";
import { deliver } from "./deliver.ts";
import { type Exchange, upstreamContext } from "./exchange.ts";
import type { JsonRpcRequest } from "./json/json-rpc.ts";
import type { JsonObject, JsonValue } from "./json/parse-json.ts";
import type { UpstreamReply } from "./upstream/types.ts";

/**
 * `initialize`: opens the upstream's session and binds ours to it, the agent and the server. A
 * server without sessions stays without; the agent's token is then the session for limits.
 */
export async function initialize(exchange: Exchange, request: JsonRpcRequest): Promise<void> {
  const { state, gate, access, reply } = exchange;
  const waitMs = await state.ports.takeSessionSlot(access.orgId, access.agentId);
  if (waitMs !== null) {
    const seconds = Math.ceil(waitMs / 1000);
    const text = `This agent opens sessions too quickly. Wait ${seconds} seconds, then try again.`;
    return reply.finish(errorAnswer(request.id, 429, text));
  }
  const upstream = await state.upstreams.open(gate.server);
  if (!upstream) {
    const text = "Too many sessions of this org are open on this proxy. Close one and try again.";
    return reply.finish(errorAnswer(request.id, 429, text));
  }
  const isChild = gate.server.kind === "connector";
  const context = { ...upstreamContext(exchange), sessionId: null, protocolVersion: null };
  const upstreamReply = await upstream.send(request, context);
  if (
    upstreamReply.kind === "error" ||
    (upstreamReply.kind === "json" && "error" in upstreamReply.message)
  ) {
    if (isChild) await upstream.close();
  } else if (isChild || sessionIdOf(upstreamReply) !== null) {
    const id = await state.ports.createSession({
      orgId: access.orgId,
      agentId: access.agentId,
      serverId: access.serverId,
      protocolRevision: revisionOf(upstreamReply, request),
      upstreamSessionId: sessionIdOf(upstreamReply),
      instanceId: isChild ? state.config.instanceId : null,
    });
    if (isChild) state.upstreams.adopt(id, access.orgId, upstream);
    reply.setHeader("mcp-session-id", id);
  }
  state.touch(access, clientOf(request.params));
  await deliver(exchange, upstreamReply, request.id, (failure) =>
    upstreamErrorAnswer(request.id, access, failure),
  );
}

function sessionIdOf(reply: UpstreamReply): string | null {
  return reply.kind === "error" ? null : reply.sessionId;
}

/** The negotiated revision; on a stream it is not known yet, so what the agent asked for. */
function revisionOf(reply: UpstreamReply, request: JsonRpcRequest): string {
  const negotiated =
    reply.kind === "json" && "result" in reply.message
      ? reply.message.result.protocolVersion
      : undefined;
  const revision = negotiated ?? request.params?.protocolVersion;
  return typeof revision === "string" ? revision : "";
}

/** Self-reported, for display only. */
function clientOf(params: JsonObject | undefined): { name: string; version: string } | null {
  const info: JsonValue | undefined = params?.clientInfo;
  if (typeof info !== "object" || info === null || Array.isArray(info)) return null;
  const { name, version } = info;
  if (typeof name !== "string") return null;
  return {
    name: name.slice(0, 100),
    version: typeof version === "string" ? version.slice(0, 50) : "",
  };
}
