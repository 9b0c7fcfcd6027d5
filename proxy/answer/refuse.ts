import type { RefusalReason } from "#lib/policy/refusal-reasons.ts";
import type { Exchange, ProxyState } from "#proxy/exchange.ts";
import type { JsonRpcMessage, RequestId } from "#proxy/json/json-rpc.ts";
import type { AccessAnswer } from "#proxy/ports.ts";
import type { Sender } from "#proxy/receive/refused-requests.ts";
import { errorAnswer } from "./answers.ts";
import type { AgentReply } from "./respond.ts";

/** A request of an agent that is known. */
export interface KnownRequest {
  state: Pick<ProxyState, "refusedRequests">;
  reply: AgentReply;
  access: Sender;
}

/**
 * Refuses a request before a rule judges it as a call, and counts it for its agent's page. Every refusal
 * of a known agent that writes no call ends here, once; those for lack of room do not.
 */
export async function refuseRequest(
  { state, reply, access }: KnownRequest,
  reason: RefusalReason,
  answer: JsonRpcMessage,
  status = 200,
): Promise<void> {
  state.refusedRequests.note(access, reason, "error" in answer ? answer.error.message : "");
  await reply.finish(answer, status);
}

/**
 * Answers a request whose token may not do this. A token that is good but not for this server gets
 * what a missing server gets, and nothing of ours ever looks like a demand for OAuth.
 */
export async function refuseAccess(
  { state, reply }: { state: ProxyState; reply: AgentReply },
  answer: Exclude<AccessAnswer, { kind: "access" }>,
): Promise<void> {
  switch (answer.kind) {
    case "no_token":
    case "unauthenticated": {
      state.earlyRefusals.note(answer.kind === "no_token" ? "no_token" : "bad_token");
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
    case "not_granted": {
      const text = "There is no such server for this agent token.";
      const refused = { state, reply, access: answer.sender };
      return refuseRequest(refused, "server", errorAnswer(null, 404, text), 404);
    }
    case "session_ended": {
      const refused = { state, reply, access: answer.sender };
      return refuseRequest(refused, "session", sessionNotFound(null), 404);
    }
  }
}

/** The session went with the proxy that held it: the agent starts a new one. */
export async function refuseLostSession(reply: AgentReply): Promise<void> {
  await reply.finish(sessionNotFound(null), 404);
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
