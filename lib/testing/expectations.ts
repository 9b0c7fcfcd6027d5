import { expect } from "vitest";
import type { AuditAction } from "#lib/audit/change.ts";
import { actorId, type OrgContext } from "#lib/auth/context.ts";
import { database } from "#lib/db.ts";
import { AppError, type ErrorCode } from "#lib/errors.ts";

/** The newest audit event of the org is this change, made by this context's actor. */
export async function expectAudit(
  context: OrgContext,
  expected: { action: AuditAction; name: string; detail?: Record<string, unknown> },
): Promise<void> {
  const event = await database().auditEvent.findFirst({
    where: { orgId: context.org.id },
    orderBy: { id: "desc" },
  });
  expect(event).toMatchObject({
    action: expected.action,
    actor: { id: actorId(context.actor) },
    subject: { name: expected.name },
    detail: expected.detail ?? {},
  });
}

/** What a verb refused with: an AppError of that code, returned for closer looks. */
export async function expectRefusal(attempt: Promise<unknown>, code: ErrorCode): Promise<AppError> {
  const outcome = await attempt.then(
    (result) => ({ result }),
    (error: unknown) => error,
  );
  if (!(outcome instanceof AppError)) {
    // Anything but an AppError is a bug; its own stack says more than a failed comparison.
    if (outcome instanceof Error) throw outcome;
    throw new Error(`Expected a refusal (${code}), got ${JSON.stringify(outcome)}`);
  }
  expect(outcome.code).toBe(code);
  return outcome;
}
