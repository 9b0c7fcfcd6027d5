import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
import { transportFailure, UpstreamTrouble } from "./transport-failure.ts";
import type { UpstreamFailure } from "./types.ts";

export interface ExchangeRequest {
  method: "POST" | "GET" | "DELETE";
  headers: Record<string, string>;
  body: string | null;
  /** From the call to the last byte of the response. */
  totalMilliseconds: number;
  /** The longest silence of the server, before its answer and within it; none when absent. */
  silentMilliseconds?: number | undefined;
  /** Most bytes of response body that are taken, event streams included. */
  maxBytes: number;
  signal?: AbortSignal | undefined;
}

export type ExchangeReply =
  | { kind: "response"; status: number; headers: IncomingHttpHeaders; body: ExchangeBody }
  | { kind: "failed"; failure: UpstreamFailure };

/** A response body; read by `collect` or by `next`. */
export interface ExchangeBody {
  /** The whole body, of at most `maxBytes`; `idleMilliseconds` bounds the wait for each piece. */
  collect(idleMilliseconds: number, maxBytes: number): Promise<Buffer>;
  /** The next piece, null at the end. */
  next(): Promise<Buffer | null>;
  /** Lets a body end by itself for a moment, so that its socket can be used again. */
  discard(): void;
  /** Closes the connection now. */
  abort(): void;
}

/** Bytes that wait for a slow reader before the socket is paused. */
const PAUSE_AT_BYTES = 1024 * 1024;
/** How long an unwanted rest may take before its socket is closed instead. */
const DISCARD_MILLISECONDS = 500;

/**
 * One request on a pool, written against the dispatcher directly: a Readable per response costs
 * more than the rest of the exchange. Reads throw UpstreamTrouble.
 */
export class Exchange implements Dispatcher.DispatchHandler, ExchangeBody {
  readonly #host: string;
  readonly #request: ExchangeRequest;
  readonly #deadline: NodeJS.Timeout;
  readonly #silence: NodeJS.Timeout | null;
  readonly #onAbort = () => this.#giveUp("cancelled", "The caller gave the request up.");
  #answer: (reply: ExchangeReply) => void = () => {};
  #controller: Dispatcher.DispatchController | null = null;
  #maxBytes: number;
  #bytesSent = false;
  #bytesSeen = 0;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #wake: (() => void) | null = null;
  #ended = false;
  #discarding: NodeJS.Timeout | null = null;
  #failure: UpstreamFailure | null = null;

