import { errorAnswer, upstreamErrorAnswer } from "#proxy/answer/answers.ts";
import { refuseRequest, refuseSessionEnded } from "#proxy/answer/refuse.ts";
import { type Exchange, findUpstream, upstreamContext } from "#proxy/exchange.ts";
import { deliver } from "#proxy/forward/deliver.ts";
import { lookAgain, whileAllowed } from "#proxy/forward/stream-access.ts";
import { judgeAccess } from "#proxy/gate/access.ts";
import type { JsonRpcNotification, JsonRpcRequest } from "#proxy/json/json-rpc.ts";
import type { JsonObject } from "#proxy/json/parse-json.ts";
import { metaKeys, objectOf } from "#proxy/receive/era.ts";
import type { Sender } from "#proxy/receive/refused-requests.ts";
import type { UpstreamEvent, UpstreamFailureCode, UpstreamReply } from "#proxy/upstream/types.ts";

const mostMilliseconds = 3_600_000;
/** How soon a revoked token loses a stream that brings nothing, and a rule change is announced. */
const recheckMs = 10_000;
const mostUris = 256;

/** Kinds of news an agent can ask for, and the notification that brings each. */
export const kinds = [
  ["toolsListChanged", "notifications/tools/list_changed"],
  ["promptsListChanged", "notifications/prompts/list_changed"],
  ["resourcesListChanged", "notifications/resources/list_changed"],
] as const;

/**
 * `subscriptions/listen`: the server's news, of the kinds asked for, about what the agent may read.
 * First the acknowledgement; at a graceful end the empty result. A change of the rules is news too.
 */
export async function listen(exchange: Exchange, request: JsonRpcRequest): Promise<void> {
  await withListener(exchange, request, (wanted) => relayNews(exchange, request, wanted));
}

/** Reads what is wanted and gives the agent's stream its place among those that are open. */
export async function withListener(
  listener: Listener,
  request: JsonRpcRequest,
  relay: (wanted: JsonObject) => Promise<void>,
): Promise<void> {
  const { state, access, reply, leaveShare } = listener;
  const wanted = objectOf(request.params?.notifications);
  if (!wanted || !isFilter(wanted)) {
    const text =
      'subscriptions/listen needs "params.notifications": an object of the wanted kinds.';
    return refuseRequest(listener, "message", errorAnswer(request.id, -32602, text));
  }
  const leave = state.capacity.openStream(access.orgId, access.agentId);
  if (!leave) {
    const text =
      "This agent or its org listens on too many streams already. Close one and try again.";
    return reply.finish(errorAnswer(request.id, 429, text));
  }
  leaveShare();
  try {
    await relay(wanted);
  } finally {
    leave();
  }
}

type Listener = Pick<Exchange, "state" | "reply" | "leaveShare"> & { access: Sender };

/** One server's news, without counting the stream. */
export async function relayNews(
  exchange: Exchange,
  request: JsonRpcRequest,
  wanted: JsonObject,
): Promise<void> {
  const { access } = exchange;
  const upstream = await findUpstream(exchange);
  if (!upstream) return refuseSessionEnded(exchange, request.id);
  const notifications = readableOnly(exchange, wanted);
  const passed = { ...request, params: { ...request.params, notifications } };
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, ...(exchange.signal ? [exchange.signal] : [])]);
  const context = { ...upstreamContext(exchange), totalMilliseconds: mostMilliseconds, signal };
  const told = { revision: exchange.gate.revision };
  const answered = await upstream.send(passed, context);
  const end = () => {
    exchange.reply.endStream();
    over.abort();
  };
  const allowed = (events: AsyncIterable<UpstreamEvent>) =>
    untilRefused(exchange, whileAllowed(exchange, events), end);
  const news =
    answered.kind === "stream"
      ? {
          ...answered,
          events: screenNews(exchange, request, notifications, allowed(answered.events)),
        }
      : answered;
  const stop = watchRules(exchange, request, notifications, news, told, end);
  try {
    await deliver(exchange, news, { request, origin: null }, (failure) =>
      upstreamErrorAnswer(request.id, access, failure),
    );
  } finally {
    stop();
  }
}

