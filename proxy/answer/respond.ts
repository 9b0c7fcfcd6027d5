import type { ServerResponse } from "node:http";
import type { JsonRpcMessage, RequestId } from "#proxy/json/json-rpc.ts";
import { formatSseEvent } from "#proxy/json/sse.ts";
import { modernAnswer } from "#proxy/modern/answer.ts";

/**
 * The answer to one request of an agent: a single JSON body, or a stream of events once something
 * has to be said before the answer. Writing after the agent went away does nothing.
 */
export class AgentReply {
  readonly #response: ServerResponse;
  readonly #stalledMilliseconds: number;
  /** Whatever a server sends is no page and no script of this address. */
  readonly #headers: Record<string, string> = { "x-content-type-options": "nosniff" };
  #streaming = false;
  #modern = false;
  /** True once a call may have reached its server: whatever fails then must not deny that. */
  forwarded = false;
  /** Of the request that is answered, as soon as it is known; null where there is none. */
  requestId: RequestId | null = null;

  /** @param stalledMilliseconds an agent that takes nothing of what is written for this long is cut off */
  constructor(response: ServerResponse, stalledMilliseconds: number) {
    this.#response = response;
    this.#stalledMilliseconds = stalledMilliseconds;
  }

  get gone(): boolean {
    return this.#response.destroyed || this.#response.writableEnded;
  }

  get streaming(): boolean {
    return this.#streaming;
  }

  /** From here on answers have the form of revision 2026-07-28. */
  speakModern(): void {
    this.#modern = true;
  }

  /** Calls back when the agent goes away before it has its answer. */
  onGone(callback: () => void): void {
    this.#response.once("close", () => {
      if (!this.#response.writableFinished) callback();
    });
  }

  /** The session id that the agent is to send from now on. */
  setSession(id: string): void {
    this.#headers["mcp-session-id"] = id;
  }

  setHeader(name: string, value: string): void {
    this.#headers[name] = value;
  }

  /** The last thing said: as JSON, or as the last event of a stream already begun. */
  async finish(message: JsonRpcMessage | Buffer, status = 200): Promise<void> {
    if (this.gone) return;
    if (this.#modern && !Buffer.isBuffer(message)) {
      ({ message, status } = modernAnswer(message, status));
    }
    const text = Buffer.isBuffer(message) ? message : Buffer.from(JSON.stringify(message));
    if (this.#streaming) {
      await this.event(text.toString("utf8"));
      this.#response.end();
      return;
    }
    this.#response.writeHead(status, {
      ...this.#headers,
      "content-type": "application/json",
      "content-length": text.length,
      "cache-control": "no-store",
    });
    this.#response.end(text);
  }

  /** An answer without content, as 202 for a notification. */
  empty(status: number, headers: Record<string, string> = {}): void {
    if (this.gone) return;
    this.#response.writeHead(status, { ...this.#headers, ...headers });
    this.#response.end();
  }

  /** Opens the event stream; a no-op when it is open. */
  startStream(): void {
    if (this.#streaming || this.gone) return;
    this.#streaming = true;
    this.#response.writeHead(200, {
      ...this.#headers,
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    });
    this.#response.flushHeaders();
  }

  /** One event, of a JSON text or nothing; resolves when the agent's connection can take more. */
  async event(data: string, id?: string, retryMilliseconds?: number): Promise<void> {
    this.startStream();
    if (this.gone) return;
    const text = formatSseEvent({ event: "message", id, data, retryMilliseconds });
    if (!this.#response.write(text) && !this.gone) await this.#until("drain");
  }

  /** A comment line: keeps idle connections and their intermediaries awake. */
  comment(): void {
    if (this.#streaming && !this.gone) this.#response.write(":\n\n");
  }

  endStream(): void {
    if (!this.gone) this.#response.end();
  }

  /**
   * Resolves when the agent's connection has taken the whole answer, or is gone. Until then the answer
   * is held in memory: what it was given a place for is not over.
   */
  async taken(): Promise<void> {
    const response = this.#response;
    if (!response.writableEnded || response.writableLength === 0 || response.destroyed) return;
    await this.#until("finish");
  }

  /** The raw response, for an answer that comes from another proxy as a whole. */
  handOver(): ServerResponse {
    return this.#response;
  }

  /**
   * Resolves when the agent's connection can take more, or has taken all, or is gone. Only the socket
   * sees a part of a large write leave, so its own patience decides who is stalled.
   */
  #until(event: "drain" | "finish"): Promise<void> {
    const response = this.#response;
    return new Promise((resolve) => {
      const cutOff = () => response.destroy();
      const done = () => {
        response.setTimeout(0);
        response.off("timeout", cutOff).off(event, done).off("close", done);
        resolve();
      };
      response.setTimeout(this.#stalledMilliseconds).on("timeout", cutOff);
      // Before Node gives the connection its time to wait for the next request.
      response.prependListener(event, done).on("close", done);
    });
  }
}
