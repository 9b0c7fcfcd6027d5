import { changeOrg } from "#lib/audit/change.ts";
import type { OrgContext } from "#lib/auth/context.ts";
import { requirePermission } from "#lib/auth/permissions.ts";
import { database, type Transaction } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";
import { isId } from "#lib/ids.ts";
import { parseInput } from "#lib/input.ts";
import { authorName, authorOf } from "#lib/rules/author.ts";
import { Prisma } from "#prisma/client.ts";
import { ApprovalInput, DecideApproval, ListApprovals } from "./schema.ts";

export type ApprovalState =
  | "pending"
  | "approved"
  | "denied"
  | "consumed"
  | "expired"
  | "cancelled"
  | "void";

/** A call that waits, or waited, for a person. */
export interface ApprovalRow {
  id: string;
  agent: string;
  /** Slug. */
  server: string;
  serverName: string;
  tool: string;
  category: string | null;
  riskClass: string | null;
  rationale: string | null;
  /** Complete: this is what will run. */
  arguments: unknown;
  rule: string;
  ruleReason: string | null;
  state: ApprovalState;
  requestedAt: Date;
  /** While pending: when the request lapses. While approved: when the approval lapses. */
  expiresAt: Date;
  decidedAt: Date | null;
  decidedBy: string | null;
  decisionNote: string | null;
  /** The call that used the approval. */
  callId: string | null;
}

/** How long an approved call may be repeated by the agent before the approval lapses. */
export const approvedMinutes = 15;

/** Pending: most dangerous first, then oldest. Otherwise: latest first. */
export async function listApprovals(
  context: OrgContext,
  input: unknown = {},
): Promise<ApprovalRow[]> {
  requirePermission(context, "approvals.read");
  const { state, limit } = parseInput(ListApprovals, input);
  switch (state) {
    case "pending":
      return readRows(database(), context, waiting, mostDangerousFirst, limit);
    case "decided":
      return readRows(database(), context, Prisma.sql`not (${waiting})`, latestFirst, limit);
    case undefined:
      return readRows(database(), context, Prisma.sql`true`, latestFirst, limit);
  }
}

/** @throws AppError `not_found` */
export async function getApproval(context: OrgContext, input: unknown): Promise<ApprovalRow> {
  requirePermission(context, "approvals.read");
  const { id } = parseInput(ApprovalInput, input);
  return findApproval(database(), context, id);
}

/** How many calls wait for a person now. */
export async function countPending(context: OrgContext): Promise<number> {
  requirePermission(context, "approvals.read");
  const [row] = await database().$queryRaw<{ count: number }[]>`
    select count(*)::int as count from approvals p
    where p.org_id = ${context.org.id}::uuid and ${waiting}`;
  return row?.count ?? 0;
}

/**
 * Approves or denies one waiting call. Of two people who decide at once, one decides. An approved
 * call may run once, within 15 minutes.
 *
 * @throws AppError `conflict`, naming the present state, when it no longer waits
 */
export async function decideApproval(context: OrgContext, input: unknown): Promise<ApprovalRow> {
  requirePermission(context, "approvals.decide");
  const { id, decision, note } = parseInput(DecideApproval, input);
  const before = await findApproval(database(), context, id);
  const approves = decision === "approve";
  return changeOrg(context, "plain", async (transaction, audit) => {
    const decided = await transaction.$executeRaw`
      update approvals p set state = ${approves ? "approved" : "denied"}::approval_state,
        decided_at = now(), decided_by = ${authorOf(context.actor)}, decision_note = ${note || null},
        expires_at = case when ${approves} then now() + make_interval(mins => ${approvedMinutes}::int)
          else p.expires_at end
      where p.org_id = ${context.org.id}::uuid and p.id = ${id}::uuid and ${waiting}`;
    const row = await findApproval(transaction, context, id);
    if (decided === 0) throw new AppError("conflict", whyDecided(row));
    await audit({
      action: approves ? "approval.approve" : "approval.deny",
      subject: { kind: "approval", id, name: before.tool },
      detail: { agent: row.agent, server: row.server, tool: row.tool, note: note || null },
    });
    return row;
  });
}

/**
 * Marks what has lapsed (no tenant: the sweeper's).
 * @returns how many
 */
export function expireApprovals(): Promise<number> {
  return database().$executeRaw`
    update approvals set state = 'expired'
    where state in ('pending', 'approved') and expires_at <= now()`;
}

const waiting = Prisma.sql`(p.state = 'pending' and p.expires_at > now())`;
const latestFirst = Prisma.sql`p.requested_at desc, p.id desc`;
const mostDangerousFirst = Prisma.sql`
  array_position(array['critical', 'high', 'medium', 'low'], t.risk_class), p.requested_at, p.id`;

async function findApproval(
  client: Transaction,
  context: OrgContext,
  id: string,
): Promise<ApprovalRow> {
  const [row] = isId(id)
    ? await readRows(client, context, Prisma.sql`p.id = ${id}::uuid`, latestFirst, 1)
    : [];
  if (row) return row;
  throw new AppError(
    "not_found",
    "There is no such approval request in this org. The list of approvals shows what waits.",
  );
}

async function readRows(
  client: Transaction,
  context: OrgContext,
  condition: Prisma.Sql,
  order: Prisma.Sql,
  limit: number,
): Promise<ApprovalRow[]> {
  const rows = await client.$queryRaw<ApprovalRow[]>`
    select p.id, a.name as agent, s.slug as server, s.name as "serverName", p.tool, t.category,
      t.risk_class as "riskClass", t.rationale, p.arguments, p.rule, p.reason as "ruleReason",
      case when p.state in ('pending', 'approved') and p.expires_at <= now() then 'expired'
        else p.state::text end as state,
      p.requested_at as "requestedAt", p.expires_at as "expiresAt", p.decided_at as "decidedAt",
      p.decided_by as "decidedBy", p.decision_note as "decisionNote", p.call_id as "callId"
    from approvals p
    join agents a on a.org_id = p.org_id and a.id = p.agent_id
    join servers s on s.org_id = p.org_id and s.id = p.server_id
    left join tools t on t.org_id = p.org_id and t.server_id = p.server_id and t.name = p.tool
    where p.org_id = ${context.org.id}::uuid and ${condition}
    order by ${order}
    limit ${limit}`;
  return rows.map((row) => ({ ...row, decidedBy: row.decidedBy && authorName(row.decidedBy) }));
}

function whyDecided({ state, decidedBy, decidedAt, tool }: ApprovalRow): string {
  const by = decidedBy === null ? "" : ` by ${decidedBy}`;
  const at = decidedAt === null ? "" : ` at ${decidedAt.toISOString()}`;
  switch (state) {
    case "approved":
    case "denied":
      return `This request was already ${state}${by}${at}. Reload to see the decision.`;
    case "consumed":
      return `This request was approved${by} and the call has run. Its record shows the outcome.`;
    case "expired":
      return `This request has expired. The agent has to call ${tool} again for a new one.`;
    case "cancelled":
    case "void":
      return `This request no longer stands (${state}): what it was made for has changed. The agent has to call ${tool} again.`;
    case "pending":
      return "This request could not be decided. Reload and try again.";
  }
}
