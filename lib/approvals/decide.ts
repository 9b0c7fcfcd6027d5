import { type AuditEntry, changeOrg } from "#lib/audit/change.ts";
import { actorId, type OrgContext } from "#lib/auth/context.ts";
import { requirePermission } from "#lib/auth/permissions.ts";
import { database, type Transaction } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";
import { isId } from "#lib/ids.ts";
import { parseInput } from "#lib/input.ts";
import { notify } from "#lib/notifications/outbox.ts";
import { authorOf } from "#lib/rules/author.ts";
import { approvedMinutes, readOptions, votesNeeded } from "./options.ts";
import { type ApprovalRow, findApproval } from "./rows.ts";
import { DecideApproval, DenyApprovals } from "./schema.ts";
import { freshMinutes, standingOf } from "./standing.ts";
import { isOutdated } from "./void.ts";

/**
 * One person's answer to a waiting call. One denial decides; an approval decides once as many
 * people have given theirs as the rule asks for, and the call may then run once, within 15 minutes
 * or the rule's own time. Of two people who answer at once, each counts or is told what was decided.
 *
 * @returns the request afterwards; still `pending` while more approvals are needed
 * @throws AppError `conflict`, naming the present state, when it no longer waits or this person has
 *   answered; `forbidden` when the rule wants somebody else; `unauthenticated` when a Critical tool
 *   takes a fresh sign-in
 */
export async function decideApproval(context: OrgContext, input: unknown): Promise<ApprovalRow> {
  requirePermission(context, "approvals.decide");
  const { id, decision, note } = parseInput(DecideApproval, input);
  return changeOrg(context, "plain", (transaction, audit) =>
    vote(transaction, context, audit, { id, decision, note: note || null }),
  );
}

/** What came of several denials: each stands alone, and one that came too late stops no other. */
export interface DeniedApprovals {
  denied: string[];
  failed: { id: string; message: string }[];
}

/** Denies several waiting calls with one reason. */
export async function denyApprovals(context: OrgContext, input: unknown): Promise<DeniedApprovals> {
  requirePermission(context, "approvals.decide");
  const { ids, note } = parseInput(DenyApprovals, input);
  // Of another org, or never there: then nothing is denied.
  for (const id of ids) await findApproval(database(), context, id);
  const outcome: DeniedApprovals = { denied: [], failed: [] };
  for (const id of new Set(ids)) {
    try {
      const answer = { id, decision: "deny", note: note || null } as const;
      await changeOrg(context, "plain", (transaction, audit) =>
        vote(transaction, context, audit, answer),
      );
      outcome.denied.push(id);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      outcome.failed.push({ id, message: error.message });
    }
  }
  return outcome;
}

interface Answer {
  id: string;
  decision: "approve" | "deny";
  note: string | null;
}

async function vote(
  transaction: Transaction,
  context: OrgContext,
  audit: (entry: AuditEntry) => Promise<void>,
  { id, decision, note }: Answer,
): Promise<ApprovalRow> {
  const orgId = context.org.id;
  if (isId(id)) {
    // Whoever answers at the same moment waits here, and then reads what was decided.
    await transaction.$queryRaw`
      select 1 from approvals where org_id = ${orgId}::uuid and id = ${id}::uuid for update`;
  }
  const before = await findApproval(transaction, context, id);
  if (before.state !== "pending") throw new AppError("conflict", whyDecided(before));
  const { obstacle, needsSignIn, voted } = await standingOf(transaction, context, before);
  if (voted !== null) {
    throw new AppError("conflict", `You have answered this request already: ${voted}.`);
  }
  if (decision === "approve") {
    if (await isOutdated(transaction, orgId, id)) {
      throw new AppError("conflict", whyDecided({ ...before, state: "void" }));
    }
    if (obstacle !== null) throw new AppError("forbidden", obstacle);
    if (needsSignIn) throw signInAgain();
  }
  await transaction.approvalVote.create({
    data: {
      orgId,
      approvalId: id,
      voter: actorId(context.actor),
      voterName: context.actor.name,
      decision,
      note,
    },
  });
  const given = await settle(transaction, context, before, { id, decision, note });
  await audit({
    action: decision === "approve" ? "approval.approve" : "approval.deny",
    subject: { kind: "approval", id, name: before.tool },
    detail: {
      agent: before.agent,
      server: before.server,
      tool: before.tool,
      note,
      ...(before.votesNeeded > 1 && decision === "approve" && { given, of: before.votesNeeded }),
    },
  });
  return findApproval(transaction, context, id);
}

/** Makes the decision when this answer is the one that decides. @returns approvals given so far */
async function settle(
  transaction: Transaction,
  context: OrgContext,
  before: ApprovalRow,
  { id, decision, note }: Answer,
): Promise<number> {
  const orgId = context.org.id;
  // A vote counts while whoever gave it may still decide.
  const [votes] = await transaction.$queryRaw<{ given: number; options: unknown }[]>`
    select p.options, (
      select count(*)::int from approval_votes v
      left join members m on m.org_id = v.org_id and v.voter = 'user:' || m.user_id
      where v.org_id = p.org_id and v.approval_id = p.id and v.decision = 'approve'
        and (v.voter not like 'user:%' or m.role in ('owner', 'admin', 'policy_manager'))
    ) as given
    from approvals p where p.org_id = ${orgId}::uuid and p.id = ${id}::uuid`;
  const given = votes?.given ?? 0;
  const options = readOptions(votes?.options);
  if (decision === "approve" && given < votesNeeded(options)) return given;
  const seconds = options?.approval_expires ?? approvedMinutes * 60;
  const state = decision === "approve" ? "approved" : "denied";
  await transaction.$executeRaw`
    update approvals set state = ${state}::approval_state, decided_at = now(),
      decided_by = ${authorOf(context.actor)}, decision_note = ${note},
      expires_at = case when ${decision === "approve"} then now() + make_interval(secs => ${seconds}::int)
        else expires_at end
    where org_id = ${orgId}::uuid and id = ${id}::uuid and state = 'pending'`;
  await notify(transaction, {
    orgId,
    event: "approval.decided",
    dedupe: `approval.decided ${id}`,
    title: `${context.actor.name} ${state} ${before.tool} for ${before.agent}`,
    text: `A call of ${before.tool} on ${before.serverName} by ${before.agent} was ${state}.${note ? ` Reason: ${note}` : ""}`,
    link: `/orgs/${context.org.slug}/approvals/${id}`,
    data: { approvalId: id, agent: before.agent, server: before.server, tool: before.tool, state },
  });
  return given;
}

function signInAgain(): AppError {
  const message = `Approving a Critical tool takes a sign-in of the last ${freshMinutes} minutes. Confirm that it is you, then approve again.`;
  return new AppError("unauthenticated", message, { fields: { signIn: [message] } });
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
      return `This request was withdrawn: ${tool} is not waited for any more.`;
    case "void":
      return `This request no longer stands: the policy, the tool or the agent has changed since. The agent has to call ${tool} again.`;
    case "pending":
      return "This request could not be decided. Reload and try again.";
  }
}
