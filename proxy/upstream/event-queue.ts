import type { UpstreamEvent, UpstreamFailure } from "./types.ts";

/** Events that wait for a reader; more means that the agent reads slower than the server writes. */
const MAX_WAITING = 1_000;

/** Events pushed on one side and iterated on the other, once, in order. */
export class EventQueue implements AsyncIterableIterator<UpstreamEvent> {
  #waiting: UpstreamEvent[] = [];
  #wake: ((result: IteratorResult<UpstreamEvent>) => void) | null = null;
  #ended = false;

  get ended(): boolean {
    return this.#ended;
  }

  push(event: UpstreamEvent): void {
    if (this.#ended) return;
    if (this.#wake !== null) {
      this.#wake({ value: event, done: false });
      this.#wake = null;
    } else if (this.#waiting.length < MAX_WAITING) {
      this.#waiting.push(event);
    } else {
      const message = `More than ${MAX_WAITING} messages of the server wait to be read.`;
      this.#waiting = [];
      this.fail({ code: "too_large", bytesSent: true, message });
    }
  }

  fail(failure: UpstreamFailure): void {
    this.push({ kind: "failed", failure });
    this.end();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.({ value: undefined, done: true });
    this.#wake = null;
  }

  next(): Promise<IteratorResult<UpstreamEvent>> {
    const event = this.#waiting.shift();
    if (event !== undefined) return Promise.resolve({ value: event, done: false });
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  return(): Promise<IteratorResult<UpstreamEvent>> {
    this.#waiting = [];
    this.end();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
