/** One server-sent event; members are absent when the stream did not name them. */
export interface SseEvent {
  event?: string;
  id?: string;
  data: string;
  /** How long a client should wait before it reconnects; clamped to 1–60 s. */
  retryMilliseconds?: number;
}

/** Why a stream of bytes is not an acceptable event stream. */
export class SseRefusal extends Error {
  readonly reason: "invalid_utf8" | "event_too_large";

  constructor(reason: SseRefusal["reason"], message: string) {
    super(message);
    this.name = "SseRefusal";
    this.reason = reason;
  }
}

/**
 * Incremental reader of an event stream (WHATWG HTML, "server-sent events"). Differences, on
 * purpose: bytes must be valid UTF-8, one event is capped at `maxEventBytes` (counted in UTF-16
 * units, lines included), and an unfinished last event is dropped as the standard says.
 */
export class SseReader {
  readonly #maxEventBytes: number;
  // Node's own removal takes a second byte order mark as well when the first arrives in pieces.
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #atStart = true;
  #line = "";
  #skipLineFeed = false;
  #size = 0;
  #data: string[] = [];
  #fields: Omit<SseEvent, "data"> = {};

  constructor(maxEventBytes: number) {
    this.#maxEventBytes = maxEventBytes;
  }

  /**
   * Takes the next bytes and returns the events they completed.
   * @throws {SseRefusal} the stream must then be abandoned
   */
  push(chunk: Uint8Array): SseEvent[] {
    const text = this.#decode(chunk);
    const events: SseEvent[] = [];
    let start = this.#skipLineFeed && text.startsWith("\n") ? 1 : 0;
    if (text !== "") this.#skipLineFeed = false;
    const lineEnd = /\r\n|\r|\n/g;
    for (lineEnd.lastIndex = start; ; start = lineEnd.lastIndex) {
      const end = lineEnd.exec(text);
      if (end === null) break;
      this.#append(text.slice(start, end.index));
      const finished = this.#endLine();
      if (finished !== null) events.push(finished);
      if (end[0] === "\r" && lineEnd.lastIndex === text.length) this.#skipLineFeed = true;
    }
    this.#append(text.slice(start));
    return events;
  }

  #decode(chunk: Uint8Array): string {
    let text: string;
    try {
      text = this.#decoder.decode(chunk, { stream: true });
    } catch {
      throw new SseRefusal("invalid_utf8", "The event stream is not valid UTF-8.");
    }
    if (!this.#atStart || text === "") return text;
    this.#atStart = false;
    return text.startsWith("\ufeff") ? text.slice(1) : text;
  }

  #append(piece: string): void {
    this.#size += piece.length;
    if (this.#size > this.#maxEventBytes) {
      const message = `One event of the stream is larger than ${this.#maxEventBytes} bytes.`;
      throw new SseRefusal("event_too_large", message);
    }
    this.#line += piece;
  }

  #endLine(): SseEvent | null {
    const line = this.#line;
    this.#line = "";
    if (line === "") return this.#endEvent();
    const colon = line.indexOf(":");
    if (colon === 0) {
      // Comments keep a connection alive for hours; they must not add up to the event cap.
      this.#size -= line.length;
      return null;
    }
    const name = colon === -1 ? line : line.slice(0, colon);
    const afterColon = colon === -1 ? line.length : colon + 1;
    this.#field(name, line.slice(line[afterColon] === " " ? afterColon + 1 : afterColon));
    return null;
  }

  #field(name: string, value: string): void {
    switch (name) {
      case "data":
        this.#data.push(value);
        break;
      case "event":
        this.#fields.event = value;
        break;
      case "id":
        if (!value.includes("\0")) this.#fields.id = value;
        break;
      case "retry":
        if (/^[0-9]{1,9}$/.test(value)) {
          this.#fields.retryMilliseconds = Math.min(60_000, Math.max(1_000, Number(value)));
        }
        break;
      default:
    }
  }

  #endEvent(): SseEvent | null {
    const event = this.#data.length > 0 ? { ...this.#fields, data: this.#data.join("\n") } : null;
    this.#data = [];
    this.#fields = {};
    this.#size = 0;
    return event;
  }
}

/** What an event is written from: its `data` is a JSON text, or empty. */
type Written = { [Field in keyof SseEvent]: SseEvent[Field] | undefined } & { data: string };

/**
 * The text of one event, on one line of data: a line break in JSON can only stand between tokens,
 * where a blank says the same, so content can never open a field or an event of its own.
 * @throws {RangeError} for an id or a name that no stream can carry, which is a caller's bug
 */
export function formatSseEvent({ event, id, data, retryMilliseconds }: Written): string {
  let text = "";
  if (id !== undefined) text += `id: ${oneLine("id", id)}\n`;
  if (retryMilliseconds !== undefined) text += `retry: ${retryMilliseconds}\n`;
  if (event !== undefined) text += `event: ${oneLine("event", event)}\n`;
  // Two searches are much cheaper than one by pattern, and hardly any text has breaks.
  const isBroken = data.includes("\n") || data.includes("\r");
  return `${text}data: ${isBroken ? data.replace(/[\r\n]/g, " ") : data}\n\n`;
}

function oneLine(name: string, value: string): string {
  if (/[\r\n\0]/.test(value)) throw new RangeError(`An event stream cannot carry this ${name}.`);
  return value;
}
