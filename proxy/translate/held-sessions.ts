import { capabilityFor } from "#proxy/gate/methods.ts";
import type { JsonRpcNotification, JsonRpcRequest, JsonRpcResponse } from "#proxy/json/json-rpc.ts";
import type { JsonObject } from "#proxy/json/parse-json.ts";
import { declaredCapabilities } from "#proxy/modern/client-capabilities.ts";
import { metaKeys, objectOf } from "#proxy/receive/era.ts";
import { awaitAnswer } from "#proxy/upstream/await-answer.ts";
import type { Upstream, UpstreamContext, UpstreamFailure } from "#proxy/upstream/types.ts";
import { NewsFeed } from "./news-feed.ts";

const offeredRevision = "2025-11-25";
const mostSessions = 5_000;
/** Of one agent, which chooses what it declares, and with that how many it has. */
const mostPerAgent = 8;
const idleMilliseconds = 900_000;
const levels = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];

/** A session; else the server's failure, or the agent's answer where it may open no more at the moment. */
type Opened = LegacySession | { failure: UpstreamFailure } | { refusal: JsonRpcResponse };

/**
 * The sessions that modern agents have with one legacy server: one for each agent and its capabilities.
 * Those least used of an agent, or of all, make way for new ones.
 */
export class HeldSessions {
  readonly #upstream: Upstream;
  readonly #sessions = new Map<string, Promise<Opened>>();

  constructor(upstream: Upstream) {
    this.#upstream = upstream;
  }

  /** The session a request belongs to; opened now when there is none. */
  async find(request: JsonRpcRequest, context: UpstreamContext): Promise<Opened> {
    const offered = askedOf(declaredCapabilities(request));
    const agent = `${context.agent ?? ""} `;
    const key = agent + JSON.stringify(offered);
    const known = this.#sessions.get(key);
    if (known) {
      this.#sessions.delete(key);
      this.#sessions.set(key, known);
      const session = await known;
      if (session instanceof LegacySession) session.touch();
      return session;
    }
    const opening = this.#open(key, request, offered, context);
    this.#sessions.set(key, opening);
    this.#makeWay(agent);
    let opened: Opened | null = null;
    try {
      opened = await opening;
      return opened;
    } finally {
      const isOpen = opened instanceof LegacySession;
      if (!isOpen && this.#sessions.get(key) === opening) this.#sessions.delete(key);
    }
  }

  /** @param agent begins the keys of its sessions */
  #makeWay(agent: string): void {
    const own = [...this.#sessions.keys()].filter((key) => key.startsWith(agent));
    for (const oldest of own.slice(0, -mostPerAgent)) this.#end(oldest);
    for (const oldest of this.#sessions.keys()) {
      if (this.#sessions.size <= mostSessions) break;
      this.#end(oldest);
    }
  }

  /** The server no longer knows the session. */
  forget(session: LegacySession): void {
    this.#sessions.delete(session.key);
  }

  async #open(
    key: string,
    request: JsonRpcRequest,
    offered: JsonObject,
    {
      agentHeaders: _headers,
      mirroredHeaders: _mirrored,
      signal: _signal,
      ...context
    }: UpstreamContext,
  ): Promise<Opened> {
    const refusal = (await context.refuseSession?.()) ?? null;
    if (refusal !== null) return { refusal };
    const meta = objectOf(request.params?._meta);
    const clientInfo = objectOf(meta?.[metaKeys.clientInfo]) ?? { name: "callgate", version: "1" };
    const params = { protocolVersion: offeredRevision, capabilities: offered, clientInfo };
    const fresh = { ...context, sessionId: null, protocolVersion: null };
    const answer = await awaitAnswer(
      await this.#upstream.send({ jsonrpc: "2.0", id: 0, method: "initialize", params }, fresh),
    );
    if (answer.kind === "error") return { failure: answer.failure };
    if ("error" in answer.message) {
      const message = `The server refused initialize: ${JSON.stringify(answer.message.error.message.slice(0, 300))}`;
      return { failure: { code: "protocol", bytesSent: true, message } };
    }
    const end = () => this.#end(key);
    const session = new LegacySession(
      this.#upstream,
      key,
      answer.sessionId,
      answer.message.result,
      offered,
      end,
    );
    const ready = { jsonrpc: "2.0", method: "notifications/initialized" } as const;
    const taken = await this.#upstream.send(ready, session.context(fresh));
    return taken.kind === "error" ? { failure: taken.failure } : session;
  }

  #end(key: string): void {
    const ending = this.#sessions.get(key);
    this.#sessions.delete(key);
    const end = (opened: Opened) => (opened instanceof LegacySession ? opened.end() : undefined);
    void ending?.then(end).catch(() => {});
  }
}

