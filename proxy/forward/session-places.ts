import { errorAnswer } from "#proxy/answer/answers.ts";
import type { ProxyState } from "#proxy/exchange.ts";
import type { JsonRpcResponse, RequestId } from "#proxy/json/json-rpc.ts";

/** Takes a place among the sessions that the agent may open; the answer when there is none. */
export async function refuseSession(
  { ports }: Pick<ProxyState, "ports">,
  { orgId, agentId }: { orgId: string; agentId: string },
  id: RequestId,
): Promise<JsonRpcResponse | null> {
  const waitMs = await ports.takeSessionSlot(orgId, agentId);
  if (waitMs === null) return null;
  const seconds = Math.ceil(waitMs / 1000);
  const text = `This agent opens sessions too quickly. Wait ${seconds} seconds, then try again.`;
  return errorAnswer(id, 429, text);
}

/** What is answered where the org holds as many programs and event streams here as it may. */
export function crowdedAnswer(id: RequestId): JsonRpcResponse {
  const text = "Too many sessions of this org are open on this proxy. Close one and try again.";
  return errorAnswer(id, 429, text);
}
