import { errorAnswer, upstreamErrorAnswer } from "#proxy/answer/answers.ts";
import { refuseRequest, refuseSessionEnded } from "#proxy/answer/refuse.ts";
import { type Exchange, upstreamContext } from "#proxy/exchange.ts";
import { withdrawHeld } from "#proxy/gate/approval-hold.ts";
import { answerWithout, refuseLasting, refuseShare } from "#proxy/receive/edge.ts";
import type { UpstreamReply } from "#proxy/upstream/types.ts";
import { openEventId } from "./correlation.ts";
import { deliver } from "./deliver.ts";
import { lookAgain, whileAllowed } from "./stream-access.ts";

/** GET: the stream of messages that belong to no request; lists on it are filtered as well. */
export async function relayStream(exchange: Exchange): Promise<void> {
  const { state, access, reply } = exchange;
  if (state.pressure() !== "normal") return refuseLasting(reply);
  const leave = state.capacity.openStream(access.orgId, access.agentId);
  if (!leave) return refuseShare(reply, "event streams of this agent or its org are open");
  try {
    await relayEvents(exchange);
  } finally {
    leave();
  }
}

/** The server's stream, for as long as it lasts, without counting it. */
export async function relayEvents(exchange: Exchange): Promise<void> {
  const { state, gate, access, reply } = exchange;
  const upstream = await state.upstreams.find(gate.server, access.session);
  if (!upstream) return refuseSessionEnded(exchange, null);
  // The server's end of a stream that nobody reads any more would be a leak.
  const over = new AbortController();
  reply.onGone(() => over.abort());
  const end = () => {
    reply.endStream();
    over.abort();
  };
  const lastEventId = resumedFrom(exchange);
  if (lastEventId === "foreign") {
    const text = "This session has no event with this Last-Event-ID.";
    return refuseRequest(exchange, "session", errorAnswer(null, -32600, text), 404);
  }
  const upstreamReply = await upstream.openStream({
    ...upstreamContext(exchange),
    signal: over.signal,
    ...(lastEventId === null ? {} : { lastEventId: lastEventId.id }),
  });
  if (upstreamReply.kind === "error") {
    const { failure } = upstreamReply;
    if (failure.code === "session_gone") return refuseSessionEnded(exchange, null);
    if (failure.status === 405) return answerWithout(reply, "POST, DELETE");
    const answer = errorAnswer(null, -32603, `Server "${access.serverSlug}" opened no stream.`);
    return reply.finish(answer, failure.status === 400 ? 400 : 502);
  }
  const keepAlive = setInterval(() => {
    reply.comment();
    void lookAgain(exchange).then((isAllowed) => isAllowed || end(), end);
  }, 15_000);
  const untrack = state.trackStream(end);
  const longest = setTimeout(end, state.config.limits.streamMilliseconds);
  try {
    await deliver(exchange, watched(exchange, upstreamReply), null, (failure) =>
      upstreamErrorAnswer(0, access, failure),
    );
  } finally {
    clearInterval(keepAlive);
    clearTimeout(longest);
    untrack();
  }
}

/** DELETE: ends our session for every process and tells the upstream. */
export async function endAgentSession(exchange: Exchange): Promise<void> {
  const { state, gate, access, reply } = exchange;
  if (!access.session) return answerWithout(reply, "POST");
  await state.ports.endSession(access.orgId, access.session.id);
  await withdrawHeld(exchange);
  const upstream = await state.upstreams.find(gate.server, access.session);
  await upstream?.endSession(upstreamContext(exchange));
  await state.upstreams.release(access.session.id);
  reply.empty(200);
}

/** Where the agent resumes, by the server's own event id: null from now on, `foreign` not its to resume. */
function resumedFrom({ state, access, headers }: Exchange): { id: string } | null | "foreign" {
  const sealed = headers["last-event-id"];
  if (typeof sealed !== "string" || sealed === "") return null;
  const id = openEventId(state.ports.correlationKey(), access, sealed);
  return id === null ? "foreign" : { id };
}

function watched(exchange: Exchange, reply: UpstreamReply): UpstreamReply {
  return reply.kind === "stream"
    ? { ...reply, events: whileAllowed(exchange, reply.events) }
    : reply;
}