  static start(pool: Dispatcher, url: URL, request: ExchangeRequest): Promise<ExchangeReply> {
    const exchange = new Exchange(url.host, request);
    return new Promise((resolve) => {
      exchange.#answer = resolve;
      if (request.signal?.aborted) return exchange.#onAbort();
      request.signal?.addEventListener("abort", exchange.#onAbort, { once: true });
      pool.dispatch(
        {
          method: request.method,
          path: `${url.pathname}${url.search}`,
          headers: request.headers,
          body: request.body,
          headersTimeout: 0,
          bodyTimeout: 0,
        },
        exchange,
      );
    });
  }

  private constructor(host: string, request: ExchangeRequest) {
    this.#host = host;
    this.#request = request;
    this.#maxBytes = request.maxBytes;
    const seconds = Math.ceil(request.totalMilliseconds / 1000);
    this.#deadline = setTimeout(
      () => this.#giveUp("timeout", `${host} did not answer completely within ${seconds} s.`),
      request.totalMilliseconds,
    );
    const { silentMilliseconds } = request;
    this.#silence =
      silentMilliseconds !== undefined && silentMilliseconds < request.totalMilliseconds
        ? setTimeout(() => this.#silent(silentMilliseconds), silentMilliseconds)
        : null;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#failure !== null) controller.abort(new UpstreamTrouble(this.#failure));
    else this.#bytesSent = true;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    if (status < 200 || this.#failure !== null) return;
    const encoding = headers["content-encoding"];
    if (encoding !== undefined && String(encoding).trim().toLowerCase() !== "identity") {
      this.#giveUp(
        "protocol",
        `${this.#host} sent a compressed answer although none was asked for.`,
      );
      return;
    }
    if (status < 400 && status >= 300) this.#refuseRedirect(status, headers.location);
    else this.#answer({ kind: "response", status, headers, body: this });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#failure !== null) return;
    this.#silence?.refresh();
    this.#bytesSeen += chunk.length;
    if (this.#bytesSeen > this.#maxBytes) {
      this.#refuseSize();
      return;
    }
    if (this.#discarding !== null) return;
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    if (this.#waitingBytes > PAUSE_AT_BYTES) controller.pause();
    this.#wakeReader();
  }

  onResponseEnd(): void {
    this.#ended = true;
    this.#release();
    this.#wakeReader();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(transportFailure(error, this.#bytesSent, this.#host));
  }

  async next(): Promise<Buffer | null> {
    for (;;) {
      const chunk = this.#waiting.shift();
      if (chunk !== undefined) {
        this.#waitingBytes -= chunk.length;
        if (this.#waitingBytes <= PAUSE_AT_BYTES && this.#controller?.paused)
          this.#controller.resume();
        return chunk;
      }
      if (this.#failure !== null) throw new UpstreamTrouble(this.#failure);
      if (this.#ended) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async collect(idleMilliseconds: number, maxBytes: number): Promise<Buffer> {
    this.#maxBytes = maxBytes;
    if (this.#bytesSeen > maxBytes && !this.#ended) this.#refuseSize();
    const idle = setTimeout(
      () => this.#giveUp("timeout", `${this.#host} stopped in the middle of its answer.`),
      idleMilliseconds,
    );
    try {
      const chunks: Buffer[] = [];
      for (let chunk = await this.next(); chunk !== null; chunk = await this.next()) {
        chunks.push(chunk);
        idle.refresh();
      }
      const [first] = chunks;
      return chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
    } finally {
      clearTimeout(idle);
    }
  }

  discard(): void {
    if (this.#ended || this.#failure !== null || this.#discarding !== null) return;
    this.#waiting = [];
    this.#discarding = setTimeout(() => this.abort(), DISCARD_MILLISECONDS);
    if (this.#controller?.paused) this.#controller.resume();
  }

  abort(): void {
    this.#giveUp("cancelled", "The rest of the answer was not wanted.");
  }

  /** A server that is told to pause is not silent. */
  #silent(milliseconds: number): void {
    if (this.#controller?.paused) this.#silence?.refresh();
    else {
      const seconds = Math.ceil(milliseconds / 1000);
      this.#giveUp("timeout", `${this.#host} sent nothing for ${seconds} s.`);
    }
  }

  #refuseSize(): void {
    this.#giveUp(
      "too_large",
      `The answer of ${this.#host} is larger than ${this.#maxBytes} bytes.`,
      { bytesRead: this.#bytesSeen },
    );
  }

  #refuseRedirect(status: number, location: string | undefined): void {
    let target = "";
    try {
      const url = new URL(location ?? "", `https://${this.#host}`);
      target = ` to ${url.origin}${url.pathname}`.slice(0, 200);
    } catch {
      // A Location that is no URL is not worth repeating.
    }
    const message = `${this.#host} redirects${target}, and redirects are never followed.`;
    this.#giveUp("redirect", message, { status, fix: "Register the final URL." });
  }

  #giveUp(
    code: UpstreamFailure["code"],
    message: string,
    more: Pick<UpstreamFailure, "status" | "fix" | "bytesRead"> = {},
  ): void {
    const failure = { code, bytesSent: this.#bytesSent, message, ...more };
    this.#fail(failure);
    this.#controller?.abort(new UpstreamTrouble(failure));
  }

  #fail(failure: UpstreamFailure): void {
    if (this.#failure !== null || this.#ended) return;
    this.#failure = failure;
    this.#waiting = [];
    this.#release();
    // Resolving twice is harmless: after the response head this does nothing.
    this.#answer({ kind: "failed", failure });
    this.#wakeReader();
  }

  #release(): void {
    clearTimeout(this.#deadline);
    if (this.#silence !== null) clearTimeout(this.#silence);
    if (this.#discarding !== null) clearTimeout(this.#discarding);
    this.#request.signal?.removeEventListener("abort", this.#onAbort);
  }

  #wakeReader(): void {
    this.#wake?.();
    this.#wake = null;
  }
}
