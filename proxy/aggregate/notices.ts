import { errorAnswer } from "#proxy/answer/answers.ts";
import { refuseRequest } from "#proxy/answer/refuse.ts";
import { openEventId, openRequestId } from "#proxy/forward/correlation.ts";
import { relayNotice } from "#proxy/forward/relay.ts";
import { relayStream } from "#proxy/forward/relay-stream.ts";
import { isOwnAnswer } from "#proxy/gate/approval-hold.ts";
import type { JsonRpcNotification, JsonRpcResponse } from "#proxy/json/json-rpc.ts";
import { enterServer, openParts } from "./parts.ts";
import type { AggregatePart, GrantedServer } from "./ports.ts";
import { CollectedReply, PartReply } from "./replies.ts";
import type { SessionVisit } from "./visit.ts";

/** A notification of the agent: those that are every server's go to all that the session has a part with. */
export async function passNotice(visit: SessionVisit, notice: JsonRpcNotification): Promise<void> {
  const { reply } = visit;
  switch (notice.method) {
    // Request ids are the agent's and progress tokens the asking server's: to others they mean nothing.
    case "notifications/cancelled":
    case "notifications/progress":
    case "notifications/roots/list_changed":
      await Promise.all(
        openParts(visit).map(async ({ server }) => {
          const exchange = await enterServer(visit, server, new CollectedReply(reply.handOver()));
          if (!("problem" in exchange)) await relayNotice(exchange, notice);
        }),
      );
  }
  reply.empty(202);
}

/** An answer of the agent: it goes to the server that asked, which the question's id says. */
export async function passAnswer(visit: SessionVisit, answer: JsonRpcResponse): Promise<void> {
  const { reply, state } = visit;
  const { id } = answer;
  const key = state.ports.correlationKey();
  const asker = openParts(visit).find(
    ({ server, part }) =>
      id !== null && openRequestId(key, ownerOf(visit, server, part), id) !== null,
  );
  if (isOwnAnswer(answer)) return reply.empty(202);
  const text = "No server asked, in this session, the question that this message answers.";
  const unasked = () => refuseRequest(visit, "unasked", errorAnswer(null, -32_600, text), 400);
  if (!asker) return unasked();
  const { server } = asker;
  const view = { serverSlug: server.slug, lists: false, missing: null };
  const exchange = await enterServer(visit, server, new PartReply(reply, view, null));
  return "problem" in exchange ? unasked() : relayNotice(exchange, answer);
}

/** Goes on with the stream of one call, where the agent lost it. */
export async function resumeStream(visit: SessionVisit, eventId: string): Promise<void> {
  const { reply, state, headers } = visit;
  const key = state.ports.correlationKey();
  const found = openParts(visit).find(
    ({ server, part }) => openEventId(key, ownerOf(visit, server, part), eventId) !== null,
  );
  if (found) {
    const { server } = found;
    const view = { serverSlug: server.slug, lists: true, missing: null };
    const exchange = await enterServer(visit, server, new PartReply(reply, view, null));
    if (!("problem" in exchange)) {
      exchange.headers = { ...exchange.headers, "last-event-id": headers["last-event-id"] };
      return relayStream(exchange);
    }
  }
  const text = "This session has no event with this Last-Event-ID.";
  await refuseRequest(visit, "session", errorAnswer(null, -32_600, text), 404);
}

function ownerOf({ access }: SessionVisit, server: GrantedServer, { sessionId }: AggregatePart) {
  const { orgId, agentId, tokenId } = access;
  const session = sessionId === null ? null : { id: sessionId };
  return { orgId, agentId, tokenId, serverId: server.id, session };
}
