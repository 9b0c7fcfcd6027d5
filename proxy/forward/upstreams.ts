import type { Access, Ports, ServerRecord } from "#proxy/ports.ts";
import { handDown, speaksOnlyModern } from "#proxy/translate/eras.ts";
import { LegacyFace } from "#proxy/translate/legacy-face.ts";
import type { Upstream } from "#proxy/upstream/types.ts";

interface Shared {
  server: ServerRecord;
  upstream: Promise<Upstream>;
}

/**
 * The connections of this proxy: one pooled client for each HTTP server and configuration, and for
 * every other server one connection a session: a child process, or the event stream of HTTP+SSE.
 */
export class Upstreams {
  readonly #ports: Pick<Ports, "openUpstream">;
  readonly #heldPerOrg: number;
  readonly #http = new Map<string, Shared>();
  readonly #held = new Map<string, Upstream>();
  /** Connections that no session has any more, while calls in them go on. */
  readonly #retired = new Set<Upstream>();
  /** What each held connection was opened with. */
  readonly #openedWith = new WeakMap<Upstream, string>();
  /** Held connections by org, those included that are still being prepared. */
  readonly #taken = new Map<string, number>();

  /** @param heldPerOrg connections of sessions that one org may have in this proxy */
  constructor(ports: Pick<Ports, "openUpstream">, heldPerOrg: number) {
    this.#ports = ports;
    this.#heldPerOrg = heldPerOrg;
  }

  /** Whether a session with this server lives in the one proxy that opened it. */
  isHeld(server: Pick<ServerRecord, "kind" | "transport" | "revisions">): boolean {
    return isStream(server) || speaksOnlyModern(server);
  }

  /**
   * The connection for requests that need no session of ours: an HTTP server's shared client. Null:
   * it is reached by a program or stream, of which every agent has its own.
   */
  async findShared(server: ServerRecord): Promise<Upstream | null> {
    if (isStream(server)) return null;
    return this.#shared(server).catch((error) => unusable(server, error));
  }

  /**
   * The connection a session's messages go through. Null: the session's connection is not here, or
   * rests on settings that were changed since, so the session is over for this proxy.
   */
  async find(server: ServerRecord, session: Access["session"]): Promise<Upstream | null> {
    if (this.isHeld(server)) return session && this.#findHeld(server, session.id);
    return this.#shared(server).catch((error) => unusable(server, error));
  }

  /** A connection to open a new session on; null when the org holds too many in this proxy. */
  async open(server: ServerRecord): Promise<Upstream | null> {
    if (!this.isHeld(server)) return this.find(server, null);
    const taken = this.#taken.get(server.orgId) ?? 0;
    if (taken >= this.#heldPerOrg) return null;
    this.#taken.set(server.orgId, taken + 1);
    try {
      const opened = await this.#ports.openUpstream(server);
      const upstream = speaksOnlyModern(server) ? new LegacyFace(opened) : opened;
      this.#openedWith.set(upstream, configurationOf(server));
      if (upstream.ended === undefined) this.#giveBack(server.orgId);
      else void upstream.ended.then(() => this.#giveBack(server.orgId));
      return upstream;
    } catch (error) {
      this.#giveBack(server.orgId);
      return unusable(server, error);
    }
  }

  /** Binds a connection to the session that was created for it, for as long as it lives. */
  adopt(sessionId: string, upstream: Upstream): void {
    this.#held.set(sessionId, upstream);
    void upstream.ended?.then(() => {
      if (this.#held.get(sessionId) === upstream) this.#held.delete(sessionId);
    });
  }

  /** Ends a session's connection, if it has one here. */
  async release(sessionId: string): Promise<void> {
    const upstream = this.#held.get(sessionId);
    this.#held.delete(sessionId);
    await upstream?.close();
  }

  async close(): Promise<void> {
    const shared = await Promise.allSettled(
      [...this.#http.values()].map((entry) => entry.upstream),
    );
    const open = shared.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    open.push(...this.#held.values(), ...this.#retired);
    this.#http.clear();
    this.#held.clear();
    await Promise.allSettled(open.map((upstream) => upstream.close()));
  }

  /** Calls under way go on; whatever comes next would go where it is not to go any more. */
  #findHeld(server: ServerRecord, sessionId: string): Upstream | null {
    const held = this.#held.get(sessionId);
    if (!held) return null;
    if (this.#openedWith.get(held) === configurationOf(server)) return held;
    this.#held.delete(sessionId);
    if (held.ended) {
      this.#retired.add(held);
      void held.ended.then(() => this.#retired.delete(held));
      held.retire?.();
    }
    return null;
  }

  #giveBack(orgId: string): void {
    const taken = this.#taken.get(orgId) ?? 0;
    if (taken > 1) this.#taken.set(orgId, taken - 1);
    else this.#taken.delete(orgId);
  }

  /** Changed settings or secrets make a new client; calls under way go on with the old one. */
  async #shared(server: ServerRecord): Promise<Upstream> {
    const key = `${server.orgId} ${server.id}`;
    const known = this.#http.get(key);
    if (known?.server === server) return known.upstream;
    if (known && configurationOf(known.server) === configurationOf(server)) {
      known.server = server;
      return known.upstream;
    }
    const opening = this.#ports.openUpstream(server);
    const upstream = known ? succeed(known.upstream, opening) : opening;
    this.#http.set(key, { server, upstream });
    upstream.catch(() => {
      if (this.#http.get(key)?.upstream === upstream) this.#http.delete(key);
    });
    return upstream;
  }
}

/** The new connection, once the old one has handed down to it what waits there. */
async function succeed(previous: Promise<Upstream>, opening: Promise<Upstream>): Promise<Upstream> {
  const old = await previous.catch(() => null);
  try {
    const next = await opening;
    if (old) handDown(old, next);
    return next;
  } finally {
    old?.retire?.();
  }
}

function isStream({ kind, transport }: Pick<ServerRecord, "kind" | "transport">): boolean {
  return kind === "connector" || transport === "sse";
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

const configurations = new WeakMap<ServerRecord, string>();

/** What a connection depends on; a change of policy or tools leaves it alone. */
function configurationOf(server: ServerRecord): string {
  const known = configurations.get(server);
  if (known !== undefined) return known;
  const { kind, url, connector, transport, settings } = server;
  // How a program speaks is no setting of it; secrets come in any order.
  const speaks = kind === "connector" ? null : transport;
  const secrets = server.secrets.map(({ name, sealed }) => `${name} ${sealed}`).sort();
  const made = JSON.stringify([url, connector, speaks, settings, secrets]);
  configurations.set(server, made);
  return made;
}
