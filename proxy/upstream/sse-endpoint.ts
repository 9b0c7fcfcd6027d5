import type { SseEvent } from "#proxy/json/sse.ts";
import { AddressRefusal, checkUrl } from "./address-guard.ts";
import type { UpstreamFailure } from "./types.ts";

/**
 * Where messages of an HTTP+SSE session go, from the first event of its stream. The URL is the
 * server's to choose, so it may only be on the server's own origin: anything else would send the
 * stored credentials, and whatever agents say, to a place nobody registered (MCP 2024-11-05,
 * transports; protocol.md 2.5).
 */
export function resolveEndpoint(event: SseEvent, base: URL): URL | UpstreamFailure {
  if (event.event !== "endpoint") {
    const message = `${base.host} did not begin its event stream with an endpoint event.`;
    const fix = "Check that the URL is the server's MCP endpoint.";
    return { code: "not_mcp", bytesSent: false, message, fix };
  }
  if (!URL.canParse(event.data, base)) {
    const message = `The endpoint that ${base.host} named is not a URL.`;
    return { code: "protocol", bytesSent: false, message };
  }
  const endpoint = new URL(event.data, base);
  if (endpoint.origin !== base.origin) {
    const message = `${base.host} wants messages sent to another address, ${endpoint.origin}.`;
    const fix = "Only an endpoint on the server's own scheme, host and port is used.";
    return { code: "blocked_address", bytesSent: false, message: message.slice(0, 300), fix };
  }
  try {
    checkUrl(endpoint);
  } catch (error) {
    if (!(error instanceof AddressRefusal)) throw error;
    return { ...error.failure, bytesSent: false };
  }
  endpoint.hash = "";
  return endpoint;
}
