import type { IncomingMessage } from "node:http";
import { errorAnswer } from "#proxy/answer/answers.ts";
import { refuseLostSession } from "#proxy/answer/refuse.ts";
import type { AgentReply } from "#proxy/answer/respond.ts";
import type { ProxyState } from "#proxy/exchange.ts";
import { relayedHeader, relayToPeer } from "#proxy/peers/peers.ts";
import type { AggregateAccess } from "./ports.ts";

/**
 * Hands a request on to the proxy that holds programs or event streams of its session. When that is
 * gone, so is the session, and the agent starts a new one.
 *
 * @param body of the request, where it has been read already
 * @returns true when the request has its answer
 */
export async function handOverAll(
  {
    state,
    request,
    reply,
    access,
  }: {
    state: ProxyState;
    request: IncomingMessage;
    reply: AgentReply;
    access: AggregateAccess;
  },
  body: Buffer | null = null,
): Promise<boolean> {
  const own = state.config.instanceId;
  const { session, orgId } = access;
  if (session === null || session.instanceId === null || session.instanceId === own) return false;
  // Two proxies that each take the other for the holder must not pass a request to and fro.
  if (request.headers[relayedHeader] === undefined) {
    const address = await state.ports.findPeer(session.instanceId);
    const outcome =
      address === null
        ? "unreachable"
        : await relayToPeer(request, reply.handOver(), address, own, body);
    if (outcome === "answered") return true;
    await state.ports.aggregates.end(orgId, session.id);
    if (outcome === "lost") {
      const text =
        "The proxy that held this session stopped in the middle of the request; the action may or may " +
        "not have been performed. Initialise again.";
      await reply.finish(errorAnswer(null, -32_603, text), 502);
      return true;
    }
  }
  await refuseLostSession(reply);
  return true;
}
