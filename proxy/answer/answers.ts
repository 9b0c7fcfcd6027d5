import type { AccessTarget } from "#lib/policy/types.ts";
import type { JsonRpcResponse, RequestId } from "#proxy/json/json-rpc.ts";
import type { Access, Recorded } from "#proxy/ports.ts";
import type { UpstreamFailure } from "#proxy/upstream/types.ts";

/** Where our machine-readable decision stands in a result's `_meta`. */
export const decisionKey = "dev.callgate/decision";

/** What a refusal is about. */
export interface Refused {
  id: RequestId;
  access: Access;
  tool: string;
  callId: string;
  recorded: Recorded;
}

/**
 * A call refused by a rule. The text carries everything, because most models see nothing else; the
 * result has no `structuredContent`, which clients would hold against the tool's output schema.
 */
export function deniedAnswer(refused: Refused): JsonRpcResponse {
  const { access, tool, recorded, callId } = refused;
  const why = recorded.reason ? ` Reason: ${recorded.reason}` : "";
  const text =
    `Blocked by policy: agent "${access.agentName}" may not make this call of ${tool} on server ` +
    `"${access.serverSlug}".${sentence(why)} Rule: ${recorded.rule}. The action was not performed. ` +
    "Do not retry with the same arguments; ask an administrator of the org if this is needed. " +
    `Decision ${callId}.`;
  return toolError(refused.id, text, {
    outcome: "denied",
    reason: recorded.reason,
    rule: recorded.rule,
    decisionId: callId,
    retryable: false,
  });
}

/** A call over its limit, with the seconds until the next slot. */
export function limitedAnswer(refused: Refused): JsonRpcResponse {
  const { tool, recorded, callId } = refused;
  const max = recorded.limit?.max ?? 0;
  const windowSeconds = recorded.limit?.windowSeconds ?? 0;
  const seconds =
    recorded.retryAfterMs === null ? null : Math.max(1, Math.ceil(recorded.retryAfterMs / 1000));
  const advice =
    seconds === null
      ? "This rule admits no calls at all; do not retry."
      : `Wait ${seconds} ${seconds === 1 ? "second" : "seconds"}, then retry once.`;
  const text =
    `Rate limit reached: ${tool} may be called ${max} times in ${windowSeconds} seconds ` +
    `(rule ${recorded.rule}). The action was not performed. ${advice} Decision ${callId}.`;
  return toolError(refused.id, text, {
    outcome: "rate_limited",
    reason: recorded.reason,
    rule: recorded.rule,
    decisionId: callId,
    retryable: seconds !== null,
    retryAfterMs: recorded.retryAfterMs,
    limit: max,
    window: windowSeconds,
    remaining: 0,
  });
}

/** A call that waits for a person; repeating it joins the same request. */
export function approvalAnswer(refused: Refused, publicUrl: string): JsonRpcResponse {
  const { access, tool, recorded, callId } = refused;
  const link = approvalLink(publicUrl, access, recorded.approvalId ?? "");
  const why = recorded.reason ? ` Reason: ${recorded.reason}` : "";
  const text =
    `Approval required and not yet given: ${tool} on server "${access.serverSlug}" waits for a ` +
    `person at ${link} .${sentence(why)} The action was not performed. When it is approved, call ${tool} ` +
    "again with exactly the same arguments; it then runs once. Until then do not retry more often " +
    `than every 60 seconds. Approval ${recorded.approvalId}. Decision ${callId}.`;
  return toolError(refused.id, text, {
    outcome: "approval_required",
    reason: recorded.reason,
    rule: recorded.rule,
    decisionId: callId,
    retryable: true,
    approvalId: recorded.approvalId,
    approvalUrl: link,
  });
}

/** The page where people see and decide a request. */
export function approvalLink(publicUrl: string, { orgSlug }: Access, approvalId: string): string {
  return `${publicUrl}/orgs/${orgSlug}/approvals/${approvalId}`;
}

/** A call that needs approval, of an agent that has asked for as much as people are asked at once. */
export function crowdedAnswer(refused: Refused): JsonRpcResponse {
  const { access, tool, recorded, callId } = refused;
  const text =
    `Approval required, and nobody was asked: ${tool} on server "${access.serverSlug}" needs a ` +
    `person's approval. Reason: ${recorded.reason ?? "Too many calls of this agent wait already."} ` +
    "The action was not performed. Do not try other arguments; wait until some are decided, at least " +
    `60 seconds, then call ${tool} once. Rule: ${recorded.rule}. Decision ${callId}.`;
  return toolError(refused.id, text, {
    outcome: "approvals_full",
    reason: recorded.reason,
    rule: recorded.rule,
    decisionId: callId,
    retryable: true,
    retryAfterMs: 60_000,
  });
}

