import { randomUUID } from "node:crypto";
import { stringifyChanged } from "#proxy/json/exact-numbers.ts";
import type {
  JsonRpcMessage,
  JsonRpcNotification,
  JsonRpcRequest,
  JsonRpcResponse,
  RequestId,
} from "#proxy/json/json-rpc.ts";
import type { JsonObject, JsonValue } from "#proxy/json/parse-json.ts";
import { passedCapabilities } from "#proxy/modern/client-capabilities.ts";
import { gatedCapabilities } from "#proxy/modern/discover-result.ts";
import { mayAskBack } from "#proxy/modern/methods.ts";
import { buildMirroredHeaders } from "#proxy/modern/upstream.ts";
import { legacyRevisions, metaKeys, modernRevision, objectOf } from "#proxy/receive/era.ts";
import { awaitAnswer } from "#proxy/upstream/await-answer.ts";
import type {
  Upstream,
  UpstreamContext,
  UpstreamEvent,
  UpstreamReply,
} from "#proxy/upstream/types.ts";
import { LegacyNews, mostUris } from "./legacy-news.ts";
import { errorReply, eventOf, failureReply, resultReply, toLegacyAnswer } from "./messages.ts";
import { Questions } from "./questions.ts";

/** Rounds of questions in one call; more is a server that goes in circles. */
const mostRounds = 20;
/** A session nobody uses is ended, as a program's is. */
const idleMilliseconds = 900_000;

type StreamReply = Extract<UpstreamReply, { kind: "stream" }>;

/**
 * A modern server as one session of a legacy agent sees it (protocol.md 2.3). The handshake is made
 * here of `server/discover`; what the server asks by `input_required` is asked on the call's stream,
 * and the call is sent again with the answers. The session lives in this proxy.
 */
