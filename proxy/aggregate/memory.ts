import type { AggregateAccess, GrantedServer } from "./ports.ts";

const mostEntries = 10_000;
const mostServers = 50_000;

/**
 * What agents were last seen to have at the address of all their servers, the oldest forgotten first.
 * It is only good for requests that go through admission, which proves token, grant, revision and
 * session again; so it keeps no server whose use in a session no admission could prove.
 */
export class AggregateMemory {
  readonly #entries = new Map<string, AggregateAccess>();
  #servers = 0;

  recall(key: string): AggregateAccess | null {
    return this.#entries.get(key) ?? null;
  }

  remember(key: string, access: AggregateAccess): void {
    this.forget(key);
    const kept = provable(access);
    this.#entries.set(key, kept);
    this.#servers += kept.servers.length;
    for (const [oldest] of this.#entries) {
      if (this.#entries.size <= mostEntries && this.#servers <= mostServers) break;
      this.forget(oldest);
    }
  }

  forget(key: string): void {
    this.#servers -= this.#entries.get(key)?.servers.length ?? 0;
    this.#entries.delete(key);
  }
}

/** Without what is only needed to open a session, which agents and servers choose the size of. */
function provable({ session, servers, ...agent }: AggregateAccess): AggregateAccess {
  const kept = servers.flatMap((server): GrantedServer[] => {
    const { part } = server;
    if (session === null) return [{ ...server, part: null }];
    return part === null || part.sessionId === null
      ? []
      : [{ ...server, part: { ...part, capabilities: {} } }];
  });
  return { ...agent, session: session && { ...session, client: {} }, servers: kept };
}
