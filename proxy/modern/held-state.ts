import type { ParsedMessage } from "#proxy/json/json-rpc.ts";

/**
 * The state of a call that waits in one proxy for its agent, with that proxy's id in front, in the
 * open: the request has to reach it before anybody judges it. Naming a proxy grants nothing, because
 * what follows is sealed.
 */
export function stateAt(instanceId: string, sealed: string): string {
  return `${instanceId}.${sealed}`;
}

/** The proxy in which the call that a request goes on with waits; null when it is in none. */
export function holderOf(parsed: ParsedMessage): string | null {
  const state = parsed.kind === "request" ? parsed.message.params?.requestState : undefined;
  return typeof state === "string" ? (named.exec(state)?.[1] ?? null) : null;
}

/** The sealed part of a state. */
export function sealedPart(state: string): string {
  return state.replace(named, "");
}

/** What an agent is told that comes back to no waiting call. */
export const waitsNoMore =
  "This call no longer waits: it got its answers already, came back with other arguments, or its proxy " +
  "stopped. Start it again without requestState.";

const named = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\./;
