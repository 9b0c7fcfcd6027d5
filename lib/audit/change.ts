import { type Actor, actorId, type OrgContext, type OrgRef } from "#lib/auth/context.ts";
import { database, type Transaction } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";

/** Every kind of change a person can make; a new one is a type error until it stands here. */
export type AuditAction =
  | "org.create"
  | "org.rename"
  | "org.minimum_revision"
  | "server.register"
  | "server.update"
  | "server.remove"
  | "server.secrets"
  | "server.discover"
  | "server.review"
  | "tool.accept"
  | "tool.remove"
  | "tool.override"
  | "tool.override_clear"
  | "rule.set"
  | "policy.apply"
  | "policy.restore"
  | "policy.proposal"
  | "limit.reset"
  | "agent.create"
  | "agent.grant"
  | "agent.rotate"
  | "agent.revoke"
  | "agent.leak"
  | "approval.approve"
  | "approval.deny"
  | "notification.create"
  | "notification.update"
  | "notification.remove"
  | "notification.test";

export interface AuditEntry {
  action: AuditAction;
  /** What was changed: kind, id and the name people know it by. */
  subject: { kind: string; id: string; name: string };
  /** What changed, without secrets. */
  detail?: Record<string, unknown>;
}

/**
 * Runs a change and its audit rows in one transaction. With `gate`, the org's admissions are locked
 * out until the change has committed, so that no call judged by the old state is admitted after it
 * (invariant 11); use it for whatever decides calls: rules, tools, tokens, grants, secrets.
 */
export function changeOrg<T>(
  context: OrgContext,
  scope: "gate" | "plain",
  change: (transaction: Transaction, audit: (entry: AuditEntry) => Promise<void>) => Promise<T>,
): Promise<T> {
  return database().$transaction(
    async (transaction) => {
      if (scope === "gate") {
        await transaction.$executeRaw`select lock_org_for_change(${context.org.id}::uuid)`;
      }
      return change(transaction, (entry) => writeAudit(transaction, context, entry));
    },
    // Thousands of tools accepted at once, on a busy machine.
    { timeout: 20_000 },
  );
}

/** Adds an audit row to a transaction; outside `changeOrg` only where the product itself acts. */
export async function writeAudit(
  transaction: Transaction,
  context: { org: Pick<OrgRef, "id">; actor: Actor },
  entry: AuditEntry,
): Promise<void> {
  await transaction.auditEvent.create({
    data: {
      orgId: context.org.id,
      id: newId(),
      actor: { id: actorId(context.actor), name: context.actor.name },
      action: entry.action,
      subject: entry.subject,
      detail: JSON.parse(JSON.stringify(entry.detail ?? {})),
    },
  });
}
