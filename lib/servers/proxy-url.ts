import { env } from "#lib/env.ts";

/** The URL that agents use instead of the server's own. */
export function proxyUrlOf(orgSlug: string, serverSlug: string): string {
  return `${env().publicProxyUrl.replace(/\/+$/, "")}/mcp/${orgSlug}/${serverSlug}`;
}
