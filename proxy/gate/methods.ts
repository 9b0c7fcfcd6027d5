/** What of an agent a server may be kept from using; the names are those of client capabilities. */
export type Strippable = "sampling" | "elicitation" | "roots";

/**
 * What an agent may send, by message kind. A method that is not listed cannot be gated and is
 * refused (protocol.md 2.2, 6.2 row 9).
 */
const agentRequests = new Set([
  "initialize",
  "ping",
  "tools/list",
  "tools/call",
  "resources/list",
  "resources/templates/list",
  "resources/read",
  "resources/subscribe",
  "resources/unsubscribe",
  "prompts/list",
  "prompts/get",
  "completion/complete",
  "logging/setLevel",
  "tasks/get",
  "tasks/result",
  "tasks/list",
  "tasks/cancel",
]);

const agentNotifications = new Set([
  "notifications/initialized",
  "notifications/cancelled",
  "notifications/progress",
  "notifications/roots/list_changed",
  "notifications/tasks/status",
]);

/** What a server may ask an agent, with the capability that covers it. */
const serverRequests = new Map<string, Strippable | null>([
  ["ping", null],
  ["sampling/createMessage", "sampling"],
  ["elicitation/create", "elicitation"],
  ["roots/list", "roots"],
  // Of tasks that the agent keeps for the server's sampling and elicitation.
  ["tasks/get", null],
  ["tasks/result", null],
  ["tasks/list", null],
  ["tasks/cancel", null],
]);

const serverNotifications = new Set([
  "notifications/cancelled",
  "notifications/progress",
  "notifications/message",
  "notifications/tools/list_changed",
  "notifications/prompts/list_changed",
  "notifications/resources/list_changed",
  "notifications/resources/updated",
  "notifications/tasks/status",
  "notifications/elicitation/complete",
]);

export function isAgentRequest(method: string): boolean {
  return agentRequests.has(method);
}

export function isAgentNotification(method: string): boolean {
  return agentNotifications.has(method);
}

/** The capability a server's request needs, null for none; undefined: no server may send it. */
export function capabilityFor(method: string): Strippable | null | undefined {
  return serverRequests.get(method);
}

export function isServerNotification(method: string): boolean {
  return serverNotifications.has(method);
}
