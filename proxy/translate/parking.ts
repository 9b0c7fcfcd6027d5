import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { JsonRpcRequest } from "#proxy/json/json-rpc.ts";
import type { JsonObject } from "#proxy/json/parse-json.ts";
import type { UpstreamEvent } from "#proxy/upstream/types.ts";
import type { LegacySession } from "./held-sessions.ts";

/** A call of a legacy server that waits for its agent to answer a question. */
export interface Parked {
  session: LegacySession;
  /** As it was judged and sent; it comes back with the same arguments or not at all (ADV-028). */
  request: JsonRpcRequest;
  /** The call's id in the server's session. */
  id: number;
  events: AsyncIterableIterator<UpstreamEvent>;
  /** Ends the wait for more of them. */
  over: AbortController;
  question: JsonRpcRequest;
}

const mostMilliseconds = 300_000;
const mostParked = 1_000;

/**
 * Calls that wait for an answer, by a name that leaves this process only sealed. Each can be taken
 * once; those nobody comes back for are cancelled.
 */
export class Parking {
  /** The one question's key in `inputRequests`. */
  static readonly key = "question";
  readonly #parked = new Map<string, Parked & { timer: NodeJS.Timeout }>();

  park(parked: Omit<Parked, "timer">): string {
    const name = randomUUID();
    const timer = setTimeout(() => this.#drop(name), mostMilliseconds).unref();
    this.#parked.set(name, { ...parked, timer });
    for (const oldest of this.#parked.keys()) {
      if (this.#parked.size <= mostParked) break;
      this.#drop(oldest);
    }
    return name;
  }

  /** The result that asks the agent (2026-07-28, "Multi round-trip requests"). */
  questionOf(name: string): JsonObject {
    const { method, params = {} } = this.#parked.get(name)?.question ?? { method: "" };
    // Without the id that only the sessions' era has for a URL.
    const { elicitationId: _id, _meta, ...asked } = params;
    const inputRequests = { [Parking.key]: { method, params: asked } };
    return { resultType: "input_required", inputRequests, requestState: name };
  }

  /** The waiting call that this request goes on with; null when there is none. */
  take(name: string, { params }: JsonRpcRequest): Parked | null {
    const parked = this.#parked.get(name);
    const isSame = isDeepStrictEqual(parked?.request.params?.arguments, params?.arguments);
    return isSame ? this.#remove(name) : null;
  }

  #remove(name: string): Parked | null {
    const parked = this.#parked.get(name);
    if (!parked) return null;
    this.#parked.delete(name);
    clearTimeout(parked.timer);
    return parked;
  }

  close(): void {
    for (const name of [...this.#parked.keys()]) this.#drop(name);
  }

  #drop(name: string): void {
    const parked = this.#remove(name);
    if (!parked) return;
    parked.session.cancel(parked.id);
    parked.over.abort();
    void parked.events.return?.();
  }
}
