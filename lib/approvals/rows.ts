import type { OrgContext } from "#lib/auth/context.ts";
import type { Transaction } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";
import { isId } from "#lib/ids.ts";
import { authorName } from "#lib/rules/author.ts";
import { Prisma } from "#prisma/client.ts";
import { readOptions } from "./options.ts";
import type { ApprovalState } from "./schema.ts";

/** One person's answer. */
export interface VoteRow {
  by: string;
  decision: "approve" | "deny";
  note: string | null;
  at: Date;
}

/** A call that waits, or waited, for a person. */
export interface ApprovalRow {
  id: string;
  agent: string;
  /** Who created the agent; null when it was not a person of today. */
  agentOwner: string | null;
  /** What the agent calls itself: client name and version. */
  client: string | null;
  /** Slug. */
  server: string;
  serverName: string;
  tool: string;
  category: string | null;
  riskClass: string | null;
  rationale: string | null;
  /** Complete: this is what will run. */
  arguments: unknown;
  /** SHA-256 over everything the approval is bound to, hexadecimal. */
  digest: string;
  rule: string;
  ruleReason: string | null;
  /** Why the rule applied. */
  explanation: string;
  policyVersion: number;
  /** What the rule's author tells the approver. */
  message: string | null;
  /** Who may approve, when not everybody who may decide. */
  approvers: { roles: string[]; members: string[] } | null;
  /** Whom the rule keeps from approving. */
  excluded: ("requester" | "editor")[];
  /** How many people have to approve. */
  votesNeeded: number;
  votes: VoteRow[];
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

export const waiting = Prisma.sql`(p.state = 'pending' and p.expires_at > now())`;
export const shownState = Prisma.sql`
  case when p.state in ('pending', 'approved') and p.expires_at <= now() then 'expired' else p.state::text end`;
const riskClass = Prisma.sql`coalesce(t.override_risk_class, t.risk_class)`;
export const latestFirst = Prisma.sql`p.requested_at desc, p.id desc`;
export const mostDangerousFirst = Prisma.sql`
  array_position(array['critical', 'high', 'medium', 'low'], ${riskClass}), p.requested_at, p.id`;

/** @throws AppError `not_found`, with the same words whether or not another org has the id */
export async function findApproval(
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

/** Requests of the org that meet a condition on `p` (the request), `a` (agent), `s` (server). */
export async function readRows(
  client: Transaction,
  context: OrgContext,
  condition: Prisma.Sql,
  order: Prisma.Sql,
  limit: number,
): Promise<ApprovalRow[]> {
  const rows = await client.$queryRaw<StoredRow[]>`
    select p.id, a.name as agent, owner.name as "agentOwner", a.client_name as "clientName",
      a.client_version as "clientVersion", s.slug as server, s.name as "serverName", p.tool,
      coalesce(t.override_category, t.category) as category,
      ${riskClass} as "riskClass", t.rationale, p.arguments,
      encode(p.digest, 'hex') as digest, p.rule, p.reason as "ruleReason", p.explanation,
      p.policy_version as "policyVersion", p.options, ${shownState} as state,
      p.requested_at as "requestedAt", p.expires_at as "expiresAt", p.decided_at as "decidedAt",
      p.decided_by as "decidedBy", p.decision_note as "decisionNote", p.call_id as "callId",
      (select coalesce(jsonb_agg(jsonb_build_object('by', v.voter_name, 'decision', v.decision,
          'note', v.note, 'at', v.at) order by v.at), '[]')
        from approval_votes v where v.org_id = p.org_id and v.approval_id = p.id) as votes
    from approvals p
    join agents a on a.org_id = p.org_id and a.id = p.agent_id
    join servers s on s.org_id = p.org_id and s.id = p.server_id
    left join users owner on a.created_by = 'user:' || owner.id
    left join tools t on t.org_id = p.org_id and t.server_id = p.server_id and t.name = p.tool
    where p.org_id = ${context.org.id}::uuid and ${condition}
    order by ${order}
    limit ${limit}`;
  return rows.map(toRow);
}

type Demanded = "client" | "message" | "approvers" | "excluded" | "votesNeeded" | "votes";
type StoredRow = Omit<ApprovalRow, Demanded> & {
  clientName: string | null;
  clientVersion: string | null;
  options: unknown;
  votes: (Omit<VoteRow, "at"> & { at: string })[];
};

function toRow({ clientName, clientVersion, options, votes, ...stored }: StoredRow): ApprovalRow {
  const demanded = readOptions(options);
  const { roles = [], members = [] } = demanded?.approvers ?? {};
  return {
    ...stored,
    client: clientName && [clientName, clientVersion].filter(Boolean).join(" "),
    message: demanded?.message ?? null,
    approvers: demanded?.approvers === undefined ? null : { roles, members },
    excluded: demanded?.exclude ?? [],
    votesNeeded: demanded?.count ?? 1,
    votes: votes.map((vote) => ({ ...vote, at: new Date(vote.at) })),
    decidedBy: stored.decidedBy && authorName(stored.decidedBy),
  };
}
