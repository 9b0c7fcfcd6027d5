import { relayEvents } from "#proxy/forward/relay-stream.ts";
import { refuseLasting, refuseShare } from "#proxy/receive/edge.ts";
import { findTooOld } from "#proxy/receive/minimum.ts";
import { enterServer, onPart, openParts } from "./parts.ts";
import type { AggregateAccess } from "./ports.ts";
import { StreamReply } from "./replies.ts";
import type { SessionVisit } from "./visit.ts";

/** How often it is looked whether the agent may still read, and what it may read. */
const lookEveryMs = 15_000;

/** GET: what all servers say that belongs to no request, on one stream. It has no ids to resume by. */
export async function streamAll(visit: SessionVisit): Promise<void> {
  const { state, access, reply } = visit;
  if (state.pressure() !== "normal") return refuseLasting(reply);
  const leave = state.capacity.openStream(access.orgId, access.agentId);
  if (!leave) return refuseShare(reply, "event streams of this agent or its org are open");
  const over = Promise.withResolvers<void>();
  const end = () => {
    reply.endStream();
    over.resolve();
  };
  const attached = new Set<string>();
  const attach = () => attachParts(visit, attached);
  const looking = setInterval(() => {
    reply.comment();
    void lookAgain(visit).then((isAllowed) => (isAllowed ? attach() : end()), end);
  }, lookEveryMs);
  const longest = setTimeout(end, state.config.limits.streamMilliseconds);
  const untrack = state.trackStream(end);
  // A part that is new here is read at once; what another proxy opened, at the next look.
  const unlisten = onPart(visit, () => void lookAgain(visit).then(attach, () => {}));
  reply.onGone(over.resolve);
  try {
    reply.startStream();
    attach();
    await over.promise;
  } finally {
    clearInterval(looking);
    clearTimeout(longest);
    untrack();
    unlisten();
    leave();
  }
}

/** Begins to read the streams of parts that are not read yet; one that ends is read again later. */
function attachParts(visit: SessionVisit, attached: Set<string>): void {
  for (const { server } of openParts(visit)) {
    if (attached.has(server.id) || visit.reply.gone) continue;
    attached.add(server.id);
    void readPart(visit, server.slug)
      .catch(() => {})
      .finally(() => attached.delete(server.id));
  }
}

async function readPart(visit: SessionVisit, slug: string): Promise<void> {
  const server = visit.access.servers.find((one) => one.slug === slug);
  if (!server) return;
  const exchange = await enterServer(visit, server, new StreamReply(visit.reply, slug));
  if (!("problem" in exchange)) await relayEvents(exchange);
}

/** Reads token, grants and parts anew; false when the session is over. Grants that changed are told. */
async function lookAgain(visit: SessionVisit): Promise<boolean> {
  const { state, authorization, orgSlug, session, reply } = visit;
  const presented = { authorization, orgSlug, sessionId: session.id };
  const found = await state.authenticator.findAggregate(presented);
  if (found.kind !== "access") return false;
  if (findTooOld(found.access, { era: "legacy", headers: visit.headers })) return false;
  const hasChanged = slugsOf(found.access) !== slugsOf(visit.access);
  visit.access = found.access;
  if (!hasChanged) return true;
  for (const what of ["tools", "prompts", "resources"]) {
    const method = `notifications/${what}/list_changed`;
    await reply.event(JSON.stringify({ jsonrpc: "2.0", method }));
  }
  return true;
}

function slugsOf({ servers }: AggregateAccess): string {
  return servers.map(({ slug }) => slug).join(" ");
}
