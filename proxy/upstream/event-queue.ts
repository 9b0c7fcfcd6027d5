import type { UpstreamEvent, UpstreamFailure } from "./types.ts";

/** From here on the source is asked to pause, and to go on once a quarter of it is left. */
const PAUSE_AT_EVENTS = 200;
const PAUSE_AT_CHARACTERS = 1024 * 1024;
/** What may wait all the same: a source that pauses still hands over what it has read. */
const MAX_WAITING = 1_000;
const MAX_WAITING_CHARACTERS = 16 * 1024 * 1024;
/** Events in the life of a queue; far beyond what one call reports. */
const MAX_EVENTS = 10_000;

/** Events pushed on one side and iterated on the other, once, in order, in bounded memory. */
export class EventQueue implements AsyncIterableIterator<UpstreamEvent> {
  readonly #onFull: (full: boolean) => void;
  #waiting: UpstreamEvent[] = [];
  #waitingCharacters = 0;
  #pushed = 0;
  #full = false;
  #wake: ((result: IteratorResult<UpstreamEvent>) => void) | null = null;
  #ended = false;

  /** @param onFull called when the reader falls behind, and again when it has caught up */
  constructor(onFull: (full: boolean) => void = () => {}) {
    this.#onFull = onFull;
  }

  get ended(): boolean {
    return this.#ended;
  }

  push(event: UpstreamEvent): void {
    if (this.#ended) return;
    if (++this.#pushed > MAX_EVENTS) {
      this.#overflow(`The server sent more than ${MAX_EVENTS} messages.`);
    } else if (this.#wake !== null) {
      this.#wake({ value: event, done: false });
      this.#wake = null;
    } else if (
      this.#waiting.length < MAX_WAITING &&
      this.#waitingCharacters < MAX_WAITING_CHARACTERS
    ) {
      this.#waiting.push(event);
      this.#waitingCharacters += sizeOf(event);
      this.#report();
    } else {
      this.#overflow("Too many messages of the server wait to be read.");
    }
  }

  /** Ends the queue; the failure is read after everything that waits. */
  fail(failure: UpstreamFailure): void {
    if (this.#ended) return;
    const event = { kind: "failed", failure } as const;
    if (this.#wake === null) this.#waiting.push(event);
    else this.#wake({ value: event, done: false });
    this.#wake = null;
    this.end();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.({ value: undefined, done: true });
    this.#wake = null;
    this.#report();
  }

  next(): Promise<IteratorResult<UpstreamEvent>> {
    const event = this.#waiting.shift();
    if (event !== undefined) {
      this.#waitingCharacters -= sizeOf(event);
      this.#report();
      return Promise.resolve({ value: event, done: false });
    }
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  return(): Promise<IteratorResult<UpstreamEvent>> {
    this.#drop();
    this.end();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #overflow(message: string): void {
    this.#drop();
    this.fail({ code: "too_large", bytesSent: true, message });
  }

  #drop(): void {
    this.#waiting = [];
    this.#waitingCharacters = 0;
  }

  #report(): void {
    const share = this.#full ? 4 : 1;
    const full =
      !this.#ended &&
      (this.#waiting.length >= PAUSE_AT_EVENTS / share ||
        this.#waitingCharacters >= PAUSE_AT_CHARACTERS / share);
    if (full === this.#full) return;
    this.#full = full;
    this.#onFull(full);
  }
}

function sizeOf(event: UpstreamEvent): number {
  return event.kind === "message" ? event.data.length : 0;
}
