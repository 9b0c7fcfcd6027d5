import type { JsonRpcRequest } from "#proxy/json/json-rpc.ts";
import type { JsonObject } from "#proxy/json/parse-json.ts";
import { kinds, relayNews, withListener } from "#proxy/modern/listen.ts";
import { forwardable } from "#proxy/modern/serve.ts";
import { refuseLasting } from "#proxy/receive/edge.ts";
import { metaKeys } from "#proxy/receive/era.ts";
import { ownerOfUri, uriOf } from "./names.ts";
import { enterServer } from "./parts.ts";
import type { AggregateAccess, GrantedServer } from "./ports.ts";
import { NewsReply } from "./replies.ts";
import type { ModernVisit } from "./visit.ts";

/** How often it is looked what the agent may listen to, and whether a server is back. */
const lookEveryMs = 10_000;
/** How long one server may keep the acknowledgement waiting; its news are passed on all the same. */
const acknowledgeMs = 5_000;
const longestWaitMs = 300_000;
const commentEveryMs = 15_000;

/**
 * `subscriptions/listen` at all servers: the news of each on one stream. Changes of lists are always
 * promised, because a grant or a rule changes them too; resources where their server promises them.
 */
export async function listenAll(visit: ModernVisit, request: JsonRpcRequest): Promise<void> {
  if (visit.state.pressure() !== "normal") return refuseLasting(visit.reply);
  await withListener(visit, request, (wanted) => new NewsStream(visit, request, wanted).relay());
}

/** When a server that could not be listened to is tried again. */
interface Retry {
  at: number;
  waitMs: number;
}

class NewsStream {
  readonly #visit: ModernVisit;
  readonly #request: JsonRpcRequest;
  readonly #wanted: JsonObject;
  /** Servers that are listened to, or have nothing of what is wanted. */
  readonly #attached = new Set<string>();
  readonly #retries = new Map<string, Retry>();
  /** Resources, by the agent's URIs, whose servers promised to tell of them. */
  readonly #promised = new Set<string>();
  readonly #begun = Promise.withResolvers<void>();
  readonly #over = new AbortController();

  constructor(visit: ModernVisit, request: JsonRpcRequest, wanted: JsonObject) {
    this.#visit = visit;
    this.#request = request;
    this.#wanted = wanted;
  }

