import type { Exchange } from "#proxy/exchange.ts";
import type { RequestId } from "#proxy/json/json-rpc.ts";
import type { AccessAnswer } from "#proxy/ports.ts";
import { errorAnswer } from "./answers.ts";
import type { AgentReply } from "./respond.ts";

/**
 * Answers a request whose token may not do this. A token that is good but not for this server gets
 * what a missing server gets, and nothing of ours ever looks like a demand for OAuth.
 */
export async function refuseAccess(
  reply: AgentReply,
  answer: Exclude<AccessAnswer, { kind: "access" }>,
): Promise<void> {
  switch (answer.kind) {
    case "no_token":
    case "unauthenticated": {
      // RFC 6750 section 3.1: no error code for a request that brought no credentials.
      const error = answer.kind === "no_token" ? "" : ', error="invalid_token"';
      reply.setHeader("www-authenticate", `Bearer realm="callgate"${error}`);
      return reply.finish(
        errorAnswer(
          null,
          401,
          "The agent token is missing, malformed, expired or revoked. Send Authorization: Bearer cg_agt_… ; " +
            "an administrator of the org can issue a new token on the agent's page.",
        ),
        401,
      );
    }
    case "not_granted":
      return reply.finish(
        errorAnswer(null, 404, "There is no such server for this agent token."),
        404,
      );
    case "session_ended":
      return reply.finish(sessionNotFound(null), 404);
  }
}

/**
 * Something failed in here, most likely the database. A stream that is open knows its answer by the
 * request's id only; one that belongs to no request just ends.
 */
export async function refuseFailed(reply: AgentReply): Promise<void> {
  if (reply.streaming && reply.requestId === null) return reply.endStream();
  if (!reply.streaming) reply.setHeader("retry-after", "5");
  const text = reply.forwarded
    ? "Callgate failed after it had sent the call on; the action may or may not have been performed."
    : "Callgate cannot decide or record calls right now, so nothing was forwarded. Retry in 5 seconds.";
  await reply.finish(errorAnswer(reply.requestId, 503, text), 503);
}

/** The upstream's session is over: ends ours too, so that the agent starts a new one. */
export async function refuseSessionEnded(exchange: Exchange, id: RequestId | null): Promise<void> {
  const { state, access, reply } = exchange;
  if (access.session) {
    await state.ports.endSession(access.orgId, access.session.id);
    await state.upstreams.release(access.session.id);
  }
  await reply.finish(sessionNotFound(id), 404);
}

/** What the reference servers answer for a session that is not there (404 and -32001). */
function sessionNotFound(id: RequestId | null) {
  return errorAnswer(id, -32001, "Session not found");
}