export class LegacyFace implements Upstream {
  readonly ended: Promise<void>;
  readonly #inner: Upstream;
  readonly #sessionId = randomUUID();
  readonly #questions = new Questions();
  readonly #running = new Map<RequestId, AbortController>();
  readonly #news: LegacyNews;
  #client: { info: JsonValue; capabilities: JsonObject } = {
    info: { name: "callgate", version: "1" },
    capabilities: {},
  };
  /** What the server declares, of what passes here. */
  #declared: JsonObject = {};
  #logLevel: string | null = null;
  #isRetired = false;
  #over = false;
  readonly #idle: NodeJS.Timeout;
  #resolveEnded: () => void = () => {};

  constructor(inner: Upstream) {
    this.#inner = inner;
    this.#idle = setTimeout(() => this.#idled(), idleMilliseconds).unref();
    this.#news = new LegacyNews((request, context) => this.#send(request, context));
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    void inner.ended?.then(() => this.close());
  }

  async send(message: JsonRpcMessage, context: UpstreamContext): Promise<UpstreamReply> {
    if (this.#over) return failureReply("session_gone", "The session was ended.");
    this.#idle.refresh();
    // A modern agent of a program that knows nothing else has a connection of this kind as well.
    if (context.protocolVersion === modernRevision) return this.#inner.send(message, context);
    if (!("method" in message)) return this.#takeAnswer(message);
    if (!("id" in message)) return this.#takeNotice(message);
    switch (message.method) {
      case "initialize":
        return this.#initialize(message, context);
      case "ping":
        return resultReply(message, {});
      case "logging/setLevel":
        if (!this.#declared.logging) return undeclaredReply(message);
        this.#logLevel = typeof message.params?.level === "string" ? message.params.level : null;
        return resultReply(message, {});
      case "resources/subscribe":
      case "resources/unsubscribe":
        return this.#watch(message);
      case "tools/list":
      case "tools/call":
      case "prompts/list":
      case "prompts/get":
      case "resources/list":
      case "resources/templates/list":
      case "resources/read":
      case "completion/complete":
        return this.#ask(message, context);
      default:
        return errorReply(message, -32601, `Method not found: ${message.method}`);
    }
  }

  async openStream(context: UpstreamContext): Promise<UpstreamReply> {
    if (this.#over) return failureReply("session_gone", "The session was ended.");
    return this.#news.open(context);
  }

  endSession(): Promise<void> {
    return this.close();
  }

  /** Calls go on to their end, and with the last of them the session ends. */
  retire(): void {
    this.#news.close();
    this.#isRetired = true;
    this.#endRetired();
  }

  async close(): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#idle);
    this.#questions.close();
    this.#news.close();
    for (const running of this.#running.values()) running.abort();
    this.#resolveEnded();
    await this.#inner.close();
  }

  #endRetired(): void {
    if (this.#isRetired && this.#running.size === 0) void this.close();
  }

  #idled(): void {
    if (this.#running.size > 0 || this.#news.isOpen) this.#idle.refresh();
    else void this.close();
  }

  async #initialize(request: JsonRpcRequest, context: UpstreamContext): Promise<UpstreamReply> {
    const { params = {} } = request;
    this.#client = {
      info: params.clientInfo ?? this.#client.info,
      capabilities: offeredOf(objectOf(params.capabilities) ?? {}),
    };
    const discover = { jsonrpc: "2.0", id: request.id, method: "server/discover" } as const;
    const answer = await awaitAnswer(await this.#send(discover, context));
    if (answer.kind === "error") return { kind: "error", failure: answer.failure };
    if ("error" in answer.message) {
      return errorReply(request, answer.message.error.code, answer.message.error.message);
    }
    const { result } = answer.message;
    const capabilities = gatedCapabilities(objectOf(result.capabilities) ?? {});
    this.#declared = capabilities;
    this.#news.declare(capabilities);
    const wanted = params.protocolVersion;
    const protocolVersion = legacyRevisions.find((known) => known === wanted) ?? "2025-11-25";
    const serverInfo = objectOf(result._meta)?.[metaKeys.serverInfo] ?? {
      name: "server",
      version: "",
    };
    const { instructions } = result;
    return resultReply(
      request,
      {
        protocolVersion,
        capabilities,
        serverInfo,
        ...(typeof instructions === "string" ? { instructions } : {}),
      },
      this.#sessionId,
    );
  }

  #watch(request: JsonRpcRequest): UpstreamReply {
    if (objectOf(this.#declared.resources)?.subscribe !== true) return undeclaredReply(request);
    const isWanted = request.method === "resources/subscribe";
    if (this.#news.watch(request.params?.uri, isWanted)) return resultReply(request, {});
    const text = `A session watches at most ${mostUris} resources. Unsubscribe from one, then try again.`;
    return errorReply(request, 429, text);
  }

  async #ask(request: JsonRpcRequest, context: UpstreamContext): Promise<UpstreamReply> {
    const running = new AbortController();
    const signal = AbortSignal.any([running.signal, ...(context.signal ? [context.signal] : [])]);
    this.#running.set(request.id, running);
    const finished = () => {
      if (this.#running.get(request.id) === running) this.#running.delete(request.id);
      this.#endRetired();
    };
    const within = { ...context, signal };
    const reply = await this.#send(request, within);
    if (reply.kind === "stream" || isQuestion(reply)) {
      const events = this.#converse(request, within, reply, finished);
      return { kind: "stream", events, sessionId: null };
    }
    finished();
    if (reply.kind !== "json") return reply;
    const change = (message: JsonRpcResponse) => {
      // An error that its server could not ascribe to a request comes with no id.
      message.id = request.id;
      toLegacyAnswer(message);
    };
    change(reply.message);
    const text = stringifyChanged(reply.bytes.toString("utf8"), reply.message, change);
    // A modern server says some errors by a status that a session's agent takes for its own.
    return { ...reply, status: 200, bytes: Buffer.from(text, "utf8") };
  }

  /** What a call brings until its answer; questions on the way are asked and answered. */
  async *#converse(
    request: JsonRpcRequest,
    context: UpstreamContext,
    first: UpstreamReply,
    finished: () => void,
  ): AsyncGenerator<UpstreamEvent, void, undefined> {
    try {
      let reply = first;
      for (let round = 0; round < mostRounds; round += 1) {
        const asked = yield* this.#relay(reply, request.id);
        if (asked === null) return;
        if (context.readmit === undefined) {
          const message = "The server asked back about a request that may not be asked about.";
          yield { kind: "failed", failure: { code: "protocol", bytesSent: true, message } };
          return;
        }
        const answers = yield* this.#putQuestions(request, asked, context);
        if (answers === null) return;
        const { requestState } = asked;
        const params: JsonObject = { ...request.params, inputResponses: answers };
        if (typeof requestState === "string") params.requestState = requestState;
        // People take their time: what was right when the call came need not be so now.
        const again = await context.readmit();
        if (again === null) return;
        reply = await this.#send({ ...request, params }, { ...context, ...again });
      }
      const message = `The server asked more than ${mostRounds} times without an answer.`;
      yield { kind: "failed", failure: { code: "protocol", bytesSent: true, message } };
    } finally {
      finished();
    }
  }

  /** Passes events on up to the answer; an `input_required` result is returned instead. */
  async *#relay(
    reply: UpstreamReply,
    id: RequestId,
  ): AsyncGenerator<UpstreamEvent, JsonObject | null, undefined> {
    if (reply.kind === "error") {
      yield { kind: "failed", failure: reply.failure };
      return null;
    }
    if (reply.kind === "accepted") return null;
    const events =
      reply.kind === "json"
        ? [eventOf({ ...reply.message, id })]
        : (reply satisfies StreamReply).events;
    for await (const event of events) {
      if (event.kind !== "message" || event.parsed.kind === "notification") {
        yield event;
      } else if (event.parsed.kind === "response" && event.parsed.message.id === id) {
        const { message } = event.parsed;
        if ("result" in message && message.result.resultType === "input_required") {
          return message.result;
        }
        toLegacyAnswer(message);
        const data = stringifyChanged(event.data, message, toLegacyAnswer);
        yield { kind: "message", parsed: event.parsed, data };
        return null;
      }
    }
    return null;
  }

  /** Asks the agent on the call's stream. Null: it cannot be asked, and the call has its answer. */
  async *#putQuestions(
    request: JsonRpcRequest,
    { inputRequests }: JsonObject,
    context: UpstreamContext,
  ): AsyncGenerator<UpstreamEvent, JsonObject | null, undefined> {
    const asked = Object.entries(objectOf(inputRequests) ?? {});
    const waiting: [string, Promise<JsonRpcResponse | null>][] = [];
    for (const [key, wanted] of asked) {
      const question = this.#questions.ask(objectOf(wanted) ?? {}, this.#capabilities(context));
      if (question === null) {
        yield eventOf(unaskedAnswer(request, objectOf(wanted)?.method));
        return null;
      }
      yield eventOf(question.message);
      waiting.push([key, question.answered(context.signal)]);
    }
    const answers: JsonObject = {};
    for (const [key, answered] of waiting) {
      const answer = await answered;
      if (answer === null || "error" in answer) {
        yield eventOf(unansweredAnswer(request, answer?.error.message));
        return null;
      }
      answers[key] = answer.result;
    }
    return answers;
  }

  #takeAnswer(message: JsonRpcResponse): UpstreamReply {
    if (this.#questions.answer(message)) return { kind: "accepted", sessionId: null };
    return failureReply("uncorrelated", "Nothing was asked that this message answers.");
  }

  #takeNotice({ method, params }: JsonRpcNotification): UpstreamReply {
    const id = params?.requestId;
    if (
      method === "notifications/cancelled" &&
      (typeof id === "string" || typeof id === "number")
    ) {
      this.#running.get(id)?.abort();
    }
    return { kind: "accepted", sessionId: null };
  }

  /** What the client declared in its handshake, as far as the server may use it now. */
  #capabilities({ strippedCapabilities = [] }: UpstreamContext): JsonObject {
    return passedCapabilities(this.#client.capabilities, strippedCapabilities);
  }

  /** Sends a request as the modern era has it: described in `_meta`, mirrored in headers. */
  #send(request: JsonRpcRequest, context: UpstreamContext): Promise<UpstreamReply> {
    const _meta: JsonObject = {
      ...objectOf(request.params?._meta),
      [metaKeys.protocolVersion]: modernRevision,
      [metaKeys.clientInfo]: this.#client.info,
      [metaKeys.clientCapabilities]: this.#capabilities(context),
    };
    if (this.#logLevel !== null) _meta[metaKeys.logLevel] = this.#logLevel;
    const sent = { ...request, params: { ...request.params, _meta } };
    const name = request.params?.name;
    const wanted =
      request.method === "tools/call" && typeof name === "string"
        ? (context.parameterHeaders?.(name) ?? [])
        : [];
    const agentHeaders = context.agentHeaders ?? {};
    return this.#inner.send(sent, {
      ...context,
      sessionId: null,
      protocolVersion: modernRevision,
      mirroredHeaders: buildMirroredHeaders(sent, wanted, agentHeaders),
    });
  }
}

