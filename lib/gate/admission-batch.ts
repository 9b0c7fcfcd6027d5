import type { AdmissionRequest } from "./admit.ts";

export interface EncodedBatch {
  /** `admission_claim[]` as Postgres reads arrays of rows. */
  claims: string;
  /** `admission_call[]` likewise. */
  calls: string;
  /** JSON; null when no call of the batch has a limit or needs an approval. */
  obligations: string | null;
  /** The claim of each call, counted from 1. */
  claimOf: number[];
}

/**
 * A batch as `admit_calls` takes it: calls that stand on the same token, server, session and revision
 * share one claim, which is proved once.
 */
export function encodeBatch(batch: readonly AdmissionRequest[]): EncodedBatch {
  const numbers = new Map<string, number>();
  const claimOf: number[] = [];
  const calls = batch.map((request) => {
    const claim = claimRow(request);
    let number = numbers.get(claim);
    if (number === undefined) {
      number = numbers.size + 1;
      numbers.set(claim, number);
    }
    claimOf.push(number);
    return callRow(request, number);
  });
  return {
    claims: arrayOf([...numbers.keys()]),
    calls: arrayOf(calls),
    obligations: encodeObligations(batch),
    claimOf,
  };
}

// Ids, numbers and the closed unions hold nothing that would need quotes.
function claimRow(request: AdmissionRequest): string {
  const { orgId, agentId, tokenId, serverId, sessionId, revision, policyId, policyVersion } =
    request;
  return `(${orgId},${agentId},${tokenId},${serverId},${sessionId ?? ""},${revision},${policyId},${policyVersion})`;
}

function callRow(request: AdmissionRequest, claim: number): string {
  const { callId, method, tool, decision, observed, rule, reason, explanation } = request;
  const shape = text(JSON.stringify(request.argumentShape));
  const words = `${text(rule)},${reason === null ? "" : text(reason)},${text(explanation)}`;
  return `(${claim},${callId},${method},${text(tool)},${decision},${observed},${words},${shape},${request.requestBytes},,)`;
}

/**
 * A text inside a row: quoted, so that it is never taken for null or for syntax. JSON quotes printable
 * ASCII as Postgres does, natively.
 */
function text(value: string): string {
  if (!/[^\x20-\x7e]/.test(value)) return JSON.stringify(value);
  return `"${value.replace(/["\\]/g, "\\$&")}"`;
}

function arrayOf(rows: readonly string[]): string {
  return `{${rows.map(text).join(",")}}`;
}

function encodeObligations(batch: readonly AdmissionRequest[]): string | null {
  if (batch.every(({ limits, approval }) => limits.length === 0 && approval === null)) return null;
  const windows = sortedWindows(batch);
  const placeOf = new Map(windows.map(({ org, key }, at) => [`${org} ${key}`, at + 1]));
  const calls = batch.flatMap(({ orgId, decision, limits, approval }, at) => {
    if (decision !== "allowed" || (limits.length === 0 && approval === null)) return [];
    return [
      {
        call: at + 1,
        limits: limits.map(({ key, max, windowSeconds, rule }) => ({
          window: placeOf.get(`${orgId} ${key}`),
          max,
          window_seconds: windowSeconds,
          rule,
        })),
        ...(approval && {
          approval: {
            id: approval.id,
            digest: approval.digest,
            arguments: approval.arguments,
            rule: approval.rule,
            reason: approval.reason,
            explanation: approval.explanation,
            options: approval.options,
            expires_seconds: approval.expiresSeconds,
          },
        }),
      },
    ];
  });
  return JSON.stringify({ windows, calls });
}

/** Every window of the batch once, in the order in which they are locked. */
function sortedWindows(batch: readonly AdmissionRequest[]): { org: string; key: string }[] {
  const windows = new Map<string, { org: string; key: string }>();
  for (const { orgId, limits } of batch) {
    for (const { key } of limits) windows.set(`${orgId} ${key}`, { org: orgId, key });
  }
  return [...windows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, window]) => window);
}
