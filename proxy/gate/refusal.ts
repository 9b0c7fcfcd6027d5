import {
  approvalAnswer,
  crowdedAnswer,
  deniedAnswer,
  limitedAnswer,
  notFoundAnswer,
  notPermittedAnswer,
  type Refused,
  unknownToolAnswer,
} from "#proxy/answer/answers.ts";
import type { Exchange } from "#proxy/exchange.ts";
import type { JsonRpcRequest, JsonRpcResponse } from "#proxy/json/json-rpc.ts";
import type { Admitted } from "./admit-call.ts";
import type { Ask } from "./ask.ts";

/** What the agent gets for a call that was recorded and is not forwarded. */
export function refusal(
  { access, state, shownName }: Exchange,
  request: JsonRpcRequest,
  ask: Ask,
  { callId, recorded, options }: Admitted,
): JsonRpcResponse {
  const { id } = request;
  const tool = shownName?.(ask.name) ?? ask.name;
  const refused: Refused = { id, access, tool, callId, recorded };
  if (ask.method !== "tools/call") {
    const kind = ask.method === "prompts/get" ? "prompt" : "resource";
    const target = { kind, name: ask.name } as const;
    return recorded.decision === "hidden"
      ? notFoundAnswer(id, ask.method, target)
      : notPermittedAnswer(id, access, target, { ...recorded, callId });
  }
  switch (recorded.decision) {
    case "hidden":
      return unknownToolAnswer(id, ask.name);
    case "limited":
      return limitedAnswer(refused);
    case "approval":
      return approvalAnswer(refused, state.config.publicUrl);
    case "denied":
      // Only a person's denial has a request; without one, none could be opened.
      return options !== null && recorded.approvalId === null
        ? crowdedAnswer(refused)
        : deniedAnswer(refused);
    case "allowed":
      return deniedAnswer(refused);
  }
}
