import type { ServerRow } from "#lib/servers/rows.ts";

/** How a server speaks MCP, as people say it; null before its first discovery. */
export function transportText(transport: ServerRow["transport"]): string | null {
  switch (transport) {
    case "streamable_http":
      return "streamable HTTP";
    case "sse":
      return "HTTP+SSE";
    case "stdio":
      return "stdio";
    case null:
      return null;
  }
}
