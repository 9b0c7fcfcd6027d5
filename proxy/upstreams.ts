import type { Access, Ports, ServerRecord } from "./ports.ts";
import type { Upstream } from "./upstream/types.ts";

/** Children one org may keep in one proxy; a session more than that is refused. */
export const mostChildrenPerOrg = 64;

interface Shared {
  server: ServerRecord;
  upstream: Promise<Upstream>;
}

interface Child {
  upstream: Upstream;
  orgId: string;
}

/**
 * The connections of this proxy: one pooled client per HTTP server and configuration, one child
 * process per session of a stdio server.
 */
export class Upstreams {
  readonly #ports: Pick<Ports, "openUpstream">;
  readonly #http = new Map<string, Shared>();
  readonly #children = new Map<string, Child>();

  constructor(ports: Pick<Ports, "openUpstream">) {
    this.#ports = ports;
  }

  /**
   * The connection a session's messages go through. Null: the session's child process is not here,
   * so the session is over for this proxy.
   */
  async find(server: ServerRecord, session: Access["session"]): Promise<Upstream | null> {
    if (server.kind === "connector") {
      return session ? (this.#children.get(session.id)?.upstream ?? null) : null;
    }
    return this.#shared(server).catch((error) => unusable(server, error));
  }

  /** A connection to open a new session on; null when the org has too many child processes here. */
  async open(server: ServerRecord): Promise<Upstream | null> {
    if (server.kind === "url") return this.find(server, null);
    const running = [...this.#children.values()].filter((child) => child.orgId === server.orgId);
    if (running.length >= mostChildrenPerOrg) return null;
    return this.#ports.openUpstream(server).catch((error) => unusable(server, error));
  }

  /** Binds a child process to the session that was created for it, for as long as it lives. */
  adopt(sessionId: string, orgId: string, upstream: Upstream): void {
    this.#children.set(sessionId, { upstream, orgId });
    void upstream.ended?.then(() => this.#children.delete(sessionId));
  }

  /** Ends a session's child process, if it has one here. */
  async release(sessionId: string): Promise<void> {
    const child = this.#children.get(sessionId);
    this.#children.delete(sessionId);
    await child?.upstream.close();
  }

  async close(): Promise<void> {
    const shared = await Promise.allSettled(
      [...this.#http.values()].map((entry) => entry.upstream),
    );
    const open = shared.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    for (const child of this.#children.values()) open.push(child.upstream);
    this.#http.clear();
    this.#children.clear();
    await Promise.allSettled(open.map((upstream) => upstream.close()));
  }

  /** Changed settings or secrets make a new client; the old one ends once its exchanges have. */
  async #shared(server: ServerRecord): Promise<Upstream> {
    const key = `${server.orgId} ${server.id}`;
    const known = this.#http.get(key);
    if (known?.server === server) return known.upstream;
    if (known && configurationOf(known.server) === configurationOf(server)) {
      known.server = server;
      return known.upstream;
    }
    const upstream = this.#ports.openUpstream(server);
    this.#http.set(key, { server, upstream });
    upstream.catch(() => {
      if (this.#http.get(key)?.upstream === upstream) this.#http.delete(key);
    });
    known?.upstream.then((old) => old.close()).catch(() => {});
    return upstream;
  }
}

/**
 * Stands for a connection that could not be prepared: its URL is not allowed, a secret does not
 * open, a program cannot be installed. Nothing is ever sent, and the answer says so.
 */
function unusable(server: ServerRecord, error: unknown): Upstream {
  const code = server.kind === "url" ? "unreachable" : "start_failed";
  const message = error instanceof Error ? error.message : "The connection cannot be prepared.";
  const failed = { kind: "error", failure: { code, bytesSent: false, message } } as const;
  return {
    send: async () => failed,
    openStream: async () => failed,
    endSession: async () => {},
    close: async () => {},
  };
}

/** What a connection depends on; a change of policy or tools leaves it alone. */
function configurationOf(server: ServerRecord): string {
  return JSON.stringify([server.url, server.settings, server.secrets]);
}
