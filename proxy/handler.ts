import type { IncomingMessage, ServerResponse } from "node:http";
import { serveAggregate } from "./aggregate/serve.ts";
import { errorAnswer } from "./answer/answers.ts";
import { refuseAccess, refuseFailed } from "./answer/refuse.ts";
import { AgentReply } from "./answer/respond.ts";
import type { Exchange, ProxyState } from "./exchange.ts";
import { initialize } from "./forward/initialize.ts";
import { relayNotice, relayRequest } from "./forward/relay.ts";
import { endAgentSession, relayStream } from "./forward/relay-stream.ts";
import { callTool } from "./gate/call-tool.ts";
import { type ParsedMessage, readMessage } from "./json/json-rpc.ts";
import { REQUEST_LIMITS } from "./json/parse-json.ts";
import { headerText } from "./modern/mirrored-headers.ts";
import { serveModern } from "./modern/serve.ts";
import { handOver, handOverWaiting } from "./peers/hand-over.ts";
import type { Access } from "./ports.ts";
import type { Presented } from "./receive/authenticate.ts";
import {
  answerAtEdge,
  pathOf,
  refuseEra,
  refuseHttp,
  refuseLasting,
  refuseMessage,
  refuseMethod,
  refuseShare,
  refuseWhileDraining,
} from "./receive/edge.ts";
import { classifyEra, isModern } from "./receive/era.ts";
import { findTooOld, refuseTooOld } from "./receive/minimum.ts";
import { checkContent, readBody } from "./receive/receive.ts";

/** A request of an agent, before it is known who that is. */
interface Arrival {
  state: ProxyState;
  request: IncomingMessage;
  reply: AgentReply;
  presented: Presented;
  /** `state.now()` when it arrived. */
  receivedAt: number;
}

const mcpPath = /^\/mcp\/([a-z0-9-]{1,64})(?:\/([a-z0-9-]{1,64}))?$/;

/**
 * The proxy's HTTP side: `/mcp/{org}/{server}`, `/mcp/{org}` and `/healthz`. Whatever goes wrong inside refuses the
 * request (invariant 3); most likely it is the database, so the agent is told to come back.
 */
export function createHandler(state: ProxyState) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const reply = new AgentReply(response, state.config.limits.stalledMilliseconds);
    handle(state, request, reply).catch(() => refuseFailed(reply));
  };
}

async function handle(
  state: ProxyState,
  request: IncomingMessage,
  reply: AgentReply,
): Promise<void> {
  const receivedAt = state.now();
  if (await answerAtEdge(state, request, reply)) return;
  const match = mcpPath.exec(pathOf(request));
  const [, orgSlug, serverSlug] = match ?? [];
  if (orgSlug === undefined) {
    state.earlyRefusals.note("path");
    return reply.finish(errorAnswer(null, 404, "Not found. Agents use /mcp/{org}/{server}."), 404);
  }
  if (serverSlug === undefined) {
    return serveAggregate({ state, request, reply, orgSlug, receivedAt });
  }
  // The modern era has no sessions; an id that comes along means nothing.
  const modern = isModern(headerText(request.headers["mcp-protocol-version"]) ?? "");
  const session = modern ? undefined : request.headers["mcp-session-id"];
  const presented: Presented = {
    authorization: request.headers.authorization,
    orgSlug,
    serverSlug,
    sessionId: typeof session === "string" ? session : undefined,
  };
  const arrival: Arrival = { state, request, reply, presented, receivedAt };
  switch (request.method) {
    case "POST":
      return handlePost(arrival);
    case "GET":
    case "DELETE": {
      const exchange = await open(arrival);
      if (exchange && modern) return refuseMethod(exchange, "POST");
      if (!exchange || (await handOver(state, request, reply, presented, exchange.access))) return;
      // A session may always be ended, whatever revision it speaks.
      if (request.method === "DELETE") return endAgentSession(exchange);
      const tooOld = findTooOld(exchange.access, exchange);
      return tooOld ? refuseTooOld(exchange, tooOld, null) : relayStream(exchange);
    }
    default: {
      const access = await fresh(arrival);
      if (access) await refuseMethod({ state, reply, access }, "POST, GET, DELETE");
    }
  }
}

