import { type AuditRow, listAuditEvents } from "#lib/audit/audit.ts";
import type { OrgContext } from "#lib/auth/context.ts";
import { hasPermission, requirePermission } from "#lib/auth/permissions.ts";
import { database } from "#lib/db.ts";
import { parseInput } from "#lib/input.ts";
import { type ChecklistStep, checklistOf } from "./checklist.ts";
import {
  countDecisions,
  type Decision,
  type DecisionBucket,
  type Leaders,
  lastDayLeaders,
} from "./decisions.ts";
import { ReadOverview } from "./schema.ts";

export interface OrgOverview extends Leaders {
  checklist: ChecklistStep[];
  waitingApprovals: number;
  /** Servers with tools that wait for review. */
  heldTools: { server: string; name: string; count: number }[];
  failingServers: { slug: string; name: string; detail: string | null }[];
  /** Sums of `buckets`, every decision that occurred. */
  decisions: { decision: Decision; count: number }[];
  /** The range asked for up to now, oldest first. */
  buckets: DecisionBucket[];
  /** The last five; none for a role that may not read the audit. */
  lastChanges: AuditRow[];
}

/** What needs people, what was decided in the range (24 h unless told) and what changed lately. */
export async function orgOverview(
  context: OrgContext,
  input: ReadOverview = {},
): Promise<OrgOverview> {
  requirePermission(context, "org.read");
  const { range } = parseInput(ReadOverview, input);
  const orgId = context.org.id;
  const now = new Date();
  const [checklist, waitingApprovals, heldTools, failingServers, buckets, leaders, changes] =
    await Promise.all([
      checklistOf(context),
      database().approval.count({ where: { orgId, state: "pending", expiresAt: { gt: now } } }),
      countHeldTools(orgId),
      listFailingServers(orgId),
      countDecisions(orgId, range, now),
      lastDayLeaders(orgId),
      lastChanges(context),
    ]);
  const decisions = ["allowed", "limited", "approval", "denied", "hidden"] as const;
  return {
    checklist,
    waitingApprovals,
    heldTools,
    failingServers,
    decisions: decisions
      .map((decision) => ({
        decision,
        count: buckets.reduce((total, bucket) => total + bucket[decision], 0),
      }))
      .filter(({ count }) => count > 0),
    buckets,
    ...leaders,
    lastChanges: changes,
  };
}

function countHeldTools(orgId: string): Promise<{ server: string; name: string; count: number }[]> {
  return database().$queryRaw`
    select s.slug as server, s.name, count(*)::int as count
    from tools t join servers s on s.org_id = t.org_id and s.id = t.server_id
    where t.org_id = ${orgId}::uuid and t.state = 'held' and s.removed_at is null
    group by s.slug, s.name
    order by count(*) desc, s.slug`;
}

async function listFailingServers(orgId: string) {
  const servers = await database().server.findMany({
    where: { orgId, health: "failing", removedAt: null },
    orderBy: { slug: "asc" },
    select: { slug: true, name: true, healthDetail: true },
  });
  return servers.map(({ slug, name, healthDetail }) => ({ slug, name, detail: healthDetail }));
}

async function lastChanges(context: OrgContext): Promise<AuditRow[]> {
  if (!hasPermission(context.role, "audit.read")) return [];
  const { events } = await listAuditEvents(context, { limit: 5 });
  return events;
}
