import { stringifyChanged } from "#proxy/json/exact-numbers.ts";
import type {
  JsonRpcNotification,
  JsonRpcRequest,
  JsonRpcResponse,
  RequestId,
} from "#proxy/json/json-rpc.ts";
import type { JsonValue } from "#proxy/json/parse-json.ts";
import { EventQueue } from "./event-queue.ts";
import type { UpstreamFailure } from "./types.ts";

interface Waiting {
  agentId: RequestId;
  progressToken: JsonValue | undefined;
  events: EventQueue;
  release: () => void;
}

export interface GiveUp {
  milliseconds: number;
  signal: AbortSignal | undefined;
  giveUp: (code: "timeout" | "cancelled", message: string) => void;
}

/**
 * The requests that one program is working on. Inside they carry numbers of our own, which also
 * serve as their progress tokens; outside the agent's.
 */
export class InFlight {
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  get size(): number {
    return this.#waiting.size;
  }

  /** Registers a request and returns it as the program shall see it. */
  add(
    message: JsonRpcRequest,
    limits: GiveUp,
  ): { id: number; message: JsonRpcRequest; events: EventQueue } {
    const id = ++this.#lastId;
    const timer = setTimeout(() => {
      const seconds = Math.ceil(limits.milliseconds / 1000);
      limits.giveUp("timeout", `The program did not answer within ${seconds} s.`);
    }, limits.milliseconds);
    const onAbort = () => limits.giveUp("cancelled", "The caller gave the request up.");
    limits.signal?.addEventListener("abort", onAbort, { once: true });
    const release = () => {
      clearTimeout(timer);
      limits.signal?.removeEventListener("abort", onAbort);
    };

    const meta = message.params?._meta;
    const known =
      typeof meta === "object" && meta !== null && !Array.isArray(meta) ? meta : undefined;
    const progressToken = known?.progressToken;
    const events = new EventQueue();
    this.#waiting.set(id, { agentId: message.id, progressToken, events, release });
    if (progressToken === undefined) return { id, message: { ...message, id }, events };
    const params = { ...message.params, _meta: { ...known, progressToken: id } };
    return { id, message: { ...message, id, params }, events };
  }

  /** Hands a response to its request; a response to nothing is dropped. */
  complete(parsed: { kind: "response"; message: JsonRpcResponse }, line: string): void {
    const { id } = parsed.message;
    const waiting = typeof id === "number" ? this.#waiting.get(id) : undefined;
    if (typeof id !== "number" || waiting === undefined) return;
    const restore = (message: JsonRpcResponse) => {
      message.id = waiting.agentId;
    };
    restore(parsed.message);
    const data = stringifyChanged(line, parsed.message, restore);
    this.#remove(id)?.push({ kind: "message", parsed, data });
    waiting.events.end();
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
    waiting.events.push({ kind: "message", parsed, data });
    return true;
  }

  /** Our number for the agent's id; the newest when the agent used an id twice. */
  renamedId(agentId: JsonValue | undefined): number | undefined {
    let found: number | undefined;
    for (const [id, waiting] of this.#waiting) if (waiting.agentId === agentId) found = id;
    return found;
  }

  newest(): EventQueue | undefined {
    return [...this.#waiting.values()].at(-1)?.events;
  }

  fail(id: number, failure: UpstreamFailure): void {
    this.#remove(id)?.fail(failure);
  }

  failAll(failure: UpstreamFailure): void {
    for (const id of this.#waiting.keys()) this.fail(id, failure);
  }

  #remove(id: number): EventQueue | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.release();
    return waiting?.events;
  }
}
