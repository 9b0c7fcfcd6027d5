import { writeAudit } from "#lib/audit/change.ts";
import { database } from "#lib/db.ts";

/** One entry a day and agent says all there is to say. */
const quietMilliseconds = 86_400_000;

/**
 * Notes in the audit log that an agent's token was sent in a URL, where logs and histories keep it:
 * somebody should replace it. Of a token that nobody has, or that is revoked, nothing is noted.
 *
 * @param digest SHA-256 of the token
 */
export async function recordTokenLeak(digest: Buffer): Promise<void> {
  await database().$transaction(async (transaction) => {
    const token = await transaction.agentToken.findUnique({
      where: { digest: new Uint8Array(digest) },
      select: { orgId: true, last4: true, revokedAt: true, agent: true },
    });
    if (!token || token.revokedAt !== null) return;
    const { orgId, last4, agent } = token;
    const since = new Date(Date.now() - quietMilliseconds);
    const known = await transaction.auditEvent.findFirst({
      where: {
        orgId,
        action: "agent.leak",
        at: { gte: since },
        subject: { path: ["id"], equals: agent.id },
      },
    });
    if (known) return;
    const context = { org: { id: orgId }, actor: { kind: "system", name: "Callgate" } } as const;
    const subject = { kind: "agent", id: agent.id, name: agent.name };
    await writeAudit(transaction, context, { action: "agent.leak", subject, detail: { last4 } });
  });
}