  async relay(): Promise<void> {
    const { reply, state, gone } = this.#visit;
    const over = new Promise<void>((done) =>
      this.#over.signal.addEventListener("abort", () => done(), { once: true }),
    );
    gone.addEventListener("abort", () => this.#over.abort(), { once: true });
    const commenting = setInterval(() => reply.comment(), commentEveryMs);
    const looking = setInterval(() => void this.#look().catch(() => {}), lookEveryMs);
    const longest = setTimeout(() => void this.#end(), state.config.limits.streamMilliseconds);
    const untrack = state.trackStream(() => void this.#end());
    try {
      const late = new Promise<void>((done) => setTimeout(done, acknowledgeMs).unref());
      await Promise.race([Promise.all(this.#attach()), late, over]);
      if (await this.#acknowledge()) await over;
      else await this.#end();
    } finally {
      clearInterval(commenting);
      clearInterval(looking);
      clearTimeout(longest);
      untrack();
      this.#over.abort();
      this.#begun.resolve();
    }
  }

  /** The first message there has to be; false when nothing that is wanted can be told of. */
  async #acknowledge(): Promise<boolean> {
    const notifications: JsonObject = {};
    for (const [kind] of kinds) if (this.#wanted[kind] === true) notifications[kind] = true;
    const uris = this.#uris().filter((uri) => this.#promised.has(uri));
    if (uris.length > 0) notifications.resourceSubscriptions = uris;
    await this.#tell("notifications/subscriptions/acknowledged", { notifications });
    this.#begun.resolve();
    return Object.keys(notifications).length > 0;
  }

  /** Begins to listen to servers that are not listened to; resolves as they promise their news. */
  #attach(): Promise<void>[] {
    const now = this.#visit.state.now();
    return this.#visit.access.servers.flatMap((server) => {
      const isDue = (this.#retries.get(server.id)?.at ?? 0) <= now;
      if (this.#attached.has(server.id) || !isDue) return [];
      const filter = this.#filterFor(server);
      if (Object.keys(filter).length === 0) return [];
      this.#attached.add(server.id);
      return [this.#listenTo(server, filter)];
    });
  }

  /** Resolves once the server has promised something, or does not. */
  #listenTo(server: GrantedServer, filter: JsonObject): Promise<void> {
    const promised = Promise.withResolvers<void>();
    let hasNothing = false;
    const acknowledge = (notifications: JsonObject) => {
      hasNothing = Object.keys(notifications).length === 0;
      this.#retries.delete(server.id);
      for (const name of textsOf(notifications.resourceSubscriptions)) {
        this.#promised.add(uriOf({ serverSlug: server.slug, name }));
      }
      promised.resolve();
    };
    const part = new NewsReply(this.#visit.reply, server.slug, acknowledge, this.#begun.promise);
    const listen = async () => {
      const exchange = await enterServer(this.#visit, server, part);
      if ("problem" in exchange) return;
      exchange.signal = this.#over.signal;
      const own = forwardable(exchange, this.#request);
      if (own !== null) await relayNews(exchange, own, filter);
    };
    void listen()
      .catch(() => {})
      .finally(() => {
        promised.resolve();
        if (hasNothing) return;
        const waitMs = Math.min((this.#retries.get(server.id)?.waitMs ?? 0) * 2, longestWaitMs);
        const next = Math.max(waitMs, lookEveryMs);
        this.#retries.set(server.id, { at: this.#visit.state.now() + next, waitMs: next });
        this.#attached.delete(server.id);
      });
    return promised.promise;
  }

  /** Reads token and grants anew. Grants that changed are news. */
  async #look(): Promise<void> {
    const { state, authorization, orgSlug, reply, access } = this.#visit;
    const presented = { authorization, orgSlug, sessionId: undefined };
    const found = await state.authenticator.findAggregate(presented);
    if (found.kind !== "access") {
      reply.endStream();
      this.#over.abort();
      return;
    }
    this.#visit.access = found.access;
    if (slugsOf(found.access) !== slugsOf(access)) {
      for (const [kind, method] of kinds) {
        if (this.#wanted[kind] === true) await this.#tell(method, {});
      }
    }
    void Promise.all(this.#attach());
  }

  /** A graceful end: the result of the subscription. */
  async #end(): Promise<void> {
    const { id } = this.#request;
    const result = { _meta: { [metaKeys.subscriptionId]: id } };
    await this.#visit.reply.finish({ jsonrpc: "2.0", id, result });
    this.#over.abort();
  }

  async #tell(method: string, params: JsonObject): Promise<void> {
    const _meta = { [metaKeys.subscriptionId]: this.#request.id };
    const message = { jsonrpc: "2.0", method, params: { ...params, _meta } };
    await this.#visit.reply.event(JSON.stringify(message));
  }

  /** What of it all is for one server. */
  #filterFor({ slug }: GrantedServer): JsonObject {
    const { resourceSubscriptions: _uris, ...filter } = this.#wanted;
    for (const [kind, wanted] of Object.entries(filter)) if (wanted !== true) delete filter[kind];
    const own = this.#uris().flatMap((uri) => {
      const owned = ownerOfUri(uri);
      return owned?.serverSlug === slug ? [owned.name] : [];
    });
    return own.length === 0 ? filter : { ...filter, resourceSubscriptions: own };
  }

  #uris(): string[] {
    return textsOf(this.#wanted.resourceSubscriptions);
  }
}

function textsOf(list: JsonObject[string] | undefined): string[] {
  return Array.isArray(list) ? list.filter((entry) => typeof entry === "string") : [];
}

function slugsOf({ servers }: AggregateAccess): string {
  return servers.map(({ slug }) => slug).join(" ");
}
