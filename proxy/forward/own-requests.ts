import type { RequestId } from "#proxy/json/json-rpc.ts";
import type { Access } from "#proxy/ports.ts";

/**
 * The requests under way in this proxy, by token and session. A server without sessions cannot tell
 * two agents' request ids apart, so that one could cancel the other's.
 */
export class OwnRequests {
  readonly #running = new Map<string, number>();

  /** Notes a request; the caller calls back once it is answered. */
  enter(access: Access, id: RequestId): () => void {
    const key = keyOf(access, id);
    this.#running.set(key, (this.#running.get(key) ?? 0) + 1);
    return () => {
      const left = (this.#running.get(key) ?? 0) - 1;
      if (left > 0) this.#running.set(key, left);
      else this.#running.delete(key);
    };
  }

  has(access: Access, id: RequestId): boolean {
    return this.#running.has(keyOf(access, id));
  }
}

function keyOf({ tokenId, serverId, session }: Access, id: RequestId): string {
  return `${tokenId} ${serverId} ${session?.id ?? ""} ${typeof id} ${id}`;
}
