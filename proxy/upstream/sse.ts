import type { JsonRpcMessage } from "#proxy/json/json-rpc.ts";
import { readMessage } from "#proxy/json/json-rpc.ts";
import { RESPONSE_LIMITS } from "#proxy/json/parse-json.ts";
import { type SseEvent, SseReader, SseRefusal } from "#proxy/json/sse.ts";
import type { AllowedNetworks } from "./address-guard.ts";
import { Conversation, type Deadlines } from "./conversation.ts";
import type { ExchangeBody } from "./exchange.ts";
import { createGuardedClient, type GuardedClient } from "./guarded-client.ts";
import { refusedReply } from "./http-failure.ts";
import { answerType, checkStoredHeaders, requestHeaders } from "./http-headers.ts";
import { resolveEndpoint } from "./sse-endpoint.ts";
import { UpstreamTrouble } from "./transport-failure.ts";
import type { Upstream, UpstreamContext, UpstreamFailure, UpstreamReply } from "./types.ts";

export interface SseUpstreamOptions extends Deadlines {
  /** The tenant's stored headers, opened: credentials live here. */
  headers: Readonly<Record<string, string>>;
  allowed: AllowedNetworks;
  connectTimeoutMilliseconds: number;
  /** From the connection to the `endpoint` event. */
  openMilliseconds: number;
  /** For the server to take one message. */
  postMilliseconds: number;
  /** The longest a session lasts, however busy it is. */
  sessionMilliseconds: number;
  maxEventBytes: number;
}

export const SSE_DEFAULTS = {
  connectTimeoutMilliseconds: 10_000,
  openMilliseconds: 15_000,
  postMilliseconds: 30_000,
  sessionMilliseconds: 86_400_000,
  startMilliseconds: 30_000,
  silentMilliseconds: 60_000,
  totalMilliseconds: 300_000,
  idleMilliseconds: 900_000,
  maxEventBytes: 8 * 1024 * 1024,
} as const satisfies Partial<SseUpstreamOptions>;

/** Of what a server answers to a POST nothing is used; more than this closes the connection. */
const MAX_TAKEN_BYTES = 64 * 1024;
const NO_CONTEXT: UpstreamContext = { sessionId: null, protocolVersion: null };

/**
 * An MCP server on the HTTP+SSE transport of 2024-11-05: one event stream is one agent session,
 * its first event names the URL that messages are POSTed to, and answers come on the stream.
 * @throws {AddressRefusal | AppError} for a URL or stored header that can never be used
 */
export class SseUpstream implements Upstream {
  readonly #options: SseUpstreamOptions;
  readonly #host: string;
  readonly #stored: Record<string, string>;
  readonly #reader: GuardedClient;
  /** Posts to the endpoint; null until the server has named it. */
  #poster: GuardedClient | null = null;
  readonly #conversation: Conversation;
  readonly #opened = Promise.withResolvers<UpstreamFailure | null>();
  readonly #ended = Promise.withResolvers<void>();
  readonly #closing = new AbortController();
  readonly #opening: NodeJS.Timeout;
  #paused: PromiseWithResolvers<void> | null = null;

