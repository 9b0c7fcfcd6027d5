import { DatabaseError, type Pool } from "pg";
import { encodeBatch } from "./admission-batch.ts";
import { HeldConnection } from "./held-connection.ts";
import { busyOrgs, lockOrgs, Proofs, recordProvedCall } from "./proved-call.ts";

/** One judged call on its way into the admission transaction. */
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
  method: "tools/call" | "prompts/get" | "resources/read";
  /** The tool's or prompt's name, or the resource's URI. */
  tool: string;
  decision: "allowed" | "denied" | "hidden";
  /** The policy only observes: record the decision, forward all the same. */
  observed: boolean;
  rule: string;
  reason: string | null;
  explanation: string;
  argumentShape: unknown;
  requestBytes: number;
  /** Only with `allowed`. */
  limits: AdmissionLimit[];
  /** Only with `allowed`. */
  approval: AdmissionApproval | null;
}

export interface AdmissionLimit {
  key: string;
  max: number;
  windowSeconds: number;
  rule: string;
}

export interface AdmissionApproval {
  id: string;
  /** SHA-256 of what is approved, hexadecimal. */
  digest: string;
  arguments: unknown;
  rule: string;
  reason: string | null;
  /** Why the rule applied: one sentence without argument values. */
  explanation: string;
  /** The rule's approval options (lib/policy: ApprovalOptions). */
  options: unknown;
  expiresSeconds: number;
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
  | { kind: "refused"; failure: AdmissionFailure }
  /** Nothing was recorded: the org is being changed. Asked again, it may be done. */
  | { kind: "busy" }
  /** Nothing was recorded: the database does not take this call, whatever comes with it. */
  | { kind: "unrecordable" };

export type AdmissionFailure = (typeof failures)[number];

const admitStatement = {
  name: "admit_calls",
  // The condition names no column, so that it is looked at before the function is called.
  text: `select standings, versions, untils, recorded, details, null
    from admit_calls($1::admission_claim[], $2::admission_call[], $3::jsonb) where ${busyOrgs} = ''
    union all select null, null, null, null, null, ${busyOrgs} where ${busyOrgs} <> ''`,
};

/** A value that a column, an index or a type does not take; an insert of one like it fails again. */
const badValue = /^(22|23|54)/;

/**
 * Opens the way into admission: batches of calls, each in one round trip and one transaction
 * (`admit_calls` in the migrations), one batch at a time. A call that comes alone, with one limit at most,
 * rests on what an earlier admission proved, as long as nothing it proved has changed. Calls of several
 * orgs share a batch but not each other's fate: an org that is being changed, or a call that cannot be
 * recorded, leaves the others as they would be without it.
 *
 * The function it gives answers per request, in order. It throws when the database cannot answer;
 * nothing of the batch may be forwarded then.
 */
export function openAdmission(
  pool: Pool,
): (batch: AdmissionRequest[]) => Promise<AdmissionAnswer[]> {
  const connection = new HeldConnection(pool);
  const proofs = new Proofs();

  async function admitTogether(batch: AdmissionRequest[]): Promise<AdmissionAnswer[]> {
    const { claims, calls, obligations, claimOf } = encodeBatch(batch);
    const orgs = new Set(batch.map(({ orgId }) => orgId));
    const row = await connection.run(
      { statement: lockOrgs, values: [`{${[...orgs].join(",")}}`] },
      { statement: admitStatement, values: [claims, calls, obligations] },
    );
    const [standings, versions, untils, recorded, details, busy] = row ?? [];
    if (busy) return admitOthers(batch, new Set(busy.split(",")));
    const versionOf = arrayOf(versions);
    const untilOf = arrayOf(untils);
    const result: AdmissionResult = {
      standings: arrayOf(standings),
      recorded: Number(recorded ?? Number.NaN),
      details: details ? JSON.parse(details) : [],
    };
    batch.forEach((request, at) => {
      const claim = (claimOf[at] ?? 0) - 1;
      const version = versionOf[claim];
      const until = untilOf[claim];
      if (result.standings[claim] === "ok" && version && until)
        proofs.add(request, { version, until });
    });
    return answersOf(batch, claimOf, result);
  }

  async function admitOthers(
    batch: AdmissionRequest[],
    busy: ReadonlySet<string>,
  ): Promise<AdmissionAnswer[]> {
    const others = batch.filter(({ orgId }) => !busy.has(orgId));
    const answers = others.length === 0 ? [] : await admitTogether(others);
    const answerOf = new Map(others.map((request, at) => [request, answers[at]]));
    return batch.map((request) => answerOf.get(request) ?? { kind: "busy" });
  }

  async function admitEach(batch: AdmissionRequest[]): Promise<AdmissionAnswer[]> {
    const answers: AdmissionAnswer[] = [];
    for (const request of batch) {
      const alone = admitTogether([request]).catch((error: unknown) => {
        if (isBadValue(error)) return [{ kind: "unrecordable" } as const];
        throw error;
      });
      answers.push(...(await alone));
    }
    return answers;
  }

  return async (batch) => {
    const [lone, ...others] = batch;
    const proof = lone && others.length === 0 ? proofs.find(lone) : undefined;
    const work = lone && proof && recordProvedCall(lone, proof);
    try {
      const proved = work && (await connection.run(...work));
      if (proved) return [recordedAnswer(lone, limitedBy(lone, proved))];
      return await admitTogether(batch);
    } catch (error) {
      // Nothing of it was recorded: one transaction.
      if (isBadValue(error)) return admitEach(batch);
      throw error;
    }
  };
}

function isBadValue(error: unknown): boolean {
  return error instanceof DatabaseError && badValue.test(error.code ?? "");
}

/** What `recordProvedCall` answered, if its limit was used up. */
function limitedBy(
  { limits: [limit], reason }: AdmissionRequest,
  [isLimited, wait]: (string | null)[],
): AdmissionDetail | undefined {
  if (limit === undefined || isLimited !== "t") return undefined;
  return {
    call: 1,
    decision: "limited",
    rule: limit.rule,
    reason,
    approval_id: null,
    retry_after_ms: wait == null ? null : Number(wait),
    limit: { max: limit.max, window_seconds: limit.windowSeconds },
  };
}

/** An array of Postgres whose elements hold neither commas nor quotes. */
function arrayOf(text: string | null | undefined): string[] {
  return text?.slice(1, -1).replaceAll('"', "").split(",") ?? [];
}

interface AdmissionResult {
  /** One entry a claim: ok or a failure. */
  standings: string[];
  /** How many calls are on record now. */
  recorded: number;
  details: AdmissionDetail[];
}

function answersOf(
  batch: AdmissionRequest[],
  claimOf: number[],
  result: AdmissionResult,
): AdmissionAnswer[] {
  const details = new Map(result.details.map((detail) => [detail.call, detail]));
  let recorded = 0;
  const answers = batch.map((request, at): AdmissionAnswer => {
    const standing = result.standings[(claimOf[at] ?? 0) - 1];
    const failure = failures.find((known) => known === standing);
    if (failure) return { kind: "refused", failure };
    // Only the one word lets a call pass.
    if (standing !== "ok") throw new Error("admission left a call unanswered");
    recorded += 1;
    return recordedAnswer(request, details.get(at + 1));
  });
  if (result.recorded !== recorded) throw new Error("admission left a call without a record");
  return answers;
}

const failures = ["unauthenticated", "not_granted", "stale", "session_ended"] as const;

/** What was recorded otherwise than asked, or with an approval; `call` counts from 1. */
interface AdmissionDetail {
  call: number;
  decision: "allowed" | "limited" | "approval" | "denied" | "hidden";
  rule: string;
  reason: string | null;
  approval_id: string | null;
  retry_after_ms: number | null;
  limit: { max: number; window_seconds: number } | null;
}

function recordedAnswer(
  request: AdmissionRequest,
  detail: AdmissionDetail | undefined,
): AdmissionAnswer {
  const told = detail ?? request;
  return {
    kind: "recorded",
    decision: told.decision,
    forward: told.decision === "allowed" || request.observed,
    rule: told.rule,
    reason: told.reason,
    retryAfterMs: detail && detail.retry_after_ms !== -1 ? detail.retry_after_ms : null,
    limit: detail?.limit
      ? { max: detail.limit.max, windowSeconds: detail.limit.window_seconds }
      : null,
    approvalId: detail?.approval_id ?? null,
  };
}
