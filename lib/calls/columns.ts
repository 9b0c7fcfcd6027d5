import { idFloor } from "#lib/ids.ts";
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
  method: "tools/call" | "prompts/get" | "resources/read";
  /** The tool's or prompt's name, or the resource's URI. */
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

/** "Was sent to the upstream", over calls as `c`. */
const forwarded = Prisma.sql`(c.decision = 'allowed' or c.observed)`;

/** After this long without an outcome a forwarded call is no longer taken to be running. */
const runningMilliseconds = 2 * 60 * 1000;
/** While proxies run, the sweeper has given every call that is older than this its outcome. */
const sweptMilliseconds = 2 * 60 * 60 * 1000;

/** The id bound of an instant so long ago; a constant, so that the planner sees how far it reaches. */
function floorAgo(milliseconds: number): Prisma.Sql {
  return Prisma.sql`${idFloor(new Date(Date.now() - milliseconds))}::uuid`;
}

/** Columns of a `CallRow`, over calls joined with their outcomes as `c`. */
export function rowColumns(): Prisma.Sql {
  return Prisma.sql`
    c.id, c.at, coalesce(a.name, 'deleted agent') as agent, coalesce(s.name, 'deleted server') as server,
    coalesce(s.slug, '') as "serverSlug", c.method, c.tool, c.decision, c.observed, c.rule, c.reason,
    case when not ${forwarded} then null
      when c.outcome is not null then c.outcome
      when c.id >= ${floorAgo(runningMilliseconds)} then 'running'
      else 'unknown' end as outcome,
    c.upstream_ms as "upstreamMs", c.added_ms as "addedMs"`;
}

/** Columns of a `CallDetail`, likewise. */
export function detailColumns(): Prisma.Sql {
  return Prisma.sql`
    ${rowColumns()}, c.explanation, c.policy_version as "policyVersion",
    c.argument_shape as "argumentShape", c.request_bytes as "requestBytes",
    c.response_bytes as "responseBytes", c.http_status as "httpStatus",
    c.retry_after_ms as "retryAfterMs", c.approval_id as "approvalId", c.session_id as "sessionId",
    c.detail`;
}

export interface OutcomeCondition {
  /** Over calls as `c` and outcomes as `o`. */
  where: Prisma.Sql;
  /** No older call fulfils it, so that outcomes of older ones need not be read: an id. */
  since: Prisma.Sql | null;
}

/**
 * Conditions of which one holds for a call with this outcome, never two. Apart, because each alone
 * can be answered from an index and their `or` cannot.
 */
export function outcomeConditions(outcome: CallOutcome): OutcomeCondition[] {
  const open = Prisma.sql`${forwarded} and o.outcome is null`;
  const youngest = floorAgo(runningMilliseconds);
  const swept = floorAgo(sweptMilliseconds);
  switch (outcome) {
    case "running":
      return [{ where: Prisma.sql`${open} and c.id >= ${youngest}`, since: youngest }];
    case "unknown":
      return [
        { where: Prisma.sql`o.outcome = 'unknown' and o.outcome <> 'ok'`, since: null },
        { where: Prisma.sql`${open} and c.id < ${youngest} and c.id >= ${swept}`, since: swept },
      ];
    case "ok":
      return [{ where: Prisma.sql`o.outcome = 'ok'`, since: null }];
    default:
      // Said twice for the index of outcomes that are not ok.
      return [{ where: Prisma.sql`o.outcome = ${outcome} and o.outcome <> 'ok'`, since: null }];
  }
}