  /** Connects at once; a server that cannot be reached shows in the first reply. */
  constructor(url: URL, options: SseUpstreamOptions) {
    this.#options = options;
    this.#host = url.host;
    this.#stored = checkStoredHeaders(options.headers);
    this.#reader = createGuardedClient(url, options);
    const pipe = {
      write: (message: JsonRpcMessage, context: UpstreamContext) => this.#post(message, context),
      pause: () => {
        this.#paused ??= Promise.withResolvers<void>();
      },
      resume: () => {
        this.#paused?.resolve();
        this.#paused = null;
      },
      giveUp: (reason: string) => this.#end({ code: "closed", bytesSent: true, message: reason }),
    };
    this.#conversation = new Conversation(pipe, options);
    this.#opening = setTimeout(() => {
      const seconds = Math.ceil(options.openMilliseconds / 1000);
      const message = `${this.#host} did not name its message endpoint within ${seconds} s.`;
      this.#end({ code: "timeout", bytesSent: false, message });
    }, options.openMilliseconds);
    void this.#read();
  }

  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Waits for the `endpoint` event; the failure when none comes. */
  started(): Promise<UpstreamFailure | null> {
    return this.#opened.promise;
  }

  async send(message: JsonRpcMessage, context: UpstreamContext): Promise<UpstreamReply> {
    await this.started();
    return this.#conversation.send(message, context);
  }

  async openStream(context: UpstreamContext): Promise<UpstreamReply> {
    await this.started();
    return this.#conversation.openStream(context);
  }

  endSession(): Promise<void> {
    return this.close();
  }

  retire(): void {
    this.#conversation.retire();
  }

  async close(): Promise<void> {
    this.#end({ code: "closed", bytesSent: true, message: "The session was ended." });
    await Promise.all([this.#reader.close(), this.#poster?.close()]);
  }

  async #read(): Promise<void> {
    const reply = await this.#reader.exchange({
      method: "GET",
      headers: requestHeaders("GET", this.#stored, NO_CONTEXT),
      body: null,
      totalMilliseconds: this.#options.sessionMilliseconds,
      maxBytes: Number.POSITIVE_INFINITY,
      signal: this.#closing.signal,
    });
    if (reply.kind === "failed") return this.#end(reply.failure);
    if (reply.status !== 200 || answerType(reply.headers) !== "event_stream") {
      const refused = await refusedReply(reply, null, NO_CONTEXT, 5_000, this.#host);
      const message = `${this.#host} opened no event stream.`;
      const unclear = { code: "not_mcp", bytesSent: true, message } as const;
      return this.#end(refused.kind === "error" ? refused.failure : unclear);
    }
    this.#end(await this.#readEvents(reply.body));
  }

  /** Takes events until the stream is over; why it is. */
  async #readEvents(body: ExchangeBody): Promise<UpstreamFailure> {
    const reader = new SseReader(this.#options.maxEventBytes);
    try {
      for (let chunk = await body.next(); chunk !== null; chunk = await body.next()) {
        for (const event of reader.push(chunk)) {
          const failure = this.#poster === null ? this.#open(event) : this.#take(event);
          if (failure !== null) return failure;
        }
        await this.#paused?.promise;
      }
      const message = `${this.#host} ended the session's event stream.`;
      return { code: "closed", bytesSent: true, message };
    } catch (error) {
      if (error instanceof UpstreamTrouble) return error.failure;
      if (!(error instanceof SseRefusal)) throw error;
      const code = error.reason === "event_too_large" ? "too_large" : "protocol";
      return { code, bytesSent: true, message: error.message };
    } finally {
      body.abort();
    }
  }

  /** The first event must name the endpoint; later ones of that name are never followed. */
  #open(event: SseEvent): UpstreamFailure | null {
    const endpoint = resolveEndpoint(event, this.#reader.url);
    if (endpoint instanceof URL) {
      this.#poster = createGuardedClient(endpoint, this.#options);
      clearTimeout(this.#opening);
      this.#opened.resolve(null);
      return null;
    }
    return endpoint;
  }

  #take({ event, data }: SseEvent): UpstreamFailure | null {
    if (data === "" || (event !== undefined && event !== "message")) return null;
    const parsed = readMessage(Buffer.from(data), RESPONSE_LIMITS);
    if (parsed.kind === "refused") {
      const text = `${this.#host} sent an event that is not a JSON-RPC message: ${parsed.message}`;
      this.#conversation.fail({ code: "protocol", bytesSent: true, message: text });
    } else {
      // A raw line break in valid JSON can only stand between tokens.
      this.#conversation.receive(parsed, data.replaceAll("\n", " "));
    }
    return null;
  }

  async #post(message: JsonRpcMessage, context: UpstreamContext): Promise<UpstreamFailure | null> {
    if (this.#poster === null) throw new Error("nothing is sent before the endpoint is known");
    const reply = await this.#poster.exchange({
      method: "POST",
      headers: requestHeaders("POST", this.#stored, { ...context, sessionId: null }),
      body: JSON.stringify(message),
      totalMilliseconds: this.#options.postMilliseconds,
      maxBytes: MAX_TAKEN_BYTES,
      signal: this.#closing.signal,
    });
    if (reply.kind === "failed") return reply.failure;
    if (reply.status >= 200 && reply.status < 300) {
      reply.body.discard();
      return null;
    }
    // The endpoint stands for the session: where it is not found, the session is not either.
    const session = { ...context, sessionId: this.#poster.url.pathname };
    const refused = await refusedReply(reply, null, session, 5_000, this.#host);
    if (refused.kind !== "error") return null;
    if (refused.failure.code === "session_gone") this.#end(refused.failure);
    return refused.failure;
  }

  #end(failure: UpstreamFailure): void {
    if (this.#conversation.isOver) return;
    clearTimeout(this.#opening);
    // A session that never began has no end to speak of: what went wrong is the whole story.
    if (this.#poster === null) this.#conversation.close(failure, failure);
    else this.#conversation.close(failure);
    this.#opened.resolve(failure);
    this.#paused?.resolve();
    this.#closing.abort();
    this.#ended.resolve();
    void this.#reader.close();
    void this.#poster?.close();
  }
}
