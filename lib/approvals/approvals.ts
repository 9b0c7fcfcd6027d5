import type { OrgContext } from "#lib/auth/context.ts";
import { requirePermission } from "#lib/auth/permissions.ts";
import { type Evidence, SIGNALS, type Signal } from "#lib/catalog/types.ts";
import { database } from "#lib/db.ts";
import { isId } from "#lib/ids.ts";
import { parseInput } from "#lib/input.ts";
import { Prisma } from "#prisma/client.ts";
import {
  type ApprovalRow,
  findApproval,
  latestFirst,
  mostDangerousFirst,
  readRows,
  shownState,
  waiting,
} from "./rows.ts";
import { ApprovalInput, ListApprovals } from "./schema.ts";
import { type Standing, standingOf } from "./standing.ts";

export { decideApproval, denyApprovals } from "./decide.ts";
export { approvedMinutes } from "./options.ts";
export type { ApprovalRow, VoteRow } from "./rows.ts";
export type { ApprovalState } from "./schema.ts";
export type { Standing } from "./standing.ts";

/** What the tool says of itself, and why it has its class. */
export interface ToolAbout {
  description: string;
  rationale: string;
  /** 0 to 1. */
  confidence: number;
  signals: Signal[];
  evidence: Evidence[];
}

/** One request, and how whoever reads it stands to it. */
export interface ApprovalDetail extends ApprovalRow {
  standing: Standing;
  /** Null when the tool is not on record any more. */
  about: ToolAbout | null;
}

/** Pending: most dangerous first, then oldest. Otherwise: latest first. */
export async function listApprovals(
  context: OrgContext,
  input: unknown = {},
): Promise<ApprovalRow[]> {
  requirePermission(context, "approvals.read");
  const wanted = parseInput(ListApprovals, input);
  const order = wanted.state === "pending" ? mostDangerousFirst : latestFirst;
  return readRows(database(), context, conditionOf(wanted), order, wanted.limit);
}

/** @throws AppError `not_found` */
export async function getApproval(context: OrgContext, input: unknown): Promise<ApprovalDetail> {
  requirePermission(context, "approvals.read");
  const { id } = parseInput(ApprovalInput, input);
  const row = await findApproval(database(), context, id);
  const [standing, about] = await Promise.all([
    standingOf(database(), context, row),
    aboutTool(context, row),
  ]);
  return { ...row, standing, about };
}

/** How many calls wait for a person now. */
export async function countPending(context: OrgContext): Promise<number> {
  requirePermission(context, "approvals.read");
  const [row] = await database().$queryRaw<{ count: number }[]>`
    select count(*)::int as count from approvals p
    where p.org_id = ${context.org.id}::uuid and ${waiting}`;
  return row?.count ?? 0;
}

async function aboutTool(
  context: OrgContext,
  { server, tool }: ApprovalRow,
): Promise<ToolAbout | null> {
  const found = await database().tool.findFirst({
    where: { orgId: context.org.id, name: tool, server: { slug: server } },
    select: {
      definition: true,
      rationale: true,
      confidence: true,
      signals: true,
      evidence: true,
    },
  });
  if (!found) return null;
  const description = Object.entries(found.definition ?? {}).find(([key]) => key === "description");
  return {
    description: typeof description?.[1] === "string" ? description[1] : "",
    rationale: found.rationale,
    confidence: found.confidence,
    signals: SIGNALS.filter((signal) => found.signals.includes(signal)),
    // A cast, because the column is JSON: only `classificationOf` writes it.
    evidence: found.evidence as unknown as Evidence[],
  };
}

function conditionOf({ state, agent, server, tool, before }: ListApprovals): Prisma.Sql {
  const conditions = [Prisma.sql`true`];
  if (state === "pending") conditions.push(waiting);
  else if (state === "decided") conditions.push(Prisma.sql`not ${waiting}`);
  else if (state !== undefined) conditions.push(Prisma.sql`${shownState} = ${state}`);
  if (agent !== undefined) conditions.push(Prisma.sql`a.name = ${agent}`);
  if (server !== undefined) conditions.push(Prisma.sql`s.slug = ${server}`);
  if (tool !== undefined) conditions.push(Prisma.sql`p.tool = ${tool}`);
  if (before !== undefined) {
    conditions.push(isId(before) ? Prisma.sql`p.id < ${before}::uuid` : Prisma.sql`false`);
  }
  return Prisma.join(conditions, " and ");
}
