/**
 * What an agent may send, by message kind. A method that is not listed cannot be gated and is
 * refused (protocol.md 2.2, 6.2 row 9).
 */
const requests = new Set([
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
]);

const notifications = new Set([
  "notifications/initialized",
  "notifications/cancelled",
  "notifications/progress",
  "notifications/roots/list_changed",
]);

export function isKnownRequest(method: string): boolean {
  return requests.has(method);
}

export function isKnownNotification(method: string): boolean {
  return notifications.has(method);
}
