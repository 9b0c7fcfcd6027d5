import type { JsonRpcNotification, JsonRpcRequest } from "#proxy/json/json-rpc.ts";
import type { JsonObject, JsonValue } from "#proxy/json/parse-json.ts";
import { metaKeys, objectOf } from "#proxy/receive/era.ts";
import { EventQueue } from "#proxy/upstream/event-queue.ts";
import type { UpstreamContext, UpstreamReply } from "#proxy/upstream/types.ts";
import { eventOf } from "./messages.ts";

type Send = (request: JsonRpcRequest, context: UpstreamContext) => Promise<UpstreamReply>;

const streamMilliseconds = 3_600_000;
/** What one session may watch. */
export const mostUris = 256;
const pauseMilliseconds = 1_000;

/**
 * The stream of a legacy session that belongs to no request, fed by a `subscriptions/listen` that is
 * opened anew whenever the session watches other resources.
 */
export class LegacyNews {
  readonly #send: Send;
  readonly #uris = new Set<string>();
  #wanted: JsonObject = {};
  #queue: EventQueue | null = null;
  #context: UpstreamContext | null = null;
  #listening: AbortController | null = null;
  #lastId = 0;

  constructor(send: Send) {
    this.#send = send;
  }

  get isOpen(): boolean {
    return this.#queue !== null && !this.#queue.ended;
  }

  /** What the server can tell, by its capabilities. */
  declare(capabilities: JsonObject): void {
    for (const [capability, kind] of [
      ["tools", "toolsListChanged"],
      ["prompts", "promptsListChanged"],
      ["resources", "resourcesListChanged"],
    ] as const) {
      if (objectOf(capabilities[capability])?.listChanged === true) this.#wanted[kind] = true;
    }
  }

  /** `resources/subscribe` and its opposite; false when too many are watched already. */
  watch(uri: JsonValue | undefined, wanted: boolean): boolean {
    if (typeof uri !== "string" || this.#uris.has(uri) === wanted) return true;
    if (wanted && this.#uris.size >= mostUris) return false;
    if (wanted) this.#uris.add(uri);
    else this.#uris.delete(uri);
    void this.#listen();
    return true;
  }

  open(context: UpstreamContext): UpstreamReply {
    this.#queue?.end();
    const queue = new EventQueue();
    this.#queue = queue;
    const { signal: _signal, ...kept } = context;
    this.#context = kept;
    context.signal?.addEventListener("abort", () => queue.end(), { once: true });
    void this.#listen();
    return { kind: "stream", events: queue, sessionId: null };
  }

  close(): void {
    this.#queue?.end();
    this.#listening?.abort();
  }

  async #listen(): Promise<void> {
    const queue = this.#queue;
    const context = this.#context;
    this.#listening?.abort();
    if (!queue || !context || queue.ended) return;
    const listening = new AbortController();
    this.#listening = listening;
    const notifications: JsonObject = { ...this.#wanted };
    if (this.#uris.size > 0) notifications.resourceSubscriptions = [...this.#uris];
    if (Object.keys(notifications).length === 0) return;
    const id = `news-${++this.#lastId}`;
    const params = { notifications };
    const reply = await this.#send(
      { jsonrpc: "2.0", id, method: "subscriptions/listen", params },
      { ...context, totalMilliseconds: streamMilliseconds, signal: listening.signal },
    );
    if (reply.kind === "stream") await this.#read(reply, queue);
    if (listening.signal.aborted || queue.ended) return;
    // The server let go of the stream; a legacy agent does not know that there was one.
    setTimeout(() => void this.#listen(), pauseMilliseconds).unref();
  }

  async #read(
    { events }: Extract<UpstreamReply, { kind: "stream" }>,
    queue: EventQueue,
  ): Promise<void> {
    for await (const event of events) {
      if (queue.ended) return;
      if (event.kind !== "message" || event.parsed.kind !== "notification") continue;
      const { message } = event.parsed;
      if (message.method === "notifications/subscriptions/acknowledged") continue;
      queue.push(eventOf(unstamped(message)));
    }
  }
}

function unstamped(notification: JsonRpcNotification): JsonRpcNotification {
  const { _meta, ...params } = notification.params ?? {};
  const { [metaKeys.subscriptionId]: _id, ...meta } = objectOf(_meta) ?? {};
  const kept = Object.keys(meta).length === 0 ? params : { ...params, _meta: meta };
  const { params: _params, ...bare } = notification;
  return Object.keys(kept).length === 0 ? bare : { ...bare, params: kept };
}
