import type { JsonRpcNotification } from "#proxy/json/json-rpc.ts";
import type { UpstreamReply } from "#proxy/upstream/types.ts";
import type { LegacySession } from "./held-sessions.ts";

export interface FeedListener {
  notice(notification: JsonRpcNotification): void;
  ended(): void;
}

const streamMilliseconds = 3_600_000;

/** The one stream of a legacy session that belongs to no request, shared by all who listen to it. */
export class NewsFeed {
  readonly #session: LegacySession;
  readonly #listeners = new Set<FeedListener>();
  #stream: Promise<AbortController | null> | null = null;

  constructor(session: LegacySession) {
    this.#session = session;
  }

  get isOpen(): boolean {
    return this.#listeners.size > 0;
  }

  /** Starts to listen; false when the server has no such stream. */
  async add(listener: FeedListener): Promise<boolean> {
    this.#listeners.add(listener);
    this.#stream ??= this.#open();
    if ((await this.#stream) !== null) return true;
    this.#listeners.delete(listener);
    this.#stream = null;
    return false;
  }

  remove(listener: FeedListener): void {
    if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return;
    const stream = this.#stream;
    this.#stream = null;
    void stream?.then((open) => open?.abort());
  }

  async #open(): Promise<AbortController | null> {
    const over = new AbortController();
    const { upstream } = this.#session;
    const from = { sessionId: null, protocolVersion: null, signal: over.signal };
    const context = this.#session.context(from, streamMilliseconds);
    const reply = await upstream.openStream({ ...context, newsOnly: true });
    if (reply.kind !== "stream") return null;
    void this.#read(reply, over);
    return over;
  }

  async #read(
    { events }: Extract<UpstreamReply, { kind: "stream" }>,
    over: AbortController,
  ): Promise<void> {
    for await (const event of events) {
      if (event.kind !== "message") continue;
      const { parsed } = event;
      if (parsed.kind === "request") await this.#session.refuse(parsed.message);
      if (parsed.kind !== "notification") continue;
      for (const listener of this.#listeners) listener.notice(parsed.message);
    }
    if (over.signal.aborted) return;
    this.#stream = null;
    for (const listener of [...this.#listeners]) listener.ended();
  }
}