/** What is not declared is not there (protocol.md 2.3: "declared absent, not faked"). */
function undeclaredReply(request: JsonRpcRequest): UpstreamReply {
  const text = `Method not found: ${request.method}. The server does not declare it.`;
  return errorReply(request, -32601, text);
}

function isQuestion(reply: UpstreamReply): boolean {
  if (reply.kind !== "json" || !("result" in reply.message)) return false;
  return reply.message.result.resultType === "input_required";
}

/** What a legacy client can be asked; its tasks are of another making than the modern era's. */
function offeredOf({ elicitation, sampling, roots }: JsonObject): JsonObject {
  const offered: JsonObject = {};
  if (objectOf(elicitation)) offered.elicitation = elicitation ?? {};
  if (objectOf(sampling)) offered.sampling = sampling ?? {};
  if (objectOf(roots)) offered.roots = {};
  return offered;
}

function unaskedAnswer(request: JsonRpcRequest, method: JsonValue | undefined): JsonRpcResponse {
  const what = typeof method === "string" ? method : "something";
  return failedAnswer(
    request,
    `The server needs ${what} to go on, which this client has not declared.`,
  );
}

function unansweredAnswer(request: JsonRpcRequest, said: string | undefined): JsonRpcResponse {
  const why = said === undefined ? "in time." : `: ${said.slice(0, 300)}`;
  return failedAnswer(
    request,
    `The server needed an answer of this client and did not get it${said === undefined ? " " : ""}${why}`,
  );
}

/** A call fails in words that a model reads; other requests only have errors. */
function failedAnswer({ id, method }: JsonRpcRequest, text: string): JsonRpcResponse {
  if (!mayAskBack(method) || method !== "tools/call") {
    return { jsonrpc: "2.0", id, error: { code: -32603, message: text } };
  }
  return { jsonrpc: "2.0", id, result: { content: [{ type: "text", text }], isError: true } };
}
