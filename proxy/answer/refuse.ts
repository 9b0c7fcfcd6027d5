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
