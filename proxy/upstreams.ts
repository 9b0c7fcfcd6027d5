import type { Access, Ports, ServerRecord } from "./ports.ts";
import type { Upstream } from "./upstream/types.ts";

/** Children one org may keep in one proxy; a session more than that is refused. */
export const mostChildrenPerOrg = 64;

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
  readonly #http = new Map<string, { configuration: string; upstream: Promise<Upstream> }>();
  readonly #children = new Map<string, Child>();

  constructor(ports: Pick<Ports, "openUpstream">) {
    this.#ports = ports;
  }

  /**
   * The connection a session's messages go through. Null: the session's child process is not here,
   * so the session is over for this proxy.
   */
  async find(server: ServerRecord, access: Access): Promise<Upstream | null> {
    if (server.kind === "connector") {
      return access.session ? (this.#children.get(access.session.id)?.upstream ?? null) : null;
    }
    return this.#shared(server);
  }

  /** A connection to open a new session on; null when the org has too many child processes here. */
  async open(server: ServerRecord): Promise<Upstream | null> {
    if (server.kind === "url") return this.#shared(server);
    const running = [...this.#children.values()].filter((child) => child.orgId === server.orgId);
    return running.length >= mostChildrenPerOrg ? null : this.#ports.openUpstream(server);
  }

  /** Binds a child process to the session that was created for it. */
  adopt(sessionId: string, orgId: string, upstream: Upstream): void {
    this.#children.set(sessionId, { upstream, orgId });
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
    const configuration = JSON.stringify([server.url, server.settings, server.secrets]);
    const known = this.#http.get(key);
    if (known?.configuration === configuration) return known.upstream;
    const upstream = this.#ports.openUpstream(server);
    this.#http.set(key, { configuration, upstream });
    upstream.catch(() => {
      if (this.#http.get(key)?.upstream === upstream) this.#http.delete(key);
    });
    known?.upstream.then((old) => old.close()).catch(() => {});
    return upstream;
  }
}
