import { createHash, type KeyObject } from "node:crypto";
import canonicalize from "canonicalize";
import { evaluate } from "#lib/policy/evaluate.ts";
import type { LimitScope } from "#lib/policy/types.ts";
import type { Gate } from "./gates.ts";
import type { ToolCall } from "./json/json-rpc.ts";
import type { Access, AdmissionRequest } from "./ports.ts";
import { argumentShape } from "./shape.ts";

/** How long a request for approval waits for a person; seconds. */
const approvalExpiresSeconds = 30 * 60;

export interface CallFacts {
  callId: string;
  /** Makes the id of an approval request, should one be opened. */
  newId(): string;
  requestBytes: number;
  auditKey: KeyObject;
}

/**
 * The gate step: what the policy says of a call, with the obligations that admission discharges.
 * No clock, no I/O. A tool that is not on record is hidden, as one that a rule hides.
 */
export function judge(
  gate: Gate,
  access: Access,
  call: ToolCall,
  facts: CallFacts,
): AdmissionRequest {
  const request: AdmissionRequest = {
    callId: facts.callId,
    orgId: access.orgId,
    agentId: access.agentId,
    tokenId: access.tokenId,
    serverId: access.serverId,
    sessionId: access.session?.id ?? null,
    revision: gate.revision,
    policyId: gate.policyId,
    policyVersion: gate.policyVersion,
    tool: call.name,
    decision: "hidden",
    observed: false,
    rule: "unknown tool",
    reason: null,
    explanation: "The server has no accepted tool of this name.",
    argumentShape: argumentShape(call.arguments, facts.auditKey),
    requestBytes: facts.requestBytes,
    limits: [],
    approval: null,
  };
  const tool = gate.tools.get(call.name);
  if (!tool) return request;

  const decision = evaluate(gate.policy, { tool, arguments: call.arguments });
  request.observed = gate.observe;
  request.rule = decision.rule;
  request.reason = decision.reason;
  request.explanation = decision.explanation;
  switch (decision.effect) {
    case "hide":
      return request;
    case "deny":
      request.decision = "denied";
      return request;
    case "allow":
      request.decision = "allowed";
  }
  for (const obligation of decision.obligations) {
    switch (obligation.kind) {
      case "rate_limit":
        request.limits.push({
          key: windowKey(gate, access, obligation.limitKey, obligation.per),
          max: obligation.max,
          windowSeconds: obligation.windowSeconds,
          rule: obligation.rule,
        });
        break;
      case "approval":
        request.approval = {
          id: facts.newId(),
          digest: approvalDigest(gate, access, call, tool.digest, obligation.rule),
          arguments: call.arguments,
          rule: obligation.rule,
          reason: obligation.reason,
          expiresSeconds: approvalExpiresSeconds,
        };
        break;
    }
  }
  return request;
}

/** Names the counter: the policy's limit, and whose slots they are. */
function windowKey(gate: Gate, access: Access, limitKey: string, per: LimitScope): string {
  const owner = scopeOwner(access, per);
  return createHash("sha256")
    .update(JSON.stringify([gate.policyId, limitKey, per, owner]))
    .digest("base64url");
}

/** Where the protocol has no session, the agent's token is the session (design section 6). */
function scopeOwner(access: Access, per: LimitScope): string {
  switch (per) {
    case "session":
      return access.session?.id ?? access.tokenId;
    case "agent":
      return access.agentId;
    case "server":
      return access.serverId;
    case "org":
      return access.orgId;
  }
}

/**
 * What one approval is bound to (invariant 6), as SHA-256 over RFC 8785 canonical JSON: a change of
 * any of these is another call.
 */
function approvalDigest(
  gate: Gate,
  access: Access,
  call: ToolCall,
  definitionDigest: string,
  rule: string,
): string {
  const text = canonicalize({
    org: access.orgId,
    agent: access.agentId,
    server: access.serverId,
    tool: call.name,
    definition: definitionDigest,
    arguments: call.arguments,
    policy: gate.policyId,
    version: gate.policyVersion,
    rule,
  });
  if (text === undefined) throw new Error("the call has no canonical form");
  return createHash("sha256").update(text).digest("hex");
}
