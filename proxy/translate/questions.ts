import { randomUUID } from "node:crypto";
import { capabilityFor } from "#proxy/gate/methods.ts";
import type { JsonRpcRequest, JsonRpcResponse } from "#proxy/json/json-rpc.ts";
import type { JsonObject } from "#proxy/json/parse-json.ts";
import { objectOf } from "#proxy/receive/era.ts";

const mostMilliseconds = 300_000;

export interface Question {
  message: JsonRpcRequest;
  /** The client's answer; null when none came in time, or the call was given up. */
  answered(signal: AbortSignal | undefined): Promise<JsonRpcResponse | null>;
}

/** Questions of a modern server that a legacy client has been asked and has not answered yet. */
export class Questions {
  readonly #waiting = new Map<string, (answer: JsonRpcResponse | null) => void>();

  /**
   * Puts an entry of `inputRequests` as a request of the sessions' era; null when the client has not
   * declared that it can be asked this.
   */
  ask({ method, params }: JsonObject, capabilities: JsonObject): Question | null {
    const capability = typeof method === "string" ? capabilityFor(method) : null;
    if (typeof method !== "string" || !capability || !objectOf(capabilities[capability]))
      return null;
    const asked = objectOf(params) ?? {};
    const isUrl = asked.mode === "url";
    if (isUrl && !objectOf(objectOf(capabilities.elicitation)?.url)) return null;
    const id = `callgate-${randomUUID()}`;
    // Only the sessions' era names what happens at a URL.
    const named = isUrl ? { ...asked, elicitationId: randomUUID() } : asked;
    const answer = new Promise<JsonRpcResponse | null>((done) => this.#waiting.set(id, done));
    return {
      message: { jsonrpc: "2.0", id, method, params: named },
      answered: (signal) => {
        const giveUp = () => this.#waiting.get(id)?.(null);
        const timer = setTimeout(giveUp, mostMilliseconds).unref();
        signal?.addEventListener("abort", giveUp, { once: true });
        if (signal?.aborted) giveUp();
        return answer.finally(() => {
          clearTimeout(timer);
          signal?.removeEventListener("abort", giveUp);
          this.#waiting.delete(id);
        });
      },
    };
  }

  /** Hands an answer to its question; false when nothing was asked that it answers. */
  answer(message: JsonRpcResponse): boolean {
    const done = typeof message.id === "string" ? this.#waiting.get(message.id) : undefined;
    done?.(message);
    return done !== undefined;
  }

  close(): void {
    for (const done of this.#waiting.values()) done(null);
  }
}
