import type { IncomingMessage } from "node:http";
import type { RefusalReason } from "#lib/policy/refusal-reasons.ts";
import type { ProxyConfig } from "#proxy/ports.ts";
import type { EarlyReason } from "./early-refusals.ts";

export interface HttpRefusal<Reason extends string> {
  kind: "refused";
  reason: Reason;
  status: 400 | 401 | 403 | 406 | 413 | 415;
  message: string;
}

/**
 * Refuses a request that says twice who it is or what it carries: Node keeps the first or joins
 * them, the next hop may keep the last. Null when each is said once.
 */
export function checkSingleHeaders(request: IncomingMessage): HttpRefusal<EarlyReason> | null {
  const seen = new Set<string>();
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    const name = request.rawHeaders[at]?.toLowerCase() ?? "";
    if (!singleHeaders.has(name) && !name.startsWith("mcp-")) continue;
    if (seen.has(name)) {
      return refuse("repeated_header", 400, `The header ${name} was sent more than once.`);
    }
    seen.add(name);
  }
  return null;
}

const singleHeaders = new Set([
  "authorization",
  "content-encoding",
  "content-length",
  "content-type",
  "host",
  "origin",
]);

/**
 * DNS-rebinding defence: the Host must be one of ours, and an Origin, where a browser sends one,
 * must be allowed (MCP transports, "Security Warning"; AISVS 10.3.3). Null when both hold.
 */
export function checkHostAndOrigin(
  request: IncomingMessage,
  config: ProxyConfig,
): HttpRefusal<EarlyReason> | null {
  const host = request.headers.host?.toLowerCase();
  if (host === undefined || !config.hosts.has(host)) {
    return refuse(
      "host",
      403,
      "The Host header is not one of this proxy's names. Set PUBLIC_PROXY_URL to the address agents use.",
    );
  }
  const origin = request.headers.origin;
  // A page of this very address is no other origin.
  const isOwn = origin !== undefined && URL.canParse(origin) && new URL(origin).host === host;
  if (origin !== undefined && !isOwn && !config.origins.has(origin.toLowerCase())) {
    return refuse("origin", 403, "Requests from this web origin are not accepted.");
  }
  return null;
}

/**
 * Refuses a token in the query string, where logs and histories keep it (MCP authorization, "Access
 * Token Usage"). Null when there is none.
 *
 * @returns the refusal, and the values that were sent in a token's place
 */
export function checkQuery(
  request: IncomingMessage,
): { refusal: HttpRefusal<EarlyReason>; values: string[] } | null {
  const [, query] = (request.url ?? "").split("?", 2);
  if (query === undefined || query === "") return null;
  const values = [...new URLSearchParams(query)].flatMap(([name, value]) =>
    tokenParameters.has(name.toLowerCase()) || value.includes("cg_agt_") ? [value] : [],
  );
  if (values.length === 0) return null;
  const refusal = refuse(
    "token_in_url",
    request.headers.authorization === undefined ? 401 : 400,
    "Tokens are not accepted in the URL. Send Authorization: Bearer cg_agt_… , and rotate this token: " +
      "addresses are kept in logs.",
  );
  return { refusal, values };
}

const tokenParameters = new Set([
  "access_token",
  "api_key",
  "apikey",
  "authorization",
  "bearer",
  "key",
  "token",
]);

/** Checks that a POST carries plain JSON and that both answer forms are accepted. */
export function checkContent(request: IncomingMessage): HttpRefusal<RefusalReason> | null {
  const type = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") {
    return refuse("content", 415, "Send Content-Type: application/json.");
  }
  const encoding = (request.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  if (encoding !== "identity") {
    return refuse("content", 415, "Send the body without Content-Encoding.");
  }
  const accept = (request.headers.accept ?? "").toLowerCase();
  const any = accept.includes("*/*");
  if (!any && !(accept.includes("application/json") && accept.includes("text/event-stream"))) {
    const text = "Accept must list both application/json and text/event-stream.";
    return refuse("content", 406, text);
  }
  return null;
}

/**
 * Reads the whole body, at most `maxBytes`. Content-Length is believed only to refuse early; the
 * count of what arrives decides.
 */
export function readBody(
  request: IncomingMessage,
  maxBytes: number,
): Promise<Buffer | HttpRefusal<RefusalReason>> {
  const tooLarge = () =>
    refuse(
      "size" as const,
      413,
      `The body is larger than the ${Math.floor(maxBytes / 1_048_576)} MiB accepted.`,
    );
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) return Promise.resolve(tooLarge());
  // Listeners, not an async iterator, whose set-up costs more than reading a usual body.
  return new Promise((done, fail) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let complete = false;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) done(tooLarge());
      else chunks.push(chunk);
    });
    request.once("end", () => {
      complete = true;
      done(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
    });
    request.once("error", fail);
    // Every request closes: an error made for each would cost more than reading the body.
    request.once("close", () => {
      if (!complete) fail(new Error("the agent went away before its request was complete"));
    });
  });
}

function refuse<Reason extends string>(
  reason: Reason,
  status: HttpRefusal<Reason>["status"],
  message: string,
): HttpRefusal<Reason> {
  return { kind: "refused", reason, status, message };
}
