import type { JsonRpcRequest } from "#proxy/json/json-rpc.ts";
import type { JsonObject } from "#proxy/json/parse-json.ts";
import { buildMirroredHeaders } from "#proxy/modern/upstream.ts";
import { metaKeys, modernRevision, objectOf } from "#proxy/receive/era.ts";
import { type Answer, awaitAnswer } from "#proxy/upstream/await-answer.ts";
import type { Upstream, UpstreamContext } from "#proxy/upstream/types.ts";

/** What a server says of itself in the era without a handshake. */
export interface ModernGreeting {
  /** Modern revisions that both sides speak. */
  revisions: string[];
  serverInfo: JsonObject;
  capabilities: JsonObject;
  instructions: string | null;
}

let lastId = 0;

/** Asks a server one thing as a modern client does. */
export async function askModern(
  upstream: Upstream,
  method: string,
  params: JsonObject,
  milliseconds: number | undefined,
): Promise<Answer> {
  const _meta = {
    [metaKeys.protocolVersion]: modernRevision,
    [metaKeys.clientInfo]: { name: "callgate", version: "1" },
    [metaKeys.clientCapabilities]: {},
  };
  const id = `modern-${++lastId}`;
  const request: JsonRpcRequest = { jsonrpc: "2.0", id, method, params: { ...params, _meta } };
  const context: UpstreamContext = {
    sessionId: null,
    protocolVersion: modernRevision,
    mirroredHeaders: buildMirroredHeaders(request, [], {}),
    ...(milliseconds === undefined ? {} : { totalMilliseconds: milliseconds }),
  };
  return awaitAnswer(await upstream.send(request, context));
}

/**
 * Finds out by `server/discover` whether a server speaks 2026-07-28. Null for every other answer:
 * legacy servers refuse the unknown method in many ways.
 */
export async function probeModern(
  upstream: Upstream,
  milliseconds: number,
): Promise<ModernGreeting | null> {
  const answer = await askModern(upstream, "server/discover", {}, milliseconds);
  if (answer.kind === "error" || "error" in answer.message) return null;
  const { supportedVersions, capabilities, instructions, _meta } = answer.message.result;
  if (!Array.isArray(supportedVersions) || !supportedVersions.includes(modernRevision)) return null;
  return {
    revisions: [modernRevision],
    serverInfo: objectOf(objectOf(_meta)?.[metaKeys.serverInfo]) ?? {},
    capabilities: objectOf(capabilities) ?? {},
    instructions: typeof instructions === "string" ? instructions : null,
  };
}
