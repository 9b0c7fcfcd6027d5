import { stringifyChanged } from "#proxy/json/exact-numbers.ts";
import type { JsonRpcMessage, JsonRpcRequest, JsonRpcResponse } from "#proxy/json/json-rpc.ts";
import type { JsonObject } from "#proxy/json/parse-json.ts";
import { declaredCapabilities } from "#proxy/modern/client-capabilities.ts";
import { gatedCapabilities } from "#proxy/modern/discover-result.ts";
import { waitsNoMore } from "#proxy/modern/held-state.ts";
import { mayAskBack } from "#proxy/modern/methods.ts";
import { metaKeys, modernRevision, objectOf } from "#proxy/receive/era.ts";
import type {
  Upstream,
  UpstreamContext,
  UpstreamEvent,
  UpstreamReply,
} from "#proxy/upstream/types.ts";
import { followEvents } from "./follow-events.ts";
import { HeldSessions, type LegacySession } from "./held-sessions.ts";
import {
  answerReply,
  eventOf,
  failureReply,
  resultReply,
  toLegacyRequest,
  toModernAnswer,
} from "./messages.ts";
import { type Parked, Parking } from "./parking.ts";
import { subscribe } from "./subscription.ts";

/** Answers of people take longer than those of servers. */
const askingMilliseconds = 300_000;

type Message = Extract<UpstreamEvent, { kind: "message" }>;

/**
 * A legacy server as a modern agent sees it (protocol.md 2.3). Each agent has one session with the
 * server, opened when it is first needed and again when it is gone. A question of the server becomes
 * an `input_required` result while its call waits here for the agent to come back.
 */
export class ModernFace implements Upstream {
  readonly ended?: Promise<void>;
  readonly #inner: Upstream;
  readonly #sessions: HeldSessions;
  readonly #parking: Parking;
  #lastId = 0;

  /** @param previous of the same server, whose waiting calls agents come back for here */
  constructor(inner: Upstream, previous?: ModernFace) {
    this.#inner = inner;
    this.#parking = previous ? previous.#parking : new Parking();
    this.#sessions = new HeldSessions(inner);
    if (inner.ended) this.ended = inner.ended;
  }

  async send(message: JsonRpcMessage, context: UpstreamContext): Promise<UpstreamReply> {
    if (!("method" in message) || !("id" in message)) return { kind: "accepted", sessionId: null };
    const parked = message.params?.requestState;
    if (typeof parked === "string") return this.#resume(message, parked, context);
    for (let attempt = 0; ; attempt += 1) {
      const opened = await this.#sessions.find(message, context);
      if ("failure" in opened) return { kind: "error", failure: opened.failure };
      if ("refusal" in opened) return answerReply(opened.refusal);
      const reply = await this.#ask(opened, message, context);
      const isGone = reply.kind === "error" && reply.failure.code === "session_gone";
      if (!isGone || attempt > 0) return reply;
      this.#sessions.forget(opened);
    }
  }

  async openStream(): Promise<UpstreamReply> {
    return failureReply("protocol", "The modern era opens streams by subscriptions/listen.");
  }

  async endSession(): Promise<void> {}

  async close(): Promise<void> {
    this.#parking.close();
    await this.#inner.close();
  }

