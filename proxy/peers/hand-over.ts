import type { IncomingMessage } from "node:http";
import { errorAnswer } from "#proxy/answer/answers.ts";
import { type KnownRequest, refuseLostSession, refuseRequest } from "#proxy/answer/refuse.ts";
import type { AgentReply } from "#proxy/answer/respond.ts";
import type { ProxyState } from "#proxy/exchange.ts";
import type { ParsedMessage } from "#proxy/json/json-rpc.ts";
import { holderOf, waitsNoMore } from "#proxy/modern/held-state.ts";
import type { Access } from "#proxy/ports.ts";
import type { Presented } from "#proxy/receive/authenticate.ts";
import { relayedHeader, relayToPeer } from "./peers.ts";

/**
 * Hands a request of a session that another proxy holds on to that proxy. When it is gone, so is
 * the session: the agent is told, and starts a new one (MCP transports, session management).
 * @returns true when the request has its answer
 */
export async function handOver(
  state: ProxyState,
  request: IncomingMessage,
  reply: AgentReply,
  presented: Presented,
  { session, orgId }: Access,
): Promise<boolean> {
  const own = state.config.instanceId;
  if (session === null || session.instanceId === null || session.instanceId === own) return false;
  // Two proxies that each take the other for the holder must not pass a request to and fro.
  if (request.headers[relayedHeader] === undefined) {
    const address = await state.ports.findPeer(session.instanceId);
    const outcome =
      address === null ? "unreachable" : await relayToPeer(request, reply.handOver(), address, own);
    if (outcome === "answered") return true;
    await state.ports.endSession(orgId, session.id);
    // Reads again what may be remembered of the session, which is that it is over.
    await state.authenticator.find(presented);
    if (outcome === "lost") {
      const text =
        "The proxy that held this session stopped in the middle of the request; the action may or may " +
        "not have been performed. Initialise again.";
      await reply.finish(errorAnswer(null, -32603, text), 502);
      return true;
    }
  }
  await refuseLostSession(reply);
  return true;
}

/**
 * Hands a modern request to the proxy in which the call that it goes on with waits. When that is
 * gone, so is the call: the agent is told, and starts it again.
 *
 * @param body of the request, which has been read to know this
 * @returns true when the request has its answer
 */
export async function handOverWaiting(
  sent: KnownRequest & { state: ProxyState },
  request: IncomingMessage,
  body: Buffer,
  parsed: ParsedMessage,
): Promise<boolean> {
  const { state, reply } = sent;
  const own = state.config.instanceId;
  const holder = holderOf(parsed);
  const wasRelayed = request.headers[relayedHeader] !== undefined;
  if (parsed.kind !== "request" || holder === null || holder === own || wasRelayed) return false;
  const { id } = parsed.message;
  const address = await state.ports.findPeer(holder);
  const outcome =
    address === null
      ? "unreachable"
      : await relayToPeer(request, reply.handOver(), address, own, body);
  if (outcome === "answered") return true;
  reply.speakModern();
  if (outcome === "lost") {
    const text =
      "The proxy in which this call waited stopped in the middle of the request; the action may or may " +
      "not have been performed.";
    await reply.finish(errorAnswer(id, -32603, text), 502);
  } else {
    await refuseRequest(sent, "state", errorAnswer(id, -32602, waitsNoMore));
  }
  return true;
}
