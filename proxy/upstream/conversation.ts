import type {
  JsonRpcMessage,
  JsonRpcNotification,
  JsonRpcRequest,
  JsonRpcResponse,
  ParsedMessage,
  RequestId,
} from "#proxy/json/json-rpc.ts";
import { EventQueue } from "./event-queue.ts";
import { InFlight } from "./in-flight.ts";
import type { UpstreamContext, UpstreamEvent, UpstreamFailure, UpstreamReply } from "./types.ts";

/** Carries the messages of one session to one server, and can be told to read no further. */
export interface Pipe {
  /** Hands one message over; the failure when it was not taken. */
  write(
    message: JsonRpcMessage,
    context: UpstreamContext,
  ): UpstreamFailure | null | Promise<UpstreamFailure | null>;
  pause(): void;
  resume(): void;
  /** Nothing can come of the session any more: it is to be ended, for this reason. */
  giveUp(reason: string): void;
}

export interface Deadlines {
  /** For the answer to `initialize`. */
  startMilliseconds: number;
  /** For every other answer: silence, which progress interrupts, and altogether. */
  silentMilliseconds: number;
  totalMilliseconds: number;
  /** A session without messages, running requests and listeners is ended after this long. */
  idleMilliseconds: number;
}

/** Questions of the server that may wait for the agent's answer; the oldest are forgotten. */
const MAX_ASKED = 1_000;
/** Messages kept for a listener that may still come; the oldest are forgotten. */
const MAX_UNCLAIMED = 100;
const MAX_UNCLAIMED_CHARACTERS = 1024 * 1024;
/** Answers to nothing that a session may bring; some come late, after their request was given up. */
const MAX_UNOWED = 10_000;
/** How often a retired session is looked at, whether the last of its calls has ended. */
const RETIRED_LOOK_MILLISECONDS = 500;

/**
 * One agent session with a server that answers on a single stream, as stdio programs and HTTP+SSE
 * servers do. Request ids and progress tokens are replaced on the way in and restored on the way
 * back, so concurrent requests cannot be confused. A slow reader pauses the whole stream.
 */
export class Conversation {
  readonly #pipe: Pipe;
  readonly #deadlines: Deadlines;
  readonly #inFlight: InFlight;
  /** Ids of requests the server sent and the agent has not answered yet. */
  readonly #asked = new Set<RequestId>();
  #listener: EventQueue | null = null;
  /** The listener is no agent's, who could be asked something. */
  #newsOnly = false;
  #unowed = 0;
  #unclaimed: UpstreamEvent[] = [];
  #unclaimedCharacters = 0;
  #fullQueues = 0;
  #over: UpstreamFailure | null = null;
  readonly #idle: NodeJS.Timeout;

  constructor(pipe: Pipe, deadlines: Deadlines) {
    this.#pipe = pipe;
    this.#deadlines = deadlines;
    this.#inFlight = new InFlight((full) => this.#onFull(full));
    this.#idle = setTimeout(() => this.#idled(), deadlines.idleMilliseconds).unref();
  }

  get isOver(): boolean {
    return this.#over !== null;
  }