/** One session with a legacy server, and what was agreed in it. */
export class LegacySession {
  readonly key: string;
  readonly upstream: Upstream;
  readonly capabilities: JsonObject;
  readonly serverInfo: JsonObject;
  readonly instructions: string | null;
  /** The server's news that belong to no request. */
  readonly feed: NewsFeed;
  readonly #sessionId: string | null;
  readonly #protocolVersion: string;
  readonly #offered: JsonObject;
  readonly #idle: NodeJS.Timeout;
  #logLevel: string | null = null;
  #lastId = 0;

  constructor(
    upstream: Upstream,
    key: string,
    sessionId: string | null,
    result: JsonObject,
    offered: JsonObject,
    onIdle: () => void,
  ) {
    this.upstream = upstream;
    this.key = key;
    this.#sessionId = sessionId;
    this.#offered = offered;
    const { protocolVersion, capabilities, serverInfo, instructions } = result;
    this.#protocolVersion = typeof protocolVersion === "string" ? protocolVersion : offeredRevision;
    this.capabilities = objectOf(capabilities) ?? {};
    this.serverInfo = objectOf(serverInfo) ?? { name: "server", version: "" };
    this.instructions = typeof instructions === "string" ? instructions : null;
    this.feed = new NewsFeed(this);
    this.#idle = setTimeout(() => (this.feed.isOpen ? this.touch() : onIdle()), idleMilliseconds);
    this.#idle.unref();
  }

  touch(): void {
    this.#idle.refresh();
  }

  /** How an exchange continues in this session. */
  context(from: UpstreamContext, totalMilliseconds = from.totalMilliseconds): UpstreamContext {
    return {
      sessionId: this.#sessionId,
      protocolVersion: this.#protocolVersion,
      ...(from.agentHeaders ? { agentHeaders: from.agentHeaders, mirroredHeaders: {} } : {}),
      ...(from.signal ? { signal: from.signal } : {}),
      ...(totalMilliseconds === undefined ? {} : { totalMilliseconds }),
    };
  }

  /** Asks something for ourselves; null when the server did not answer with a result. */
  async request(method: string, params: JsonObject): Promise<JsonObject | null> {
    const id = `callgate-${++this.#lastId}`;
    const request = { jsonrpc: "2.0", id, method, params } as const;
    const answer = await awaitAnswer(await this.upstream.send(request, this.#ownContext()));
    return answer.kind === "answer" && "result" in answer.message ? answer.message.result : null;
  }

  /** A request that wants log messages gets them from its level on; one that does not, none. */
  async setLogLevel(request: JsonRpcRequest, _context: UpstreamContext): Promise<void> {
    const level = logLevelOf(request);
    if (level === null || level === this.#logLevel || !this.capabilities.logging) return;
    this.#logLevel = level;
    await this.request("logging/setLevel", { level });
  }

  /** Whether a notification on a call's stream is about that call, and wanted. */
  concernsCall({ method, params }: JsonRpcNotification, request: JsonRpcRequest): boolean {
    if (method === "notifications/progress") return true;
    const wanted = logLevelOf(request);
    if (method !== "notifications/message" || wanted === null) return false;
    const level = params?.level;
    return typeof level === "string" && levels.indexOf(level) >= levels.indexOf(wanted);
  }

  /** Whether the server may ask this: only what was offered when the session was opened. */
  mayAsk(method: string): boolean {
    const capability = capabilityFor(method);
    return typeof capability === "string" && capability in this.#offered;
  }

  /** Answers what cannot be asked of a modern agent; pings are answered for it. */
  async refuse({ id, method }: JsonRpcRequest): Promise<void> {
    const error = { code: -32601, message: `Method not found: ${method}` };
    const answer =
      method === "ping"
        ? ({ jsonrpc: "2.0", id, result: {} } as const)
        : ({ jsonrpc: "2.0", id, error } as const);
    await this.upstream.send(answer, this.#ownContext());
  }

  /** Over HTTP a closed connection cancels nothing for a legacy server: it has to be told. */
  cancel(requestId: number): void {
    if (this.#sessionId === null) return;
    const params = { requestId, reason: "The agent gave the request up." };
    const notice = { jsonrpc: "2.0", method: "notifications/cancelled", params } as const;
    void this.upstream.send(notice, this.#ownContext());
  }

  async end(): Promise<void> {
    clearTimeout(this.#idle);
    if (this.#sessionId !== null) await this.upstream.endSession(this.#ownContext());
  }

  #ownContext(): UpstreamContext {
    return { sessionId: this.#sessionId, protocolVersion: this.#protocolVersion };
  }
}

function logLevelOf(request: JsonRpcRequest): string | null {
  const level = objectOf(request.params?._meta)?.[metaKeys.logLevel];
  return typeof level === "string" && levels.includes(level) ? level : null;
}

/** Of a modern agent's capabilities those by which a legacy server asks back. */
function askedOf(declared: JsonObject): JsonObject {
  const asked: JsonObject = {};
  for (const name of ["elicitation", "sampling", "roots"]) {
    const capability = objectOf(declared[name]);
    if (capability) asked[name] = capability;
  }
  return asked;
}
