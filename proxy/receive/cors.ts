import type { IncomingMessage } from "node:http";

const allowedMethods = "POST, GET, DELETE";
const allowedHeaders = [
  "authorization",
  "content-type",
  "accept",
  "mcp-session-id",
  "mcp-protocol-version",
  "mcp-method",
  "mcp-name",
  "last-event-id",
];
const exposedHeaders = "mcp-session-id, www-authenticate, retry-after";

/** What lets a page of an accepted origin read the answer; nothing for requests without one. */
export function corsHeaders(request: IncomingMessage): Record<string, string> {
  const { origin } = request.headers;
  if (origin === undefined) return {};
  return {
    "access-control-allow-origin": origin,
    "access-control-expose-headers": exposedHeaders,
    vary: "Origin",
  };
}

/** The answer to the browser's question before a request from another origin (Fetch, CORS). */
export function preflightHeaders(request: IncomingMessage): Record<string, string> {
  const asked = request.headers["access-control-request-headers"] ?? "";
  // There is no wildcard for a prefix: of mcp-param-* those are allowed that were asked for.
  const parameters = asked
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => /^mcp-param-[a-z0-9_-]{1,64}$/.test(name))
    .slice(0, 64);
  return {
    "access-control-allow-methods": allowedMethods,
    "access-control-allow-headers": [...allowedHeaders, ...parameters].join(", "),
    "access-control-max-age": "600",
  };
}

/** Whether this is that question, and no request of its own (Fetch, CORS-preflight request). */
export function isPreflight(request: IncomingMessage): boolean {
  return (
    request.method === "OPTIONS" &&
    request.headers.origin !== undefined &&
    request.headers["access-control-request-method"] !== undefined
  );
}
