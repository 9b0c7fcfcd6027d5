/**
 * What a modern agent may ask (2026-07-28). `initialize`, `ping` and other methods of the sessions
 * are gone; what cannot be gated, such as an extension's methods, is refused.
 */
const requests = new Set([
  "server/discover",
  "tools/list",
  "tools/call",
  "resources/list",
  "resources/templates/list",
  "resources/read",
  "prompts/list",
  "prompts/get",
  "completion/complete",
  "subscriptions/listen",
]);

/** Results that tell how long they may be kept, and by whom (2026-07-28, "Caching"). */
const lists = new Set([
  "server/discover",
  "tools/list",
  "resources/list",
  "resources/templates/list",
  "prompts/list",
]);

/** Requests that a server may answer with questions of its own. */
const askable = new Set(["tools/call", "prompts/get", "resources/read"]);

export function isModernRequest(method: string): boolean {
  return requests.has(method);
}

export function isList(method: string): boolean {
  return lists.has(method);
}

export function mayAskBack(method: string): boolean {
  return askable.has(method);
}
