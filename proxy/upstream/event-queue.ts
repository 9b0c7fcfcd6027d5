import type { UpstreamEvent, UpstreamFailure } from "./types.ts";

/** Events that wait for a reader; more means that the agent reads slower than the server writes. */
const MAX_WAITING = 1_000;
const MAX_WAITING_CHARACTERS = 16 * 1024 * 1024;

/** Events pushed on one side and iterated on the other, once, in order. */
export class EventQueue implements AsyncIterableIterator<UpstreamEvent> {
  #waiting: UpstreamEvent[] = [];
  #waitingCharacters = 0;
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
    } else if (
      this.#waiting.length < MAX_WAITING &&
      this.#waitingCharacters < MAX_WAITING_CHARACTERS
    ) {
      this.#waiting.push(event);
      this.#waitingCharacters += sizeOf(event);
    } else {
      const message = "Too many messages of the server wait to be read.";
      this.#waiting = [];
      this.#waitingCharacters = 0;
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
    if (event !== undefined) {
      this.#waitingCharacters -= sizeOf(event);
      return Promise.resolve({ value: event, done: false });
    }
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

function sizeOf(event: UpstreamEvent): number {
  return event.kind === "message" ? event.data.length : 0;
}
