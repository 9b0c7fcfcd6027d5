import { errorAnswer } from "#proxy/answer/answers.ts";
import { refuseRequest } from "#proxy/answer/refuse.ts";
import { clientOf } from "#proxy/forward/initialize.ts";
import type { JsonRpcRequest, ParsedMessage } from "#proxy/json/json-rpc.ts";
import { isModernRequest } from "#proxy/modern/methods.ts";
import { metaKeys, objectOf } from "#proxy/receive/era.ts";
import { acceptedRevisions } from "#proxy/receive/minimum.ts";
import { greetingOf } from "./greeting.ts";
import { listenAll } from "./listen.ts";
import { answerList, isListing } from "./lists.ts";
import { routeRequest } from "./route.ts";
import type { ModernVisit } from "./visit.ts";

/**
 * One message of a modern agent to all its servers, classified and with its headers checked. Each
 * server gets it as at its own address, translated where it speaks another era (protocol.md 2.3).
 */
export async function serveModernAll(visit: ModernVisit, parsed: ParsedMessage): Promise<void> {
  const { reply } = visit;
  if (parsed.kind !== "request") return reply.empty(202);
  const request = parsed.message;
  const { id, method } = request;
  if (method === "server/discover") return discoverAll(visit, request);
  if (method === "subscriptions/listen") return listenAll(visit, request);
  if (isListing(method)) return answerList(visit, request);
  if (isModernRequest(method)) return routeRequest(visit, request);
  return refuseRequest(visit, "method", errorAnswer(id, -32_601, `Method not found: ${method}`));
}

/** `server/discover`: no server is asked, so one that is away keeps nobody from the others. */
async function discoverAll(visit: ModernVisit, { id, params }: JsonRpcRequest): Promise<void> {
  const { state, access, reply } = visit;
  const meta = objectOf(params?._meta);
  state.touch({ ...access, session: null }, clientOf(meta?.[metaKeys.clientInfo]));
  const { capabilities, serverInfo, instructions } = greetingOf("modern");
  const result = {
    supportedVersions: acceptedRevisions(access.minimumRevision),
    capabilities,
    instructions,
    ttlMs: 0,
    cacheScope: "private",
    _meta: { [metaKeys.serverInfo]: serverInfo },
  };
  await reply.finish({ jsonrpc: "2.0", id, result });
}
