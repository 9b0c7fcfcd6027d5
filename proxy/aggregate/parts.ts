import type { AgentReply } from "#proxy/answer/respond.ts";
import type { Exchange, ProxyState } from "#proxy/exchange.ts";
import { openSession } from "#proxy/forward/initialize.ts";
import { relayNotice } from "#proxy/forward/relay.ts";
import { endAgentSession } from "#proxy/forward/relay-stream.ts";
import { refuseSession } from "#proxy/forward/session-places.ts";
import type { JsonObject } from "#proxy/json/parse-json.ts";
import { legacyRevisions, objectOf } from "#proxy/receive/era.ts";
import type { AggregatePart, GrantedServer } from "./ports.ts";
import { CollectedReply } from "./replies.ts";
import {
  exchangeWith,
  gone,
  headersFor,
  type Problem,
  type SessionVisit,
  type Visit,
} from "./visit.ts";

interface Shared {
  opening: Map<string, Promise<AggregatePart | Problem>>;
  /** Called when a session got a part. */
  listeners: Map<string, Set<() => void>>;
}

const sharedBy = new WeakMap<ProxyState, Shared>();

/**
 * The exchange with one server that a request becomes; in a session, that with the server is opened
 * when there is none.
 *
 * @param recall for what goes through admission: token and grant may be as last seen
 */
export async function enterServer(
  visit: Visit,
  server: GrantedServer,
  reply: AgentReply,
  recall = false,
): Promise<Exchange | Problem> {
  if (visit.session === null) return exchangeWith(visit, server, null, reply, recall);
  const startedAt = visit.state.now();
  const isNew = server.part === null;
  const part = server.part ?? (await openOnce(visit, server));
  if ("problem" in part) return part;
  server.part = part;
  const exchange = await exchangeWith(visit, server, part, reply, recall);
  // What a server took for its greeting is not what the proxy added to the call.
  if (isNew && !("problem" in exchange)) {
    exchange.receivedAt += visit.state.now() - startedAt;
  }
  return exchange;
}

/** The parts a session has, without opening any. */
export function openParts({ access }: Pick<Visit, "access">) {
  return access.servers.flatMap((server) =>
    server.part === null ? [] : [{ server, part: server.part }],
  );
}

/** Calls back whenever a session gets a part in this proxy; returns what ends that. */
export function onPart({ state, session }: SessionVisit, callback: () => void): () => void {
  const { listeners } = sharedOf(state);
  const callbacks = listeners.get(session.id) ?? new Set();
  listeners.set(session.id, callbacks.add(callback));
  return () => {
    callbacks.delete(callback);
    if (callbacks.size === 0) listeners.delete(session.id);
  };
}

function sharedOf(state: ProxyState): Shared {
  const known = sharedBy.get(state);
  if (known) return known;
  const made: Shared = { opening: new Map(), listeners: new Map() };
  sharedBy.set(state, made);
  return made;
}

/** Requests that come together share the session they all need. */
async function openOnce(
  visit: SessionVisit,
  server: GrantedServer,
): Promise<AggregatePart | Problem> {
  const { opening, listeners } = sharedOf(visit.state);
  const key = `${visit.session.id} ${server.id}`;
  const running = opening.get(key);
  if (running) return running;
  const started = openPart(visit, server);
  opening.set(key, started);
  try {
    const part = await started;
    if (!("problem" in part)) {
      for (const callback of listeners.get(visit.session.id) ?? []) callback();
    }
    return part;
  } finally {
    opening.delete(key);
  }
}

async function openPart(
  visit: SessionVisit,
  server: GrantedServer,
): Promise<AggregatePart | Problem> {
  const { state, session, access, reply } = visit;
  const busy = { problem: "This proxy has no room for new sessions at the moment." };
  if (state.pressure() !== "normal") return busy;
  const isLost = state.upstreams.isHeld(server) && !(await holdHere(visit));
  if (isLost) return { problem: `Server "${server.slug}" is being opened elsewhere. Try again.` };
  // The first session with each server was granted with the one that it is a part of.
  if (server.wasOpened && (await refuseSession(state, access, 0))) {
    return { problem: "This agent opens sessions too quickly. Try again in a minute." };
  }
  const none = { sessionId: null, protocolRevision: session.protocolRevision };
  const collected = new CollectedReply(reply.handOver(), (text) => reply.event(text));
  const exchange = await exchangeWith(visit, server, none, collected, false);
  if ("problem" in exchange) return exchange;
  // Stored as the agent sent it, which was JSON.
  const client = session.client as JsonObject;
  const { protocolRevision } = session;
  await openSession(exchange, {
    jsonrpc: "2.0",
    id: 0,
    method: "initialize",
    params: { ...client, protocolVersion: protocolRevision },
  });
  const { answer } = collected;
  if (!answer) return { problem: `Server "${server.slug}" ended its answer too early.` };
  if ("error" in answer) return { problem: answer.error.message };
  const part = {
    sessionId: exchange.access.session?.id ?? null,
    protocolRevision: revisionOf(answer.result, protocolRevision),
    capabilities: objectOf(answer.result.capabilities) ?? {},
  };
  exchange.headers = headersFor(visit.headers, part.protocolRevision);
  exchange.reply = new CollectedReply(reply.handOver());
  const { aggregates } = state.ports;
  if (!(await aggregates.savePart(access.orgId, session.id, server.id, part))) {
    await endAgentSession(exchange);
    return openedElsewhere(visit, server);
  }
  await relayNotice(exchange, { jsonrpc: "2.0", method: "notifications/initialized" });
  return part;
}

/** Another proxy was first: its session with the server is the part. */
async function openedElsewhere(
  { state, authorization, orgSlug, session }: SessionVisit,
  server: GrantedServer,
): Promise<AggregatePart | Problem> {
  const presented = { authorization, orgSlug, sessionId: session.id };
  const found = await state.authenticator.findAggregate(presented);
  if (found.kind !== "access") return gone(server);
  return found.access.servers.find(({ id }) => id === server.id)?.part ?? gone(server);
}

/** Programs and event streams live in one proxy, to which the whole session then belongs. */
async function holdHere({ state, access, session }: SessionVisit): Promise<boolean> {
  const own = state.config.instanceId;
  if (session.instanceId === null) {
    session.instanceId = await state.ports.aggregates.pin(access.orgId, session.id, own);
  }
  return session.instanceId === own;
}

function revisionOf({ protocolVersion }: JsonObject, asked: string): string {
  return legacyRevisions.find((known) => known === protocolVersion) ?? asked;
}
