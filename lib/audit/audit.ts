import { z } from "zod";
import type { OrgContext } from "#lib/auth/context.ts";
import { requirePermission } from "#lib/auth/permissions.ts";
import { database } from "#lib/db.ts";
import { parseInput } from "#lib/input.ts";
import type { AuditEntry } from "./change.ts";
import { ListAuditEvents } from "./schema.ts";
import { auditSentence } from "./sentence.ts";

export interface AuditRow {
  id: string;
  at: Date;
  actorName: string;
  action: string;
  subject: AuditEntry["subject"];
  detail: Record<string, unknown>;
  /** The whole change in one English sentence. */
  sentence: string;
}

const StoredActor = z.object({ id: z.string(), name: z.string() });
const StoredSubject = z.object({ kind: z.string(), id: z.string(), name: z.string() });
const StoredDetail = z.record(z.string(), z.unknown());

/**
 * What people changed, newest first, a page at a time.
 * @returns `next`: the cursor of the following page, null on the last
 */
export async function listAuditEvents(
  context: OrgContext,
  input: ListAuditEvents = {},
): Promise<{ events: AuditRow[]; next: string | null }> {
  requirePermission(context, "audit.read");
  const { cursor, limit } = parseInput(ListAuditEvents, input);
  const rows = await database().auditEvent.findMany({
    where: { orgId: context.org.id, ...(cursor ? { id: { lt: cursor } } : {}) },
    orderBy: { id: "desc" },
    take: limit + 1,
  });
  const events = rows.slice(0, limit).map((row) => {
    const actor = StoredActor.parse(row.actor);
    const actorName = actor.id.startsWith("operator:") ? `The ${actor.name}` : actor.name;
    const subject = StoredSubject.parse(row.subject);
    const detail = StoredDetail.parse(row.detail);
    const sentence = auditSentence({ actorName, action: row.action, subject, detail });
    return { id: row.id, at: row.at, actorName, action: row.action, subject, detail, sentence };
  });
  return { events, next: rows.length > limit ? (events.at(-1)?.id ?? null) : null };
}