  async send(message: JsonRpcMessage, context: UpstreamContext): Promise<UpstreamReply> {
    if (this.#over !== null) return { kind: "error", failure: this.#over };
    if (context.signal?.aborted) {
      const text = "The caller gave the request up.";
      return { kind: "error", failure: { code: "cancelled", bytesSent: false, message: text } };
    }
    this.#idle.refresh();
    if (!("method" in message)) return this.#sendResponse(message, context);
    if ("id" in message) return this.#sendRequest(message, context);
    return this.#sendNotification(message, context);
  }

  openStream(context: UpstreamContext): UpstreamReply {
    if (this.#over !== null) return { kind: "error", failure: this.#over };
    this.#listener?.end();
    const listener = new EventQueue((full) => this.#onFull(full));
    this.#listener = listener;
    this.#newsOnly = context.newsOnly === true;
    for (const event of this.#unclaimed) listener.push(event);
    this.#unclaimed = [];
    this.#unclaimedCharacters = 0;
    if (context.signal?.aborted) listener.end();
    context.signal?.addEventListener("abort", () => listener.end(), { once: true });
    return { kind: "stream", events: listener, sessionId: null };
  }

  /** Takes one message of the server; `line` is its JSON text on one line. */
  receive(parsed: ParsedMessage, line: string): void {
    this.#idle.refresh();
    switch (parsed.kind) {
      case "response":
        this.#complete(parsed, line);
        return;
      case "request":
        this.#remember(parsed.message.id);
        this.#deliverUnsolicited({ kind: "message", parsed, data: line });
        return;
      case "notification":
        if (!this.#inFlight.progress(parsed, line) && !this.#inFlight.news(parsed, line)) {
          this.#deliverUnsolicited({ kind: "message", parsed, data: line });
        }
    }
  }

  #complete(parsed: Extract<ParsedMessage, { kind: "response" }>, line: string): void {
    if (this.#inFlight.complete(parsed, line)) return;
    const { message } = parsed;
    // An error without an id means a request that the server could not read: it will not be answered.
    const refused = message.id === null && "error" in message ? this.#inFlight.only() : undefined;
    if (refused !== undefined && "error" in message) {
      const said = JSON.stringify(message.error.message.slice(0, 300));
      const text = `The server refused a message without naming it: ${said}`;
      this.#inFlight.fail(refused, { code: "protocol", bytesSent: true, message: text });
    } else if (++this.#unowed > MAX_UNOWED) {
      this.#pipe.giveUp(`The server sent more than ${MAX_UNOWED} answers to nothing.`);
    }
  }

  /** Another session takes this one's place: it is given up once nothing runs in it. */
  retire(): void {
    this.#listener?.end();
    const end = () => {
      if (this.#inFlight.size > 0) return;
      clearInterval(looking);
      this.#pipe.giveUp("The session was ended because the server's settings were changed.");
    };
    const looking = setInterval(end, RETIRED_LOOK_MILLISECONDS).unref();
    end();
  }

  /** The server broke the protocol: nobody can tell whose answer that was. */
  fail(failure: UpstreamFailure): void {
    this.#inFlight.failAll(failure);
  }

  /**
   * The session is over: whatever waits fails, and so does all that is sent later.
   * @param later what later messages are told; that the session is gone, when absent
   */
  close(failure: UpstreamFailure, later: UpstreamFailure = gone(failure)): void {
    if (this.#over !== null) return;
    this.#over = later;
    clearTimeout(this.#idle);
    this.#inFlight.failAll(failure);
    this.#listener?.end();
  }

  #sendRequest(message: JsonRpcRequest, context: UpstreamContext): UpstreamReply {
    const starting = message.method === "initialize";
    const { startMilliseconds, silentMilliseconds, totalMilliseconds } = this.#deadlines;
    const giveUp = (code: "timeout" | "cancelled", text: string) => {
      const params = { requestId: id, reason: text };
      // MCP forbids cancelling initialize; a server that never answers it is of no use.
      if (starting) this.#pipe.giveUp("The server did not answer in time.");
      else
        void this.#pipe.write(
          { jsonrpc: "2.0", method: "notifications/cancelled", params },
          context,
        );
      this.#inFlight.fail(id, { code, bytesSent: true, message: text });
    };
    const { id, ...added } = this.#inFlight.add(message, {
      idleMilliseconds:
        context.totalMilliseconds ?? (starting ? startMilliseconds : silentMilliseconds),
      totalMilliseconds:
        context.totalMilliseconds ?? (starting ? startMilliseconds : totalMilliseconds),
      signal: context.signal,
      giveUp,
    });
    const fail = (failure: UpstreamFailure | null) => {
      if (failure !== null) this.#inFlight.fail(id, failure);
    };
    const written = this.#pipe.write(added.message, context);
    if (written instanceof Promise) void written.then(fail);
    else fail(written);
    return { kind: "stream", events: added.events, sessionId: null };
  }

  #sendNotification(
    message: JsonRpcNotification,
    context: UpstreamContext,
  ): Promise<UpstreamReply> | UpstreamReply {
    if (message.method !== "notifications/cancelled") return this.#hand(message, context);
    const { requestId } = message.params ?? {};
    const id = this.#inFlight.renamedId(requestId);
    // What is not in flight here may be somebody else's id in the server's numbering.
    if (id === undefined) return { kind: "accepted", sessionId: null };
    this.#inFlight.cancel(id);
    return this.#hand({ ...message, params: { ...message.params, requestId: id } }, context);
  }

  #sendResponse(
    message: JsonRpcResponse,
    context: UpstreamContext,
  ): Promise<UpstreamReply> | UpstreamReply {
    if (message.id !== null && this.#asked.delete(message.id)) return this.#hand(message, context);
    const text = "The server did not ask the question that this message answers.";
    return { kind: "error", failure: { code: "uncorrelated", bytesSent: false, message: text } };
  }

  async #hand(message: JsonRpcMessage, context: UpstreamContext): Promise<UpstreamReply> {
    const failure = await this.#pipe.write(message, context);
    return failure === null ? { kind: "accepted", sessionId: null } : { kind: "error", failure };
  }

  #deliverUnsolicited(event: UpstreamEvent & { kind: "message" }): void {
    const reader = this.#readerOf(event.parsed);
    if (reader !== undefined) {
      reader.push(event);
      return;
    }
    this.#unclaimed.push(event);
    this.#unclaimedCharacters += event.data.length;
    while (
      this.#unclaimed.length > MAX_UNCLAIMED ||
      this.#unclaimedCharacters > MAX_UNCLAIMED_CHARACTERS
    ) {
      const oldest = this.#unclaimed.shift();
      if (oldest?.kind === "message") this.#unclaimedCharacters -= oldest.data.length;
    }
  }

  /** Such a server does not say what its messages belong to: the open stream, else the newest call. */
  #readerOf({ kind, message }: ParsedMessage): EventQueue | undefined {
    const listener = this.#listener?.ended === false ? this.#listener : undefined;
    const isNews = kind === "notification" && message.method !== "notifications/message";
    if (listener !== undefined && (isNews || !this.#newsOnly)) return listener;
    return this.#inFlight.newestCall() ?? listener ?? this.#inFlight.newest();
  }

  #remember(id: RequestId): void {
    this.#asked.add(id);
    if (this.#asked.size <= MAX_ASKED) return;
    for (const oldest of this.#asked) {
      this.#asked.delete(oldest);
      return;
    }
  }

  #onFull(full: boolean): void {
    this.#fullQueues += full ? 1 : -1;
    if (full && this.#fullQueues === 1) this.#pipe.pause();
    else if (this.#fullQueues === 0) this.#pipe.resume();
  }

  #idled(): void {
    const listening = this.#listener?.ended === false;
    if (this.#inFlight.size > 0 || listening) this.#idle.refresh();
    else this.#pipe.giveUp("The session was ended because it was not used.");
  }
}

function gone(failure: UpstreamFailure): UpstreamFailure {
  const message = `${failure.message} Initialise again.`;
  return { code: "session_gone", bytesSent: false, message };
}