async function handlePost(arrival: Arrival): Promise<void> {
  const { state, request, reply, presented } = arrival;
  // Nobody unknown makes us read a body.
  const recalled = state.authenticator.recall(presented);
  const first = recalled ? null : await state.authenticator.find(presented);
  if (first && first.kind !== "access") return refuseAccess(arrival, first);
  const known = recalled ?? first?.access;
  if (known) state.strangers.know(request.socket);
  const refused = checkContent(request);
  if (known && refused) return refuseHttp({ state, reply, access: known }, refused);
  const leaveShare = known && state.capacity.enter(known.orgId);
  if (!known || !leaveShare) return refuseShare(reply, "requests of this org are under way");
  try {
    if (await handOver(state, request, reply, presented, known)) return;
    await handleMessage(arrival, known, recalled !== null, leaveShare);
  } finally {
    await reply.taken();
    leaveShare();
  }
}

/** One message of a known agent; what is only recalled of it may be out of date. */
async function handleMessage(
  arrival: Arrival,
  known: Access,
  isRecalled: boolean,
  leaveShare: () => void,
): Promise<void> {
  const { state, request, reply, presented, receivedAt } = arrival;
  const body = await readBody(request, state.config.maxBodyBytes);
  const sent = { state, reply, access: known };
  if (!Buffer.isBuffer(body)) return refuseHttp(sent, body);
  const parsed = readMessage(body, REQUEST_LIMITS);
  if (parsed.kind === "refused") return refuseMessage(sent, parsed);
  if (parsed.kind === "request") reply.requestId = parsed.message.id;
  const era = classifyEra(request.headers, parsed);
  if (era.kind === "refused") return refuseEra(sent, era);
  if (await refuseWhileDraining(state, request, reply, parsed)) return;
  if (era.kind === "modern" && (await handOverWaiting(sent, request, body, parsed))) return;

  // Only a tool call may rest on what was seen earlier: its admission checks everything again. No refusal does.
  const method = parsed.kind === "request" ? parsed.message.method : null;
  const spoken = { era: era.kind, headers: request.headers };
  const mayRecall = method === "tools/call" && !findTooOld(known, spoken);
  const access = isRecalled && !mayRecall ? await fresh(arrival) : known;
  if (!access) return;
  const tooOld = method === "initialize" ? null : findTooOld(access, spoken);
  if (tooOld) return refuseTooOld({ ...sent, access }, tooOld, reply.requestId);
  const gate = await state.gates.find(access);
  if (!gate) return refuseAccess(arrival, { kind: "not_granted", sender: access });
  state.touch(access, null);
  const exchange: Exchange = {
    state,
    presented,
    access,
    gate,
    headers: request.headers,
    reply,
    era: era.kind,
    bodyBytes: body.length,
    receivedAt,
    leaveShare,
  };
  return dispatch(exchange, parsed);
}

function dispatch(exchange: Exchange, parsed: ParsedMessage): Promise<void> {
  if (exchange.era === "modern") return serveModern(exchange, parsed);
  if (parsed.kind !== "request") return relayNotice(exchange, parsed.message);
  switch (parsed.message.method) {
    case "initialize":
      if (exchange.state.pressure() !== "normal") return refuseLasting(exchange.reply);
      return initialize(exchange, parsed.message);
    case "tools/call":
      return callTool(exchange, parsed.message);
    default:
      return relayRequest(exchange, parsed.message);
  }
}

/** An exchange without a body. Undefined: the agent was answered. */
async function open(arrival: Arrival): Promise<Exchange | undefined> {
  const { state, request, reply, presented, receivedAt } = arrival;
  const access = await fresh(arrival);
  if (!access) return undefined;
  state.strangers.know(request.socket);
  const gate = await state.gates.find(access);
  if (!gate) {
    await refuseAccess(arrival, { kind: "not_granted", sender: access });
    return undefined;
  }
  const { headers } = request;
  return {
    state,
    presented,
    access,
    gate,
    headers,
    reply,
    era: "legacy",
    bodyBytes: 0,
    receivedAt,
    leaveShare: () => {},
  };
}

async function fresh(arrival: Arrival): Promise<Access | undefined> {
  const found = await arrival.state.authenticator.find(arrival.presented);
  if (found.kind === "access") return found.access;
  await refuseAccess(arrival, found);
  return undefined;
}
