import { type JsonRpcMessage, readMessage } from "#proxy/json/json-rpc.ts";
import { RESPONSE_LIMITS } from "#proxy/json/parse-json.ts";
import { type ChildEnd, type Launch, type LineChild, startLineChild } from "./child-process.ts";
import { Conversation, type Deadlines } from "./conversation.ts";
import type { Upstream, UpstreamContext, UpstreamFailure, UpstreamReply } from "./types.ts";

export interface StdioOptions extends Deadlines {
  maxLineBytes: number;
  /** What may wait to be read by the program before messages to it are refused; bytes. */
  maxUnreadBytes: number;
  /** Between closing its input, SIGTERM and SIGKILL. */
  stopMilliseconds: number;
}

export const STDIO_DEFAULTS: StdioOptions = {
  startMilliseconds: 60_000,
  silentMilliseconds: 60_000,
  totalMilliseconds: 300_000,
  idleMilliseconds: 900_000,
  maxLineBytes: 8 * 1024 * 1024,
  maxUnreadBytes: 8 * 1024 * 1024,
  stopMilliseconds: 2_000,
};

/**
 * An MCP server that is a program talking over its standard input and output: one process is one
 * agent session.
 */
export class StdioUpstream implements Upstream {
  readonly #child: LineChild;
  readonly #conversation: Conversation;
  readonly #ended = Promise.withResolvers<void>();
  #startFailure: UpstreamFailure | null = null;

  /** Starts the program at once; a program that cannot start shows in the first reply. */
  constructor(launch: Launch, options: StdioOptions) {
    this.#child = startLineChild(
      launch,
      {
        onLine: (line) => this.#receive(line),
        onEnd: (end) => this.#end(endFailure(end, launch)),
      },
      options,
    );
    const pipe = {
      write: (message: JsonRpcMessage) => this.#write(message),
      pause: () => this.#child.pause(),
      resume: () => this.#child.resume(),
      giveUp: (reason: string) => void this.#stop(reason),
    };
    this.#conversation = new Conversation(pipe, options);
  }

  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Waits until the program runs; the failure when it cannot be started. */
  async started(): Promise<UpstreamFailure | null> {
    await this.#child.started;
    return this.#startFailure;
  }

  /** The last 4 KB of standard error, for the operator's log only: it can hold anything. */
  diagnostics(): string {
    return this.#child.diagnostics();
  }

  send(message: JsonRpcMessage, context: UpstreamContext): Promise<UpstreamReply> {
    return this.#conversation.send(message, context);
  }

  async openStream(context: UpstreamContext): Promise<UpstreamReply> {
    return this.#conversation.openStream(context);
  }

  endSession(): Promise<void> {
    return this.close();
  }

  retire(): void {
    this.#conversation.retire();
  }

  async close(): Promise<void> {
    await this.#stop("The session was ended.");
  }

  #write(message: JsonRpcMessage): UpstreamFailure | null {
    if (this.#child.write(JSON.stringify(message))) return null;
    return { code: "closed", bytesSent: false, message: "The program no longer reads." };
  }

  #receive(line: Buffer): void {
    if (line.length === 0 || (line.length === 1 && line[0] === 13)) return;
    const parsed = readMessage(line, RESPONSE_LIMITS);
    if (parsed.kind !== "refused") {
      this.#conversation.receive(parsed, line.toString("utf8").trimEnd());
    } else if (parsed.reason !== "not_json" || looksLikeMessage(line)) {
      // Banners on standard output are common and harmless; broken messages are not.
      this.#conversation.fail(protocolFailure(parsed.message));
    }
  }

  async #stop(reason: string): Promise<void> {
    this.#end({ code: "closed", bytesSent: true, message: reason });
    await this.#child.stop();
  }

  #end(failure: UpstreamFailure): void {
    if (this.#conversation.isOver) return;
    if (failure.code === "start_failed") {
      this.#startFailure = failure;
      this.#conversation.close(failure, failure);
    } else {
      this.#conversation.close(failure);
    }
    this.#ended.resolve();
  }
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

/** Messages are objects; hardly any banner begins like one. */
function looksLikeMessage(line: Buffer): boolean {
  return line.subarray(0, 64).toString("latin1").trimStart().startsWith("{");
}

function protocolFailure(text: string): UpstreamFailure {
  const message = `The program wrote something that is not a valid JSON-RPC message: ${text}`;
  return { code: "protocol", bytesSent: true, message };
}
