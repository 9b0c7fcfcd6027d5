import type { IncomingMessage } from "node:http";
import { errorAnswer } from "#proxy/answer/answers.ts";
import { refuseAccess, refuseRequest } from "#proxy/answer/refuse.ts";
import type { AgentReply } from "#proxy/answer/respond.ts";
import type { ProxyState } from "#proxy/exchange.ts";
import { endAgentSession } from "#proxy/forward/relay-stream.ts";
import { refuseSession } from "#proxy/forward/session-places.ts";
import { isAsk } from "#proxy/gate/ask.ts";
import { type JsonRpcRequest, type ParsedMessage, readMessage } from "#proxy/json/json-rpc.ts";
import { REQUEST_LIMITS } from "#proxy/json/parse-json.ts";
import { headerText } from "#proxy/modern/mirrored-headers.ts";
import { handOverWaiting } from "#proxy/peers/hand-over.ts";
import type { Presented } from "#proxy/receive/authenticate.ts";
import {
  answerWithout,
  refuseEra,
  refuseHttp,
  refuseLasting,
  refuseMessage,
  refuseMethod,
  refuseShare,
  refuseWhileDraining,
} from "#proxy/receive/edge.ts";
import { classifyEra, isModern, legacyRevisions } from "#proxy/receive/era.ts";
import { findTooOld, refuseGreeting, refuseTooOld } from "#proxy/receive/minimum.ts";
import { checkContent, readBody } from "#proxy/receive/receive.ts";
import { greetingOf } from "./greeting.ts";
import { handOverAll } from "./hand-over.ts";
import { answerList, isListing } from "./lists.ts";
import { serveModernAll } from "./modern.ts";
import { passAnswer, passNotice, resumeStream } from "./notices.ts";
import { enterServer, openParts } from "./parts.ts";
import type { AggregateAccess } from "./ports.ts";
import { CollectedReply } from "./replies.ts";
import { isRouted, routeRecalled, routeRequest } from "./route.ts";
import { streamAll } from "./stream.ts";
import type { ModernVisit, SessionVisit } from "./visit.ts";

/** A request at `/mcp/{org}`. */
export interface AggregateArrival {
  state: ProxyState;
  request: IncomingMessage;
  reply: AgentReply;
  orgSlug: string;
  /** `state.now()` when it arrived. */
  receivedAt: number;
}

/** An arrival whose agent is known. */
interface Known extends AggregateArrival {
  presented: Omit<Presented, "serverSlug">;
  access: AggregateAccess;
  /** The access is as last seen, which only a request that goes through admission may rest on. */
  isRecalled: boolean;
}

/**
 * `/mcp/{org}`: all servers of an agent at one address. Each is used in a session of its own, opened
 * when it is first needed, or as agents of 2026-07-28 use it, through the very functions that serve
 * an agent at one server.
 */
export async function serveAggregate(arrival: AggregateArrival): Promise<void> {
  const { state, request, reply, orgSlug } = arrival;
  const isPost = request.method === "POST";
  const { authorization, "mcp-session-id": named } = request.headers;
  // The modern era has no sessions; an id that comes along means nothing.
  const modern = isModern(headerText(request.headers["mcp-protocol-version"]) ?? "");
  const sessionId = typeof named === "string" && !modern ? named : undefined;
  const presented = { authorization, orgSlug, sessionId };
  const recalled = isPost ? state.authenticator.recallAggregate(presented) : null;
  const found = recalled
    ? ({ kind: "access", access: recalled } as const)
    : await state.authenticator.findAggregate(presented);
  if (found.kind !== "access") return refuseAccess(arrival, found);
  state.strangers.know(request.socket);
  const known = { ...arrival, presented, access: found.access, isRecalled: recalled !== null };
  const isKnownMethod = isPost || request.method === "GET" || request.method === "DELETE";
  if (!isKnownMethod) return refuseMethod(known, "POST, GET, DELETE");
  if (modern && !isPost) return refuseMethod(known, "POST");
  const refused = isPost ? checkContent(request) : null;
  if (refused) return refuseHttp(known, refused);
  const leaveShare = state.capacity.enter(found.access.orgId);
  if (!leaveShare) return refuseShare(reply, "requests of this org are under way");
  try {
    if (await handOverAll(known)) return;
    if (isPost) return await receive(known, leaveShare);
    const visit = visitOf(known, 0, leaveShare);
    // So clients find out that there are no streams without a session.
    if (!visit) return await answerWithout(reply, "POST");
    // A session may always be ended, whatever revision it speaks.
    if (request.method === "DELETE") return await endAll(visit);
    const tooOld = findTooOld(known.access, { era: "legacy", headers: request.headers });
    if (tooOld) return await refuseTooOld(known, tooOld, null);
    // What goes on is a stream, which has a place of its own.
    leaveShare();
    const last = request.headers["last-event-id"];
    return await (typeof last === "string" && last !== ""
      ? resumeStream(visit, last)
      : streamAll(visit));
  } finally {
    await reply.taken();
    leaveShare();
  }
}

