/**
 * Why a request of a known agent is refused before a rule judges it as a call, each with one sentence for
 * the agent's page. Requests that find no room, or no database, are not among them.
 */
export const refusalReasons = {
  content: "Its Content-Type, Content-Encoding or Accept header is not MCP’s",
  size: "Its body is larger than the proxy accepts",
  json: "Its body is not strict JSON",
  keys: "A JSON object in its body has a key twice, or one that changes prototypes",
  message: "It is no message of MCP, or lacks what its method needs",
  revision: "It speaks a protocol revision that is not accepted here",
  headers: "Its headers say something else than its body",
  method: "There is no such method, or it cannot be gated",
  session: "Its session or event is not this agent’s, or has ended",
  state: "It goes on with a state or cursor that was not given to it, or is too old",
  task: "There is no such task of this agent",
  unasked: "It answers a question that no server asked",
  server: "It is for a server that this agent may not use, or that there is not",
  access: "It subscribes to, or completes, what this agent may not use",
} as const;

export type RefusalReason = keyof typeof refusalReasons;
