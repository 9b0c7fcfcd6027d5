import { env } from "#lib/env.ts";

/** The URL that agents use instead of the server's own. */
export function proxyUrlOf(orgSlug: string, serverSlug: string): string {
  return `${aggregateUrlOf(orgSlug)}/${serverSlug}`;
}

/** The one URL for all servers that an agent is granted. */
export function aggregateUrlOf(orgSlug: string): string {
  return `${env().publicProxyUrl.replace(/\/+$/, "")}/mcp/${orgSlug}`;
}
