import { createHash, type KeyObject } from "node:crypto";
import canonicalize from "canonicalize";
import { windowKey } from "#lib/limits/key.ts";
import { evaluate } from "#lib/policy/evaluate.ts";
import type { Decision, LimitScope } from "#lib/policy/types.ts";
import type { Access, AdmissionRequest } from "#proxy/ports.ts";
import { judgeAccess } from "./access.ts";
import type { Ask } from "./ask.ts";
import type { Gate, GateTool } from "./gates.ts";
import { argumentShape } from "./shape.ts";

/** What a person can look through, and what is kept for it: bytes of the request. */
const mostToApprove = 262_144;
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
 * No clock, no I/O. A tool that is not on record is hidden, as one that a rule hides; so is a prompt
 * or resource that no list shows.
 */
export function judge(gate: Gate, access: Access, ask: Ask, facts: CallFacts): AdmissionRequest {
  const request = unjudged(gate, access, ask, facts);
  if (ask.method !== "tools/call") {
    const kind = ask.method === "prompts/get" ? "prompt" : "resource";
    const verdict = judgeAccess(gate, { kind, name: ask.name });
    note(request, gate, verdict.decision);
    request.decision = decisionOf[verdict.kind];
    return request;
  }
  const tool = gate.tools.get(ask.name);
  if (!tool) return request;
  const hidden = gate.hidden.get(ask.name);
  if (hidden !== undefined) {
    note(request, gate, hidden);
    return request;
  }
  const decision = evaluate(gate.policy, { tool, arguments: ask.arguments });
  note(request, gate, decision);
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
          key: windowKey(
            gate.policyId,
            obligation.limitKey,
            obligation.per,
            scopeOwner(access, obligation.per),
          ),
          max: obligation.max,
          windowSeconds: obligation.windowSeconds,
          rule: obligation.rule,
        });
        break;
      case "approval":
        if (facts.requestBytes > mostToApprove) return tooLarge(request, obligation.rule);
        request.approval = {
          id: facts.newId(),
          digest: approvalDigest(gate, access, ask, tool, obligation.rule),
          arguments: ask.arguments,
          rule: obligation.rule,
          reason: obligation.reason,
          explanation: decision.explanation,
          options: obligation.options,
          expiresSeconds: obligation.options.request_expires ?? approvalExpiresSeconds,
        };
        break;
    }
  }
  return request;
}

function tooLarge(request: AdmissionRequest, rule: string): AdmissionRequest {
  const reason = `A person must approve this call, and its request is larger than the ${mostToApprove / 1_024} KiB that can be asked for. Send less in one call.`;
  return { ...request, decision: "denied", rule, reason, limits: [], approval: null };
}

const decisionOf = { allowed: "allowed", denied: "denied", unknown: "hidden" } as const;

/** The request as it stands while nothing is known of what it asks for. */
function unjudged(gate: Gate, access: Access, ask: Ask, facts: CallFacts): AdmissionRequest {
  return {
    callId: facts.callId,
    orgId: access.orgId,
    agentId: access.agentId,
    tokenId: access.tokenId,
    serverId: access.serverId,
    sessionId: access.session?.id ?? null,
    revision: gate.revision,
    policyId: gate.policyId,
    policyVersion: gate.policyVersion,
    method: ask.method,
    tool: recordedName(ask.name),
    decision: "hidden",
    observed: false,
    rule: "unknown tool",
    reason: null,
    explanation: "The server has no accepted tool of this name.",
    argumentShape: argumentShape(ask.arguments, facts.auditKey),
    requestBytes: facts.requestBytes,
    limits: [],
    approval: null,
  };
}

/** What the record has of a name: indexes take no more. The end of a longer one is told by its digest. */
function recordedName(name: string): string {
  if (Buffer.byteLength(name) <= longestName) return name;
  const digest = createHash("sha256").update(name).digest("hex");
  return `${name.slice(0, 256).toWellFormed()}… (sha256 ${digest})`;
}

const longestName = 1_024;

function note(request: AdmissionRequest, gate: Gate, decision: Decision): void {
  request.observed = gate.observe;
  request.rule = decision.rule;
  request.reason = decision.reason;
  request.explanation = decision.explanation;
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
  ask: Ask,
  tool: GateTool,
  rule: string,
): string {
  const text = canonicalize({
    org: access.orgId,
    agent: access.agentId,
    server: access.serverId,
    tool: ask.name,
    definition: tool.digest,
    arguments: ask.arguments,
    policy: gate.policyId,
    version: gate.policyVersion,
    rule,
  });
  if (text === undefined) throw new Error("the call has no canonical form");
  return createHash("sha256").update(text).digest("hex");
}
