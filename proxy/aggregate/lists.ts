import { errorAnswer } from "#proxy/answer/answers.ts";
import { refuseRequest } from "#proxy/answer/refuse.ts";
import { relayRequest } from "#proxy/forward/relay.ts";
import type { JsonRpcRequest } from "#proxy/json/json-rpc.ts";
import type { JsonObject, JsonValue } from "#proxy/json/parse-json.ts";
import { serveModern } from "#proxy/modern/serve.ts";
import { openCursor, type Position, sealCursor } from "./cursor.ts";
import { enterServer } from "./parts.ts";
import type { GrantedServer } from "./ports.ts";
import { CollectedReply } from "./replies.ts";
import { showMessage, showText, type View } from "./show.ts";
import type { Problem, Visit } from "./visit.ts";

/** How long one server may keep the list of all waiting; the others are listed without it then. */
const partMilliseconds = 5_000;

/** Where a list's answer names the servers that are missing from it, and why. */
export const unavailableKey = "dev.callgate/unavailable";
/** Where it names tools, as server/tool, that no name among all servers' could be made for. */
export const omittedKey = "dev.callgate/omitted";

interface Listing {
  member: string;
  /** What a server declares that has such a list. */
  capability: string;
}

const listings: Readonly<Record<string, Listing>> = {
  "tools/list": { member: "tools", capability: "tools" },
  "prompts/list": { member: "prompts", capability: "prompts" },
  "resources/list": { member: "resources", capability: "resources" },
  "resources/templates/list": { member: "resourceTemplates", capability: "resources" },
};

export function isListing(method: string): boolean {
  return Object.hasOwn(listings, method);
}

interface Page {
  entries: JsonValue[];
  omitted: string[];
  nextCursor: string | null;
}

const nothing: Page = { entries: [], omitted: [], nextCursor: null };

/**
 * A list over all servers: by the server's slug, then in the server's order. A page ends where a
 * server's page ends that is not its last; the cursor says which and where.
 */
export async function answerList(visit: Visit, request: JsonRpcRequest): Promise<void> {
  const { state, access, session, reply } = visit;
  const { id, method } = request;
  const listing = listings[method];
  if (!listing) return reply.finish(errorAnswer(id, -32_601, `Method not found: ${method}`));
  // Where the protocol has no session, the agent's token is the session (design section 6).
  const sessionId = session?.id ?? access.tokenId;
  const owner = { orgId: access.orgId, agentId: access.agentId, sessionId, method };
  const key = state.ports.correlationKey();
  const given = request.params?.cursor;
  const from = typeof given === "string" ? openCursor(key, owner, given) : null;
  if (given !== undefined && from === null) {
    const answer = errorAnswer(id, -32_602, "This cursor is not valid for this list.");
    return refuseRequest(visit, "state", answer);
  }

  const entries: JsonValue[] = [];
  const omitted: string[] = [];
  const unavailable: JsonObject[] = [];
  let next: Position | null = null;
  for await (const { server, page } of readPages(visit, request, listing, from)) {
    if ("problem" in page) {
      unavailable.push({ server: server.slug, reason: page.problem });
      continue;
    }
    entries.push(...page.entries);
    omitted.push(...page.omitted);
    if (page.nextCursor === null) continue;
    next = { serverSlug: server.slug, cursor: page.nextCursor };
    break;
  }
  const _meta: JsonObject = {};
  if (unavailable.length > 0) _meta[unavailableKey] = unavailable;
  if (omitted.length > 0) _meta[omittedKey] = omitted;
  const result: JsonObject = { [listing.member]: entries };
  // Who asks decides what is listed, and a rule holds from its commit on (invariant 11).
  if (session === null) Object.assign(result, { ttlMs: 0, cacheScope: "private" });
  if (next !== null) result.nextCursor = sealCursor(key, owner, next);
  if (Object.keys(_meta).length > 0) result._meta = _meta;
  await reply.finish({ jsonrpc: "2.0", id, result });
}

/** The servers' pages in order: the one that a cursor goes on with, then the first of all others. */
async function* readPages(
  visit: Visit,
  request: JsonRpcRequest,
  listing: Listing,
  from: Position | null,
): AsyncGenerator<{ server: GrantedServer; page: Page | Problem }> {
  const start = from?.serverSlug ?? "";
  const rest: GrantedServer[] = [];
  for (const server of visit.access.servers) {
    if (server.slug > start) rest.push(server);
    if (server.slug !== start) continue;
    yield { server, page: await readPage(visit, server, request, listing, from?.cursor ?? null) };
  }
  const pages = rest.map((server) => readPage(visit, server, request, listing, null));
  for (const [at, server] of rest.entries()) {
    yield { server, page: (await pages[at]) ?? { problem: "It was not asked." } };
  }
}

async function readPage(
  visit: Visit,
  server: GrantedServer,
  request: JsonRpcRequest,
  listing: Listing,
  cursor: string | null,
): Promise<Page | Problem> {
  const late = new AbortController();
  const { promise, resolve } = Promise.withResolvers<Problem>();
  const timer = setTimeout(() => {
    late.abort();
    resolve({ problem: `Server "${server.slug}" did not answer in time.` });
  }, partMilliseconds);
  const asked = askPage(visit, server, request, listing, cursor, late.signal).catch(() => {
    return { problem: `Server "${server.slug}" could not be asked.` };
  });
  try {
    return await Promise.race([asked, promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function askPage(
  visit: Visit,
  server: GrantedServer,
  { id, method, params: asked }: JsonRpcRequest,
  { member, capability }: Listing,
  cursor: string | null,
  signal: AbortSignal,
): Promise<Page | Problem> {
  const { reply } = visit;
  const view: View = { serverSlug: server.slug, lists: true, missing: null };
  const collected = new CollectedReply(reply.handOver(), (text) =>
    reply.event(showText(text, view)),
  );
  const params: JsonObject = {
    ...(cursor !== null && { cursor }),
    // What describes the agent belongs to every request of the modern era.
    ...(visit.session === null && asked?._meta !== undefined && { _meta: asked._meta }),
  };
  const message: JsonRpcRequest = { jsonrpc: "2.0", id, method, params };
  // A server that has forgotten its session is greeted anew, once.
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const exchange = await enterServer(visit, server, collected);
    if ("problem" in exchange) return exchange;
    if (visit.session === null) {
      exchange.signal = AbortSignal.any([signal, visit.gone]);
      await serveModern(exchange, { kind: "request", message });
      break;
    }
    if (server.part?.capabilities[capability] === undefined) return nothing;
    exchange.signal = signal;
    await relayRequest(exchange, message);
    if (collected.status !== 404 || cursor !== null) break;
    collected.status = 200;
    server.part = null;
    server.wasOpened = true;
  }
  const { answer } = collected;
  if (!answer) return { problem: `Server "${server.slug}" ended its answer too early.` };
  // A server that has no such list is no problem.
  if ("error" in answer && answer.error.code === -32_601) return nothing;
  if ("error" in answer) return { problem: answer.error.message };
  const omitted = showMessage({ result: answer.result }, view);
  const listed = answer.result[member];
  const { nextCursor } = answer.result;
  return {
    entries: Array.isArray(listed) ? listed : [],
    omitted,
    nextCursor: typeof nextCursor === "string" ? nextCursor : null,
  };
}
