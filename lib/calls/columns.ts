import { Prisma } from "#prisma/client.ts";
import type { CallDecision, CallOutcome } from "./schema.ts";

/** One call as lists show it. */
export interface CallRow {
  /** Also the decision id that the agent was told. */
  id: string;
  at: Date;
  agent: string;
  /** Name; the slug is beside it. */
  server: string;
  serverSlug: string;
  tool: string;
  decision: CallDecision;
  /** The policy only observed: the call was forwarded whatever the decision says. */
  observed: boolean;
  rule: string;
  reason: string | null;
  /** Null: the call was not forwarded. */
  outcome: CallOutcome | null;
  upstreamMs: number | null;
  addedMs: number | null;
}

/** One call with everything on record. */
export interface CallDetail extends CallRow {
  explanation: string;
  policyVersion: number;
  /** Keys, types, lengths and keyed digests of the arguments. */
  argumentShape: unknown;
  requestBytes: number;
  responseBytes: number | null;
  httpStatus: number | null;
  retryAfterMs: number | null;
  approvalId: string | null;
  sessionId: string | null;
  detail: string | null;
}

/** The condition for "was sent to the upstream", over calls as `c`. */
const forwarded = Prisma.sql`(c.decision = 'allowed' or c.observed)`;

/** The oldest call that may still be running: forwarded less than two minutes ago. */
const stillRunning = Prisma.sql`c.id >= uuid_v7_floor(now() - interval '2 minutes')`;

/** Over calls as `c`, joined with their outcomes. */
const outcomeColumn = Prisma.sql`
  case when not ${forwarded} then null
    when c.outcome is not null then c.outcome
    when ${stillRunning} then 'running'
    else 'unknown' end`;

export const rowColumns = Prisma.sql`
  c.id, c.at, coalesce(a.name, 'deleted agent') as agent, coalesce(s.name, 'deleted server') as server,
  coalesce(s.slug, '') as "serverSlug", c.tool, c.decision, c.observed, c.rule, c.reason,
  ${outcomeColumn} as outcome, c.upstream_ms as "upstreamMs", c.added_ms as "addedMs"`;

export const detailColumns = Prisma.sql`
  ${rowColumns}, c.explanation, c.policy_version as "policyVersion", c.argument_shape as "argumentShape",
  c.request_bytes as "requestBytes", c.response_bytes as "responseBytes",
  c.http_status as "httpStatus", c.retry_after_ms as "retryAfterMs",
  c.approval_id as "approvalId", c.session_id as "sessionId", c.detail`;

/** "The outcome is this one", before the page is cut: over calls as `c` and outcomes as `o`. */
export function outcomeIs(outcome: CallOutcome): Prisma.Sql {
  switch (outcome) {
    case "running":
      return Prisma.sql`(${forwarded} and o.outcome is null and ${stillRunning})`;
    case "unknown":
      return Prisma.sql`(o.outcome = 'unknown'
        or ${forwarded} and o.outcome is null and not ${stillRunning})`;
    default:
      return Prisma.sql`o.outcome = ${outcome}`;
  }
}
