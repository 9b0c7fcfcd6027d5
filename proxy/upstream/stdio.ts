import {
  type JsonRpcMessage,
  type JsonRpcNotification,
  type JsonRpcRequest,
  type JsonRpcResponse,
  type ParsedMessage,
  type RequestId,
  readMessage,
} from "#proxy/json/json-rpc.ts";
import { RESPONSE_LIMITS } from "#proxy/json/parse-json.ts";
import { type ChildEnd, type Launch, type LineChild, startLineChild } from "./child-process.ts";
import { EventQueue } from "./event-queue.ts";
import { InFlight } from "./in-flight.ts";
import type {
  Upstream,
  UpstreamContext,
  UpstreamEvent,
  UpstreamFailure,
  UpstreamReply,
} from "./types.ts";

export interface StdioOptions {
  /** For the answer to `initialize`, program start included. */
  startMilliseconds: number;
  /** Default for every other answer. */
  totalMilliseconds: number;
  /** Without any message for this long the program is ended and the session is gone. */
  idleMilliseconds: number;
  maxLineBytes: number;
  /** Between closing its input, SIGTERM and SIGKILL. */
  stopMilliseconds: number;
}

export const STDIO_DEFAULTS: StdioOptions = {
  startMilliseconds: 60_000,
  totalMilliseconds: 60_000,
  idleMilliseconds: 900_000,
  maxLineBytes: 8 * 1024 * 1024,
  stopMilliseconds: 2_000,
};

/** Questions of the program that may wait for the agent's answer; the oldest are forgotten. */
const MAX_ASKED = 1_000;

/**
 * An MCP server that is a program talking over its standard input and output: one process is one
 * agent session. Request ids and progress tokens are replaced on the way in and restored on the
 * way back, so concurrent requests cannot be confused.
 */
export class StdioUpstream implements Upstream {
  readonly #child: LineChild;
  readonly #options: StdioOptions;
  readonly #inFlight = new InFlight();
  /** Ids of requests the program sent and the agent has not answered yet. */
  readonly #asked = new Set<RequestId>();
  #listener: EventQueue | null = null;
  /** Unsolicited messages for the stream that opens next. */
  #unclaimed = new EventQueue();
  #gone: UpstreamFailure | null = null;
  readonly #idle: NodeJS.Timeout;
  readonly ended: Promise<void>;
  #resolveEnded: () => void = () => {};

