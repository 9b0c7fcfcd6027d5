import type { Action } from "#components/run-action.ts";

/** A server as something to grant. */
export interface ServerChoice {
  slug: string;
  name: string;
}

/** What creating and rotating answer; the token is readable here and never again. */
export interface IssuedToken {
  name: string;
  token: string;
  servers: { slug: string; proxyUrl: string }[];
  /** The one URL for all of them. */
  aggregateUrl: string;
}

export interface AgentActions {
  rotateAgent: Action<IssuedToken>;
  revokeAgent: Action<unknown>;
  grantServers: Action<unknown>;
}

/** How long a new token lasts; the input of a select. */
export const expiryOptions = [
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "1 year" },
  { value: "never", label: "Never" },
] as const;

/** Days until a token lapses; null: never. */
export function expiryDays(value: string): number | null {
  return value === "never" ? null : Number(value);
}
