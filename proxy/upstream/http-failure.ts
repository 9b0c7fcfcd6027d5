import { type JsonRpcError, type RequestId, readMessage } from "#proxy/json/json-rpc.ts";
import { RESPONSE_LIMITS } from "#proxy/json/parse-json.ts";
import type { ExchangeReply } from "./exchange.ts";
import { answeredSessionId, answerType, retryAfterSeconds } from "./http-headers.ts";
import { UpstreamTrouble } from "./transport-failure.ts";
import type { UpstreamContext, UpstreamFailure, UpstreamReply } from "./types.ts";

/**
 * What an HTTP answer other than 200 with JSON or events means. A JSON-RPC error that answers the
 * awaited request is the server's word and passes through with its status; of everything else
 * only the text of a JSON-RPC error is quoted. HTML, challenges and cookies are never passed on.
 */
export async function refusedReply(
  response: Extract<ExchangeReply, { kind: "response" }>,
  awaited: RequestId | null,
  context: UpstreamContext,
  idleMilliseconds: number,
  host: string,
): Promise<UpstreamReply> {
  const { status, headers } = response;
  const error = await readError(response, idleMilliseconds);
  if (context.sessionId !== null && sessionIsGone(status, error?.message.error.message)) {
    const message = `${host} no longer knows the session.`;
    return failed(status, { code: "session_gone", message });
  }
  if (status === 401 || status === 403) {
    const message = `${host} wants a valid token (HTTP ${status}).`;
    return failed(status, {
      code: "unauthorized",
      message,
      fix: "Add or replace the token under Headers.",
    });
  }
  if (
    error !== null &&
    awaited !== null &&
    (error.message.id === awaited || error.message.id === null)
  ) {
    return { kind: "json", status, ...error, sessionId: answeredSessionId(headers) };
  }
  if (status >= 200 && status < 300) return failed(status, unexpectedContent(response, host));
  const said = error?.message.error.message.replace(/\p{Cc}+/gu, " ").slice(0, 300);
  const reason = said === undefined ? "." : `: ${JSON.stringify(said)}`;
  if (status === 429 || status === 503) {
    const seconds = retryAfterSeconds(headers);
    const message = `${host} takes no requests at the moment (HTTP ${status})${reason}`;
    const wait = seconds === undefined ? {} : { retryAfterSeconds: seconds };
    return failed(status, { code: "http_status", message, ...wait });
  }
  const message = `${host} refused the request with HTTP ${status}${reason}`;
  return said === undefined && status < 500
    ? failed(status, { code: "not_mcp", message, fix: WRONG_URL })
    : failed(status, { code: "http_status", message });
}

function failed(
  status: number,
  failure: Omit<UpstreamFailure, "bytesSent" | "status">,
): UpstreamReply {
  return { kind: "error", failure: { ...failure, bytesSent: true, status } };
}

const MAX_ERROR_BYTES = 64 * 1024;

const WRONG_URL =
  "The URL is probably not the server's MCP endpoint, which often ends in /mcp, or in /sse for " +
  "servers of the older HTTP+SSE transport.";

/** Ended sessions are 404 in the specification; some servers say 400 and explain it in words. */
function sessionIsGone(status: number, said: string | undefined): boolean {
  return status === 404 || (status === 400 && said !== undefined && /\bsession\b/i.test(said));
}

function unexpectedContent(
  { status, headers }: Extract<ExchangeReply, { kind: "response" }>,
  host: string,
): Pick<UpstreamFailure, "code" | "message" | "fix"> {
  if (status !== 200) {
    return {
      code: "protocol",
      message: `${host} answered a request with an empty HTTP ${status}.`,
    };
  }
  const type = (headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  const what =
    type === "text/html" ? "a web page" : "something that is neither JSON nor an event stream";
  return { code: "not_mcp", message: `${host} answered with ${what}.`, fix: WRONG_URL };
}

async function readError(
  { status, headers, body }: Extract<ExchangeReply, { kind: "response" }>,
  idleMilliseconds: number,
): Promise<{ message: JsonRpcError; bytes: Buffer } | null> {
  if (status < 400 || answerType(headers) !== "json" || tooLong(headers["content-length"])) {
    body.discard();
    return null;
  }
  try {
    const bytes = await body.collect(Math.min(idleMilliseconds, 5_000), MAX_ERROR_BYTES);
    const parsed = readMessage(bytes, RESPONSE_LIMITS);
    if (parsed.kind !== "response" || !("error" in parsed.message)) return null;
    return { message: parsed.message, bytes };
  } catch (error) {
    if (error instanceof UpstreamTrouble) return null;
    throw error;
  }
}

function tooLong(contentLength: string | undefined): boolean {
  return Number(contentLength ?? 0) > MAX_ERROR_BYTES;
}
