import type { JsonRpcRequest, RequestId } from "#proxy/json/json-rpc.ts";
import type { JsonObject } from "#proxy/json/parse-json.ts";
import { type Answer, awaitAnswer } from "#proxy/upstream/await-answer.ts";
import { UpstreamTrouble } from "#proxy/upstream/transport-failure.ts";
import type { Upstream, UpstreamContext, UpstreamFailure } from "#proxy/upstream/types.ts";

let lastId = 0;

/**
 * Asks a server one thing in a session.
 * @throws {UpstreamTrouble} when it does not answer with a result
 */
export async function ask(
  upstream: Upstream,
  context: UpstreamContext,
  method: string,
  params: JsonObject,
): Promise<{ result: JsonObject; sessionId: string | null }> {
  const id: RequestId = ++lastId;
  const request: JsonRpcRequest = { jsonrpc: "2.0", id, method, params };
  return resultOf(await awaitAnswer(await upstream.send(request, context)), method);
}

/** The result of an answer. @throws {UpstreamTrouble} when it is none */
export function resultOf(
  answer: Answer,
  method: string,
): { result: JsonObject; sessionId: string | null } {
  if (answer.kind === "error") throw new UpstreamTrouble(answer.failure);
  const { message, sessionId } = answer;
  if ("result" in message) return { result: message.result, sessionId };
  const said = message.error.message.replace(/\p{Cc}+/gu, " ").slice(0, 300);
  const text = `The server refused ${method}: ${JSON.stringify(said)}`;
  throw trouble({ code: "protocol", message: text });
}

/** A failure after the server had been reached. */
export function trouble(failure: Omit<UpstreamFailure, "bytesSent">): UpstreamTrouble {
  return new UpstreamTrouble({ ...failure, bytesSent: true });
}