  /** Starts the program at once; a program that cannot start shows in the first reply. */
  constructor(launch: Launch, options: StdioOptions) {
    this.#options = options;
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    this.#child = startLineChild(
      launch,
      {
        onLine: (line) => this.#receive(line),
        onEnd: (end) => this.#ended(endFailure(end, launch)),
      },
      options,
    );
    this.#idle = setTimeout(() => this.#idled(), options.idleMilliseconds).unref();
  }

  /** Waits until the program runs; the failure when it cannot be started. */
  async started(): Promise<UpstreamFailure | null> {
    await this.#child.started;
    return this.#gone;
  }

  /** The last 4 KB of standard error, for the operator's log only: it can hold anything. */
  diagnostics(): string {
    return this.#child.diagnostics();
  }

  async send(message: JsonRpcMessage, context: UpstreamContext): Promise<UpstreamReply> {
    if (this.#gone !== null) return { kind: "error", failure: afterEnd(this.#gone) };
    if (context.signal?.aborted) {
      const text = "The caller gave the request up.";
      return { kind: "error", failure: { code: "cancelled", bytesSent: false, message: text } };
    }
    this.#idle.refresh();
    if (!("method" in message)) return this.#sendResponse(message);
    return "id" in message ? this.#sendRequest(message, context) : this.#sendNotification(message);
  }

  async openStream(context: UpstreamContext): Promise<UpstreamReply> {
    if (this.#gone !== null) return { kind: "error", failure: afterEnd(this.#gone) };
    this.#listener?.end();
    const listener = this.#unclaimed;
    this.#unclaimed = new EventQueue();
    this.#listener = listener;
    context.signal?.addEventListener("abort", () => listener.end(), { once: true });
    return { kind: "stream", events: listener, sessionId: null };
  }

  endSession(): Promise<void> {
    return this.close();
  }

  async close(): Promise<void> {
    await this.#stop("The session was ended.");
  }

  #sendRequest(message: JsonRpcRequest, context: UpstreamContext): UpstreamReply {
    const starting = message.method === "initialize";
    const { startMilliseconds, totalMilliseconds } = this.#options;
    const milliseconds =
      context.totalMilliseconds ?? (starting ? startMilliseconds : totalMilliseconds);
    const giveUp = (code: "timeout" | "cancelled", text: string) => {
      const params = { requestId: id, reason: text };
      // MCP forbids cancelling initialize; a program that never answers it is of no use.
      if (starting) void this.#stop("The program did not answer in time.");
      else this.#write({ jsonrpc: "2.0", method: "notifications/cancelled", params });
      this.#inFlight.fail(id, { code, bytesSent: true, message: text });
    };
    const {
      id,
      message: renamed,
      events,
    } = this.#inFlight.add(message, {
      milliseconds,
      signal: context.signal,
      giveUp,
    });
    if (!this.#write(renamed)) {
      const failure = {
        code: "closed",
        bytesSent: false,
        message: "The program no longer reads.",
      } as const;
      this.#inFlight.fail(id, failure);
    }
    return { kind: "stream", events, sessionId: null };
  }

  #sendNotification(message: JsonRpcNotification): UpstreamReply {
    if (message.method !== "notifications/cancelled") return this.#accept(message);
    const { requestId } = message.params ?? {};
    const id = this.#inFlight.renamedId(requestId);
    // What is not in flight here may be somebody else's id in the program's numbering.
    if (id === undefined) return { kind: "accepted", sessionId: null };
    return this.#accept({ ...message, params: { ...message.params, requestId: id } });
  }

  #sendResponse(message: JsonRpcResponse): UpstreamReply {
    if (message.id !== null && this.#asked.delete(message.id)) return this.#accept(message);
    const text = "The server did not ask the question that this message answers.";
    return { kind: "error", failure: { code: "uncorrelated", bytesSent: false, message: text } };
  }

  #accept(message: JsonRpcMessage): UpstreamReply {
    if (this.#write(message)) return { kind: "accepted", sessionId: null };
    const text = "The program no longer reads.";
    return { kind: "error", failure: { code: "closed", bytesSent: false, message: text } };
  }

  #write(message: JsonRpcMessage): boolean {
    return this.#child.write(JSON.stringify(message));
  }

  #receive(line: Buffer): void {
    if (line.length === 0 || (line.length === 1 && line[0] === 13)) return;
    this.#idle.refresh();
    const parsed = readMessage(line, RESPONSE_LIMITS);
    if (parsed.kind !== "refused") this.#deliver(parsed, line.toString("utf8").trimEnd());
    // Banners on standard output are common and harmless; broken messages are not.
    else if (parsed.reason !== "not_json") this.#inFlight.failAll(protocolFailure(parsed.message));
  }

  #deliver(parsed: ParsedMessage, line: string): void {
    switch (parsed.kind) {
      case "response":
        this.#inFlight.complete(parsed, line);
        return;
      case "request":
        this.#remember(parsed.message.id);
        this.#deliverUnsolicited({ kind: "message", parsed, data: line });
        return;
      case "notification":
        if (!this.#inFlight.progress(parsed, line)) {
          this.#deliverUnsolicited({ kind: "message", parsed, data: line });
        }
    }
  }

  /** A stdio server does not say what its questions belong to: the open stream, else any call. */
  #deliverUnsolicited(event: UpstreamEvent): void {
    const listener = this.#listener?.ended === false ? this.#listener : this.#inFlight.newest();
    if (listener !== undefined) {
      listener.push(event);
      return;
    }
    // Overflowing ends a queue; what comes after it starts a new one.
    if (this.#unclaimed.ended) this.#unclaimed = new EventQueue();
    this.#unclaimed.push(event);
  }

  #remember(id: RequestId): void {
    this.#asked.add(id);
    if (this.#asked.size <= MAX_ASKED) return;
    for (const oldest of this.#asked) {
      this.#asked.delete(oldest);
      return;
    }
  }

  #idled(): void {
    if (this.#inFlight.size > 0) this.#idle.refresh();
    else void this.#stop("The session was ended because it was not used.");
  }

  async #stop(reason: string): Promise<void> {
    this.#ended({ code: "closed", bytesSent: true, message: reason });
    await this.#child.stop();
  }

  #ended(failure: UpstreamFailure): void {
    if (this.#gone !== null) return;
    this.#gone = failure;
    this.#resolveEnded();
    clearTimeout(this.#idle);
    this.#inFlight.failAll(failure);
    this.#listener?.end();
  }
}

function afterEnd(failure: UpstreamFailure): UpstreamFailure {
  if (failure.code === "start_failed") return failure;
  return {
    code: "session_gone",
    bytesSent: false,
    message: `${failure.message} Initialise again.`,
  };
}

function endFailure(end: ChildEnd, launch: Launch): UpstreamFailure {
  switch (end.kind) {
    case "not_started": {
      const program = launch.command.split("/").at(-1);
      return {
        code: "start_failed",
        bytesSent: false,
        message: `The program ${program} ${end.missing ? "was not found" : "could not be started"}.`,
        fix: "The operator installs it on the machine that runs the proxy.",
      };
    }
    case "line_too_long":
      return {
        code: "too_large",
        bytesSent: true,
        message: "The program wrote a line beyond the limit.",
      };
    case "exited":
      return { code: "closed", bytesSent: true, message: `The program ended (${end.how}).` };
  }
}

function protocolFailure(text: string): UpstreamFailure {
  const message = `The program wrote something that is not a valid JSON-RPC message: ${text}`;
  return { code: "protocol", bytesSent: true, message };
}
