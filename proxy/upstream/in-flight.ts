import { stringifyChanged } from "#proxy/json/exact-numbers.ts";
import type {
  JsonRpcNotification,
  JsonRpcRequest,
  JsonRpcResponse,
  RequestId,
} from "#proxy/json/json-rpc.ts";
import type { JsonObject, JsonValue } from "#proxy/json/parse-json.ts";
import { mayAskBack } from "#proxy/modern/methods.ts";
import { metaKeys, objectOf } from "#proxy/receive/era.ts";
import { EventQueue } from "./event-queue.ts";
import type { UpstreamFailure } from "./types.ts";

interface Waiting {
  agentId: RequestId;
  method: string;
  progressToken: JsonValue | undefined;
  events: EventQueue;
  /** Starts the wait for the next sign of life anew. */
  refresh: () => void;
  release: () => void;
}

export interface GiveUp {
  /** Silence: progress starts it anew. */
  idleMilliseconds: number;
  totalMilliseconds: number;
  signal: AbortSignal | undefined;
  giveUp: (code: "timeout" | "cancelled", message: string) => void;
}

/** How long a cancelled request may still be answered by its server. */
const CANCEL_GRACE_MILLISECONDS = 2_000;

/** The one request that is no question but a stream of news; its id is the subscription's. */
const LISTEN = "subscriptions/listen";

/**
 * The requests that one server is working on over one pipe. Inside they carry numbers of our own,
 * which also serve as their progress tokens and subscription ids; outside the agent's.
 */
export class InFlight {
  readonly #waiting = new Map<number, Waiting>();
  readonly #onFull: (full: boolean) => void;
  #lastId = 0;

  /** @param onFull called for each request whose reader falls behind or catches up */
  constructor(onFull: (full: boolean) => void) {
    this.#onFull = onFull;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Registers a request and returns it as the server shall see it. */
  add(
    message: JsonRpcRequest,
    limits: GiveUp,
  ): { id: number; message: JsonRpcRequest; events: EventQueue } {
    const id = ++this.#lastId;
    const { idleMilliseconds, totalMilliseconds, signal } = limits;
    const late = (milliseconds: number) =>
      setTimeout(() => {
        const seconds = Math.ceil(milliseconds / 1000);
        limits.giveUp("timeout", `The server did not answer within ${seconds} s.`);
      }, milliseconds);
    const idle = late(Math.min(idleMilliseconds, totalMilliseconds));
    const total = late(totalMilliseconds);
    const onAbort = () => limits.giveUp("cancelled", "The caller gave the request up.");
    signal?.addEventListener("abort", onAbort, { once: true });
    const release = () => {
      clearTimeout(idle);
      clearTimeout(total);
      signal?.removeEventListener("abort", onAbort);
    };

    const known = objectOf(message.params?._meta);
    const progressToken = known?.progressToken;
    const events = new EventQueue(this.#onFull);
    const refresh = () => void idle.refresh();
    const { id: agentId, method } = message;
    this.#waiting.set(id, { agentId, method, progressToken, events, refresh, release });
    if (progressToken === undefined) return { id, message: { ...message, id }, events };
    const params = { ...message.params, _meta: { ...known, progressToken: id } };
    return { id, message: { ...message, id, params }, events };
  }

  /** Hands a response to its request; false when it answers none. */
  complete(parsed: { kind: "response"; message: JsonRpcResponse }, line: string): boolean {
    const { id } = parsed.message;
    const waiting = typeof id === "number" ? this.#waiting.get(id) : undefined;
    if (typeof id !== "number" || waiting === undefined) return false;
    const restore = (message: JsonRpcResponse) => {
      message.id = waiting.agentId;
      if ("result" in message) renameSubscription(message.result, id, waiting.agentId);
    };
    restore(parsed.message);
    const data = stringifyChanged(line, parsed.message, restore);
    this.#remove(id)?.push({ kind: "message", parsed, data });
    waiting.events.end();
    return true;
  }

  /** Hands a progress notification to its request; false when it is not one of ours. */
  progress(parsed: { kind: "notification"; message: JsonRpcNotification }, line: string): boolean {
    if (parsed.message.method !== "notifications/progress") return false;
    const token = parsed.message.params?.progressToken;
    const waiting = typeof token === "number" ? this.#waiting.get(token) : undefined;
    const original = waiting?.progressToken;
    // Progress without a request that asked for it would carry one of our numbers outside.
    if (waiting === undefined || original === undefined) return true;
    const restore = (message: JsonRpcNotification) => {
      if (message.params !== undefined) message.params.progressToken = original;
    };
    restore(parsed.message);
    const data = stringifyChanged(line, parsed.message, restore);
    waiting.refresh();
    waiting.events.push({ kind: "message", parsed, data });
    return true;
  }

  /** Hands news to the subscription they name; false when they name none. */
  news(parsed: { kind: "notification"; message: JsonRpcNotification }, line: string): boolean {
    const id = objectOf(parsed.message.params?._meta)?.[metaKeys.subscriptionId];
    if (id === undefined) return false;
    const waiting = typeof id === "number" ? this.#waiting.get(id) : undefined;
    // News of a subscription that has ended would carry one of our numbers outside.
    if (typeof id !== "number" || waiting?.method !== LISTEN) return true;
    const restore = (message: JsonRpcNotification) =>
      renameSubscription(message.params, id, waiting.agentId);
    restore(parsed.message);
    const data = stringifyChanged(line, parsed.message, restore);
    waiting.refresh();
    waiting.events.push({ kind: "message", parsed, data });
    return true;
  }

  /** Our number for the agent's id; the newest when the agent used an id twice. */
  renamedId(agentId: JsonValue | undefined): number | undefined {
    let found: number | undefined;
    for (const [id, waiting] of this.#waiting) if (waiting.agentId === agentId) found = id;
    return found;
  }

  /** The agent no longer wants an answer; without one soon, the request counts as cancelled. */
  cancel(id: number): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    waiting.release();
    const message = "The agent cancelled the request.";
    const end = () => this.fail(id, { code: "cancelled", bytesSent: true, message });
    const timer = setTimeout(end, CANCEL_GRACE_MILLISECONDS);
    waiting.refresh = () => {};
    waiting.release = () => clearTimeout(timer);
  }

  /** The newest request that the server may ask back about; undefined when there is none. */
  newestCall(): EventQueue | undefined {
    return this.#newest(({ method }) => mayAskBack(method) || method === "tasks/result");
  }

  newest(): EventQueue | undefined {
    return this.#newest(() => true);
  }

  /** The only request that waits for its answer; undefined when there are more, or none. */
  only(): number | undefined {
    const owed = [...this.#waiting].filter(([, { method }]) => method !== LISTEN);
    return owed.length === 1 ? owed[0]?.[0] : undefined;
  }

  fail(id: number, failure: UpstreamFailure): void {
    this.#remove(id)?.fail(failure);
  }

  failAll(failure: UpstreamFailure): void {
    for (const id of this.#waiting.keys()) this.fail(id, failure);
  }

  #newest(isWanted: (waiting: Waiting) => boolean): EventQueue | undefined {
    const wanted = (waiting: Waiting) => waiting.method !== LISTEN && isWanted(waiting);
    return [...this.#waiting.values()].findLast(wanted)?.events;
  }

  #remove(id: number): EventQueue | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.release();
    return waiting?.events;
  }
}

function renameSubscription(holder: JsonObject | undefined, from: number, to: RequestId): void {
  const meta = objectOf(holder?._meta);
  if (meta?.[metaKeys.subscriptionId] === from) meta[metaKeys.subscriptionId] = to;
}
