import type { Pool } from "pg";

/** One judged call; `admit_calls` reads it under its own column names. */
export interface AdmissionRequest {
  callId: string;
  orgId: string;
  agentId: string;
  tokenId: string;
  serverId: string;
  sessionId: string | null;
  revision: number;
  policyId: string;
  policyVersion: number;
  tool: string;
  decision: "allowed" | "denied" | "hidden";
  /** The policy only observes: record the decision, forward all the same. */
  observed: boolean;
  rule: string;
  reason: string | null;
  explanation: string;
  argumentShape: unknown;
  requestBytes: number;
  limits: { key: string; max: number; windowSeconds: number; rule: string }[];
  approval: {
    id: string;
    /** SHA-256 of what is approved, hexadecimal. */
    digest: string;
    arguments: unknown;
    rule: string;
    reason: string | null;
    expiresSeconds: number;
  } | null;
}

export type AdmissionAnswer =
  | {
      kind: "recorded";
      decision: "allowed" | "limited" | "approval" | "denied" | "hidden";
      forward: boolean;
      rule: string;
      reason: string | null;
      /** Until the next slot is free; null when there never is one. Only with `limited`. */
      retryAfterMs: number | null;
      limit: { max: number; windowSeconds: number } | null;
      approvalId: string | null;
    }
  /** Nothing was recorded: what the proxy knew no longer holds. */
  | { kind: "refused"; failure: "unauthenticated" | "not_granted" | "stale" | "session_ended" };

/**
 * Admits a batch in one round trip and one transaction (`admit_calls` in the migrations).
 * @returns one answer per request, in order
 * @throws when the database cannot answer; nothing of the batch is admitted then
 */
export async function admitCalls(
  pool: Pool,
  batch: AdmissionRequest[],
): Promise<AdmissionAnswer[]> {
  const { rows } = await pool.query({
    name: "admit_calls",
    text: "select * from admit_calls($1::jsonb)",
    values: [JSON.stringify(batch.map(toRow))],
  });
  const answers = new Map<number, AdmissionAnswer>();
  for (const row of rows) answers.set(row.i, toAnswer(row));
  return batch.map((_, i) => {
    const answer = answers.get(i);
    if (!answer) throw new Error("admission left a call unanswered");
    return answer;
  });
}

function toRow(request: AdmissionRequest, i: number) {
  return {
    i,
    id: request.callId,
    org: request.orgId,
    agent: request.agentId,
    token: request.tokenId,
    server: request.serverId,
    session: request.sessionId,
    revision: request.revision,
    policy: request.policyId,
    policy_version: request.policyVersion,
    tool: request.tool,
    decision: request.decision,
    observed: request.observed,
    rule: request.rule,
    reason: request.reason,
    explanation: request.explanation,
    shape: request.argumentShape,
    bytes: request.requestBytes,
    limits: request.limits.map((limit) => ({
      key: limit.key,
      max: limit.max,
      window_seconds: limit.windowSeconds,
      rule: limit.rule,
    })),
    approval: request.approval && {
      id: request.approval.id,
      digest: request.approval.digest,
      arguments: request.approval.arguments,
      rule: request.approval.rule,
      reason: request.approval.reason,
      expires_seconds: request.approval.expiresSeconds,
    },
  };
}

interface AdmissionRow {
  i: number;
  failure: "unauthenticated" | "not_granted" | "stale" | "session_ended" | null;
  decision: "allowed" | "limited" | "approval" | "denied" | "hidden";
  forward: boolean;
  rule: string;
  reason: string | null;
  retry_after_ms: number | null;
  approval_id: string | null;
  max_slots: number | null;
  window_seconds: number | null;
}

function toAnswer(row: AdmissionRow): AdmissionAnswer {
  if (row.failure !== null) return { kind: "refused", failure: row.failure };
  return {
    kind: "recorded",
    decision: row.decision,
    // Only the literal true forwards.
    forward: row.forward === true,
    rule: row.rule,
    reason: row.reason,
    retryAfterMs: row.retry_after_ms === -1 ? null : row.retry_after_ms,
    limit:
      row.max_slots === null || row.window_seconds === null
        ? null
        : { max: row.max_slots, windowSeconds: row.window_seconds },
    approvalId: row.approval_id,
  };
}