  async #ask(
    session: LegacySession,
    request: JsonRpcRequest,
    context: UpstreamContext,
  ): Promise<UpstreamReply> {
    if (request.method === "server/discover") return resultReply(request, greeting(session));
    if (request.method === "subscriptions/listen") return subscribe(session, request, context);
    await session.setLogLevel(request, context);
    const id = ++this.#lastId;
    const asks =
      mayAskBack(request.method) && Object.keys(declaredCapabilities(request)).length > 0;
    const total = context.totalMilliseconds ?? (asks ? askingMilliseconds : undefined);
    const legacyContext = session.context(context, total);
    const reply = await this.#inner.send(toLegacyRequest(request, id), legacyContext);
    switch (reply.kind) {
      case "json": {
        const change = (message: JsonRpcResponse) => toModernAnswer(message, request);
        change(reply.message);
        const text = stringifyChanged(reply.bytes.toString("utf8"), reply.message, change);
        return { ...reply, bytes: Buffer.from(text, "utf8"), sessionId: null };
      }
      case "stream": {
        const over = new AbortController();
        stopWith(context, session, id, over);
        const within = total ?? context.callMilliseconds ?? askingMilliseconds;
        const resume = (lastEventId: string, leftMilliseconds: number) =>
          this.#inner.openStream({
            ...session.context({ ...context, signal: over.signal }, leftMilliseconds),
            lastEventId,
          });
        const events = followEvents(reply.events, resume, within, over.signal);
        return {
          kind: "stream",
          events: this.#converse({ session, request, id, events, over }),
          sessionId: null,
        };
      }
      case "accepted":
        return failureReply("protocol", "The server took the request without an answer.", true);
      case "error":
        if (reply.failure.code === "cancelled") session.cancel(id);
        return reply;
    }
  }

  /** What a call brings until its answer, or until the server asks something. */
  async *#converse(
    running: Omit<Parked, "question">,
  ): AsyncGenerator<UpstreamEvent, void, undefined> {
    const { session, request, id, events } = running;
    let keeps = false;
    try {
      for (;;) {
        const next = await events.next();
        if (next.done) return;
        const event = next.value;
        if (event.kind === "failed") yield event;
        if (event.kind !== "message") continue;
        const { parsed } = event;
        if (parsed.kind === "notification") {
          if (session.concernsCall(parsed.message, request)) yield withoutPosition(event);
        } else if (parsed.kind === "response") {
          if (parsed.message.id !== id) continue;
          yield answered(event, request);
          return;
        } else if (mayAskBack(request.method) && session.mayAsk(parsed.message.method)) {
          const state = this.#parking.park({ ...running, question: parsed.message });
          keeps = true;
          yield eventOf({
            jsonrpc: "2.0",
            id: request.id,
            result: this.#parking.questionOf(state),
          });
          return;
        } else {
          await session.refuse(parsed.message);
        }
      }
    } finally {
      if (!keeps) await events.return?.();
    }
  }

  /** The agent is back with its answer: the server gets it, and the call goes on. */
  async #resume(
    request: JsonRpcRequest,
    state: string,
    context: UpstreamContext,
  ): Promise<UpstreamReply> {
    const parked = this.#parking.take(state, request);
    if (!parked) {
      const error = { code: -32602, message: waitsNoMore };
      const message = { jsonrpc: "2.0", id: request.id, error } as const;
      return {
        kind: "json",
        status: 200,
        message,
        bytes: Buffer.from(JSON.stringify(message)),
        sessionId: null,
      };
    }
    const { session, id, events, over, question } = parked;
    const answer = objectOf(objectOf(request.params?.inputResponses)?.[Parking.key]);
    if (!answer) {
      const again = this.#parking.park(parked);
      return resultReply(request, this.#parking.questionOf(again));
    }
    stopWith(context, session, id, over);
    const response = { jsonrpc: "2.0", id: question.id, result: answer } as const;
    const taken = await session.upstream.send(response, session.context(context));
    if (taken.kind === "error") return taken;
    const rest = this.#converse({ session, request, id, events, over });
    return { kind: "stream", events: rest, sessionId: null };
  }
}

/** An agent that goes away gives its call up. */
function stopWith(
  { signal }: UpstreamContext,
  session: LegacySession,
  id: number,
  over: AbortController,
): void {
  const stop = () => {
    session.cancel(id);
    over.abort();
  };
  signal?.addEventListener("abort", stop, { once: true });
}

/** The handshake's result as the answer to `server/discover`. */
function greeting({ capabilities, serverInfo, instructions }: LegacySession): JsonObject {
  return {
    resultType: "complete",
    supportedVersions: [modernRevision],
    capabilities: gatedCapabilities(capabilities),
    ...(instructions === null ? {} : { instructions }),
    ttlMs: 0,
    cacheScope: "private",
    _meta: { [metaKeys.serverInfo]: serverInfo },
  };
}

function answered(event: Message, request: JsonRpcRequest): UpstreamEvent {
  const { parsed, data } = event;
  if (parsed.kind !== "response") return event;
  const change = (message: JsonRpcResponse) => toModernAnswer(message, request);
  change(parsed.message);
  return { kind: "message", parsed, data: stringifyChanged(data, parsed.message, change) };
}

/** The modern era resumes nothing: event ids would promise what does not exist. */
function withoutPosition({ parsed, data }: Message): UpstreamEvent {
  return { kind: "message", parsed, data };
}