async function receive(known: Known, leaveShare: () => void): Promise<void> {
  const { state, request, reply } = known;
  const body = await readBody(request, state.config.maxBodyBytes);
  if (!Buffer.isBuffer(body)) return refuseHttp(known, body);
  const parsed = readMessage(body, REQUEST_LIMITS);
  if (parsed.kind === "refused") return refuseMessage(known, parsed);
  if (await refuseWhileDraining(state, request, reply, parsed)) return;
  const id = parsed.kind === "request" ? parsed.message.id : null;
  reply.requestId = id;
  const era = classifyEra(request.headers, parsed);
  if (era.kind === "refused") return refuseEra(known, era);
  const isModernEra = era.kind === "modern";
  if (isModernEra && (await handOverWaiting(known, request, body, parsed))) return;
  if (known.isRecalled) {
    const visit = (isModernEra ? modernVisitOf : visitOf)(known, body.length, leaveShare);
    const isAdmitted = parsed.kind === "request" && isAsk(parsed.message.method);
    if (visit && isAdmitted && (await routeRecalled(visit, parsed.message))) return;
    if (!(await lookAgain(known, body))) return;
  }
  if (isModernEra) {
    reply.speakModern();
    return serveModernAll(modernVisitOf(known, body.length, leaveShare), parsed);
  }
  if (parsed.kind === "request" && parsed.message.method === "initialize") {
    return greet(known, parsed.message);
  }
  const visit = visitOf(known, body.length, leaveShare);
  const tooOld = findTooOld(known.access, { era: era.kind, headers: request.headers });
  if (tooOld) return refuseTooOld(known, tooOld, id);
  if (visit) return dispatch(visit, parsed);
  const text = "This address has sessions: send initialize first, then its Mcp-Session-Id.";
  return refuseRequest(known, "session", errorAnswer(id, -32_600, text), 400);
}

/** Reads what was only recalled. @returns false when the request has its answer */
async function lookAgain(known: Known, body: Buffer): Promise<boolean> {
  const found = await known.state.authenticator.findAggregate(known.presented);
  if (found.kind !== "access") {
    await refuseAccess(known, found);
    return false;
  }
  known.access = found.access;
  return !(await handOverAll(known, body));
}

function dispatch(visit: SessionVisit, parsed: ParsedMessage): Promise<void> {
  if (parsed.kind === "response") return passAnswer(visit, parsed.message);
  if (parsed.kind === "notification") return passNotice(visit, parsed.message);
  const { id, method } = parsed.message;
  if (method === "ping") return visit.reply.finish({ jsonrpc: "2.0", id, result: {} });
  if (isListing(method)) return answerList(visit, parsed.message);
  if (isRouted(method)) return routeRequest(visit, parsed.message);
  return refuseRequest(visit, "method", errorAnswer(id, -32_601, `Method not found: ${method}`));
}

/** `initialize`: opens the session; its servers are greeted when they are first needed. */
async function greet(known: Known, { id, params = {} }: JsonRpcRequest): Promise<void> {
  const { state, reply, access } = known;
  if (state.pressure() !== "normal") return refuseLasting(reply);
  const tooOld = refuseGreeting({ id, params }, access.minimumRevision);
  if (tooOld) return refuseRequest(known, "revision", tooOld);
  const refusal = await refuseSession(state, access, id);
  if (refusal) return reply.finish(refusal);
  const wanted = params.protocolVersion;
  const protocolRevision = legacyRevisions.find((revision) => revision === wanted) ?? "2025-11-25";
  const { capabilities = {}, clientInfo = { name: "unknown", version: "" } } = params;
  const holds = access.servers.some((server) => state.upstreams.isHeld(server));
  const sessionId = await state.ports.aggregates.create({
    orgId: access.orgId,
    agentId: access.agentId,
    protocolRevision,
    client: { capabilities, clientInfo },
    instanceId: holds ? state.config.instanceId : null,
  });
  reply.setHeader("mcp-session-id", sessionId);
  const result = { protocolVersion: protocolRevision, ...greetingOf("legacy") };
  await reply.finish({ jsonrpc: "2.0", id, result });
}

/** DELETE: ends the session with every server. */
async function endAll(visit: SessionVisit): Promise<void> {
  const { state, access, session, reply } = visit;
  await Promise.all(
    openParts(visit).map(async ({ server }) => {
      const exchange = await enterServer(visit, server, new CollectedReply(reply.handOver()));
      if (!("problem" in exchange)) await endAgentSession(exchange);
    }),
  );
  await state.ports.aggregates.end(access.orgId, session.id);
  reply.empty(200);
}

/** Null: the agent names no session. */
function visitOf(known: Known, bodyBytes: number, leaveShare: () => void): SessionVisit | null {
  const { session } = known.access;
  return session === null ? null : { ...arrivedOf(known, bodyBytes, leaveShare), session };
}

function modernVisitOf(known: Known, bodyBytes: number, leaveShare: () => void): ModernVisit {
  const gone = new AbortController();
  known.reply.onGone(() => gone.abort());
  return {
    ...arrivedOf(known, bodyBytes, leaveShare),
    session: null,
    gone: gone.signal,
  };
}

function arrivedOf(known: Known, bodyBytes: number, leaveShare: () => void) {
  const { state, request, reply, orgSlug, access, receivedAt } = known;
  const { headers } = request;
  const { authorization } = headers;
  return {
    state,
    reply,
    headers,
    authorization,
    orgSlug,
    access,
    bodyBytes,
    receivedAt,
    leaveShare,
  };
}
