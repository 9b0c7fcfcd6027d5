import type { ServerResponse } from "node:http";
import { errorAnswer } from "#proxy/answer/answers.ts";
import { AgentReply } from "#proxy/answer/respond.ts";
import { parseExact } from "#proxy/json/exact-numbers.ts";
import type { JsonRpcMessage, JsonRpcResponse, RequestId } from "#proxy/json/json-rpc.ts";
import type { JsonObject } from "#proxy/json/parse-json.ts";
import { modernAnswer } from "#proxy/modern/answer.ts";
import { objectOf } from "#proxy/receive/era.ts";
import { showText, type View } from "./show.ts";

/** Keeps what a server answers to a request of ours; whatever it says before is handed on. */
export class CollectedReply extends AgentReply {
  readonly #say: (text: string) => Promise<void>;
  answer: JsonRpcResponse | null = null;
  /** As of an answer with an HTTP status of its own, else 200. */
  status = 200;

  constructor(response: ServerResponse, say: (text: string) => Promise<void> = async () => {}) {
    super(response, 0);
    this.#say = say;
  }

  override get gone(): boolean {
    return false;
  }

  override onGone(): void {}

  override async finish(message: JsonRpcMessage | Buffer, status = 200): Promise<void> {
    this.status = status;
    await this.event(Buffer.isBuffer(message) ? message.toString("utf8") : JSON.stringify(message));
  }

  override async event(data: string): Promise<void> {
    if (data === "") return;
    // Only messages that were accepted, or are our own, are written here.
    const message = parseExact(data) as JsonRpcMessage;
    if (!("method" in message)) this.answer = message;
    else if (message.method !== "notifications/progress") await this.#say(data);
  }

  override empty(status: number): void {
    this.status = status;
  }

  override startStream(): void {}
  override endStream(): void {}
  override comment(): void {}
}

/** The agent's reply as one server's answer goes into it. */
export class PartReply extends AgentReply {
  readonly #out: AgentReply;
  readonly #view: View;
  #isModern = false;

  /** @param id of the request that is answered; null when there is none */
  constructor(out: AgentReply, view: View, id: RequestId | null) {
    super(out.handOver(), 0);
    this.#out = out;
    this.#view = view;
    this.requestId = id;
  }

  override get gone(): boolean {
    return this.#out.gone;
  }

  override get streaming(): boolean {
    return this.#out.streaming;
  }

  override speakModern(): void {
    this.#isModern = true;
  }

  override setHeader(name: string, value: string): void {
    if (name !== "mcp-session-id") this.#out.setHeader(name, value);
  }

  override async finish(message: JsonRpcMessage | Buffer, status = 200): Promise<void> {
    if (Buffer.isBuffer(message)) {
      return this.#out.finish(Buffer.from(showText(message.toString("utf8"), this.#view)), status);
    }
    // To the agent a 404 would say that its session with all servers is over.
    let said = status === 404 ? this.#withoutServer(message) : message;
    let code = status === 404 ? 200 : status;
    if (this.#isModern) ({ message: said, status: code } = modernAnswer(said, code));
    await this.#out.finish(Buffer.from(showText(JSON.stringify(said), this.#view)), code);
  }

  override async event(data: string, id?: string, retryMilliseconds?: number): Promise<void> {
    await this.#out.event(data === "" ? "" : showText(data, this.#view), id, retryMilliseconds);
  }

  override empty(status: number, headers: Record<string, string> = {}): void {
    this.#out.empty(status, headers);
  }

  override startStream(): void {
    this.#out.startStream();
  }

  override endStream(): void {
    this.#out.endStream();
  }

  override comment(): void {
    this.#out.comment();
  }

  /** The session with the one server is over, or the agent may not use it any more. */
  #withoutServer(message: JsonRpcMessage): JsonRpcMessage {
    const isSession = "error" in message && message.error.code === -32_001;
    if (!isSession && this.#view.missing) {
      return { jsonrpc: "2.0", id: this.requestId, error: this.#view.missing.shown };
    }
    const text = `Server "${this.#view.serverSlug}" no longer knows this session, so nothing was done. Repeat the request; that opens a new one.`;
    return errorAnswer(this.requestId, -32_603, text);
  }
}

/** One server's messages that belong to no request, as they go into the stream of all servers'. */
export class StreamReply extends AgentReply {
  readonly #out: AgentReply;
  readonly #view: View;

  constructor(out: AgentReply, serverSlug: string) {
    super(out.handOver(), 0);
    this.#out = out;
    this.#view = { serverSlug, lists: true, missing: null };
  }

  override get gone(): boolean {
    return this.#out.gone;
  }

  override onGone(callback: () => void): void {
    this.#out.onGone(callback);
  }

  /** A server's ids would be another server's to the agent: what was missed is not repeated. */
  override async event(data: string): Promise<void> {
    if (data !== "") await this.#out.event(showText(data, this.#view));
  }

  // One server's stream may fail or end; the agent's goes on.
  override setHeader(): void {}
  override async finish(): Promise<void> {}
  override empty(): void {}
  override startStream(): void {}
  override endStream(): void {}
  override comment(): void {}
}

/** One server's answer to `subscriptions/listen`: of all servers' only the first is the agent's. */
export class NewsReply extends StreamReply {
  readonly #acknowledge: (notifications: JsonObject) => void;
  readonly #begun: Promise<void>;

  /**
   * @param acknowledge called with what the server promises to tell
   * @param begun       resolves when the agent has had its acknowledgement
   */
  constructor(
    out: AgentReply,
    serverSlug: string,
    acknowledge: (notifications: JsonObject) => void,
    begun: Promise<void>,
  ) {
    super(out, serverSlug);
    this.#acknowledge = acknowledge;
    this.#begun = begun;
  }

  override async event(data: string): Promise<void> {
    if (data === "") return;
    const message = parseExact(data) as JsonRpcMessage;
    // What ends is one server's share; the agent's subscription goes on.
    if (!("method" in message)) return;
    if (message.method === "notifications/subscriptions/acknowledged") {
      return this.#acknowledge(objectOf(message.params?.notifications) ?? {});
    }
    await this.#begun;
    await super.event(data);
  }
}