/** A stream that its agent may not read any more ends without a word; one that its server ended does not. */
async function* untilRefused(
  exchange: Exchange,
  events: AsyncIterable<UpstreamEvent>,
  end: () => void,
): AsyncGenerator<UpstreamEvent, void, undefined> {
  yield* events;
  if (!exchange.reply.gone && !(await lookAgain(exchange).catch(() => true))) end();
}

/** Passes on what was asked for and may be known; a stream that we ended ourselves ends gracefully. */
async function* screenNews(
  exchange: Exchange,
  request: JsonRpcRequest,
  wanted: JsonObject,
  events: AsyncIterable<UpstreamEvent>,
): AsyncGenerator<UpstreamEvent, void, undefined> {
  for await (const event of events) {
    if (event.kind === "failed" && ownEnds.has(event.failure.code)) {
      yield ended(request);
      return;
    }
    if (event.kind !== "message" || event.parsed.kind !== "notification") {
      yield event;
    } else if (isWanted(exchange, wanted, event.parsed.message)) {
      yield event;
    }
  }
}

/** It ran out of time, or the server's settings changed. */
const ownEnds = new Set<UpstreamFailureCode>(["timeout", "cancelled"]);

/** The end of a subscription that nothing went wrong with (2026-07-28, "Subscriptions"). */
function ended({ id }: JsonRpcRequest): UpstreamEvent {
  const result = { resultType: "complete", _meta: { [metaKeys.subscriptionId]: id } };
  const message = { jsonrpc: "2.0", id, result } as const;
  const data = JSON.stringify(message);
  return { kind: "message", parsed: { kind: "response", message }, data };
}

function isWanted(
  exchange: Exchange,
  wanted: JsonObject,
  { method, params }: JsonRpcNotification,
): boolean {
  if (method === "notifications/subscriptions/acknowledged") return true;
  if (method === "notifications/resources/updated") {
    return typeof params?.uri === "string" && mayRead(exchange, params.uri);
  }
  const kind = kinds.find(([, notification]) => notification === method);
  return kind !== undefined && wanted[kind[0]] === true;
}

/**
 * Looks from time to time whether the agent may still listen, and tells it when its rules changed;
 * also ends the stream when this proxy stops. Returns what ends the watch.
 *
 * @param told the revision of the rules that the agent knows of
 */
function watchRules(
  exchange: Exchange,
  request: JsonRpcRequest,
  wanted: JsonObject,
  answered: UpstreamReply,
  told: { revision: number },
  end: () => void,
): () => void {
  if (answered.kind !== "stream") return () => {};
  const { state, reply } = exchange;
  const look = async () => {
    const found = await state.authenticator.find(exchange.presented);
    if (found.kind !== "access") return end();
    if (found.access.revision === told.revision) return;
    const gate = await state.gates.find(found.access);
    if (!gate) return end();
    exchange.access = found.access;
    exchange.gate = gate;
    told.revision = gate.revision;
    for (const [kind, method] of kinds) {
      if (wanted[kind] !== true) continue;
      const params = { _meta: { [metaKeys.subscriptionId]: request.id } };
      await reply.event(JSON.stringify({ jsonrpc: "2.0", method, params }));
    }
  };
  // What cannot be looked up now is looked up at the next turn.
  const timer = setInterval(() => void look().catch(() => {}), recheckMs);
  const untrack = state.trackStream(() => {
    const last = ended(request);
    if (last.kind === "message") void reply.event(last.data).then(end);
  });
  return () => {
    clearInterval(timer);
    untrack();
  };
}

function readableOnly(exchange: Exchange, wanted: JsonObject): JsonObject {
  const uris = wanted.resourceSubscriptions;
  if (!Array.isArray(uris)) return wanted;
  const readable = uris.filter((uri) => typeof uri === "string" && mayRead(exchange, uri));
  return { ...wanted, resourceSubscriptions: readable };
}

function mayRead({ gate }: Exchange, uri: string): boolean {
  return gate.observe || judgeAccess(gate, { kind: "resource", name: uri }).kind === "allowed";
}

function isFilter(wanted: JsonObject): boolean {
  const uris = wanted.resourceSubscriptions;
  return (
    kinds.every(([kind]) => wanted[kind] === undefined || typeof wanted[kind] === "boolean") &&
    (uris === undefined || (Array.isArray(uris) && uris.length <= mostUris))
  );
}