/** Hidden and unknown tools get these very bytes (invariant 9; MCP: unknown tool is -32602). */
export function unknownToolAnswer(id: RequestId, tool: string): JsonRpcResponse {
  return { jsonrpc: "2.0", id, error: { code: -32602, message: `Unknown tool: ${tool}` } };
}

/**
 * A prompt or resource that there is not, or that is hidden: these very bytes either way (invariant 9).
 * MCP names a missing resource -32002 in `resources/*` and everything else that is missing -32602.
 */
export function notFoundAnswer(
  id: RequestId,
  method: string,
  target: AccessTarget,
): JsonRpcResponse {
  const code = method.startsWith("resources/") ? -32_002 : -32_602;
  if (target.kind === "prompt") return errorAnswer(id, code, `Unknown prompt: ${target.name}`);
  const message = `Resource not found: ${target.name}`;
  return { jsonrpc: "2.0", id, error: { code, message, data: { uri: target.name } } };
}

/** A prompt or resource refused by a rule: there is no result to carry it, so it is an error. */
export function notPermittedAnswer(
  id: RequestId,
  access: Access,
  target: AccessTarget,
  decided: { rule: string; reason: string | null; callId: string | null },
): JsonRpcResponse {
  const why = decided.reason ? ` Reason: ${decided.reason}` : "";
  const decision = decided.callId === null ? "" : ` Decision ${decided.callId}.`;
  const message =
    `Blocked by policy: agent "${access.agentName}" may not use the ${target.kind} ${target.name} of ` +
    `server "${access.serverSlug}".${sentence(why)} Rule: ${decided.rule}. Nothing was sent to the ` +
    "server. Do not retry; ask an administrator of the org if this is needed." +
    decision;
  const data = {
    outcome: "denied",
    reason: decided.reason,
    rule: decided.rule,
    decisionId: decided.callId,
    retryable: false,
  };
  return { jsonrpc: "2.0", id, error: { code: 403, message, data } };
}

/** A task that there is not, or that is another agent's: these very bytes either way. */
export function unknownTaskAnswer(id: RequestId): JsonRpcResponse {
  return { jsonrpc: "2.0", id, error: { code: -32_602, message: "Task not found" } };
}

/**
 * Upstream trouble after admission. Whether the action happened is only claimed where it is known:
 * when no byte had been sent.
 */
export function upstreamFailedAnswer(
  id: RequestId,
  access: Access,
  callId: string,
  failure: UpstreamFailure,
): JsonRpcResponse {
  const happened = failure.bytesSent
    ? "The action may or may not have been performed; check before you repeat it."
    : "The action was not performed.";
  const text = `Server "${access.serverSlug}" could not answer: ${failureText(failure)} ${happened} Decision ${callId}.`;
  return toolError(id, text, {
    outcome: "upstream_error",
    reason: failure.code,
    rule: null,
    decisionId: callId,
    retryable: !failure.bytesSent,
  });
}

/** Upstream trouble on anything but a tool call: a neutral protocol error. */
export function upstreamErrorAnswer(
  id: RequestId,
  access: Access,
  failure: UpstreamFailure,
): JsonRpcResponse {
  const message = `Server "${access.serverSlug}" could not answer: ${failureText(failure)}`;
  return { jsonrpc: "2.0", id, error: { code: -32603, message } };
}

/** Any JSON-RPC error of ours. */
export function errorAnswer(id: RequestId | null, code: number, message: string): JsonRpcResponse {
  return { jsonrpc: "2.0", id, error: { code, message } };
}

/** What an agent may know of a failure: its kind. Details are for the server's page. */
function failureText(failure: UpstreamFailure): string {
  switch (failure.code) {
    case "timeout":
      return "it did not answer in time.";
    case "unauthorized":
      return "it refuses the stored credential; an administrator of the org has to renew it.";
    case "too_large":
      return "its answer is larger than the proxy accepts.";
    case "protocol":
    case "not_mcp":
      return "its answer is not valid MCP.";
    case "session_gone":
      return "it no longer knows this session; start a new one.";
    case "start_failed":
      return "its program did not start; an administrator of the org can see why on the server's page.";
    case "closed":
      return "the connection ended before the answer.";
    case "cancelled":
      return "the request was cancelled.";
    case "dns":
    case "refused":
    case "unreachable":
    case "tls":
    case "blocked_address":
    case "redirect":
    case "http_status":
    case "uncorrelated":
      return "it cannot be reached; an administrator of the org can see why on the server's page.";
  }
}

function toolError(
  id: RequestId,
  text: string,
  decision: Record<string, unknown>,
): JsonRpcResponse {
  return {
    jsonrpc: "2.0",
    id,
    result: {
      content: [{ type: "text", text }],
      isError: true,
      // The record above holds JSON values only; undefined never occurs in it.
      _meta: { [decisionKey]: JSON.parse(JSON.stringify(decision)) },
    },
  };
}

function sentence(text: string): string {
  return text === "" || /[.!?]$/.test(text) ? text : `${text}.`;
}
