import { type AuditRow, listAuditEvents } from "#lib/audit/audit.ts";
import type { OrgContext } from "#lib/auth/context.ts";
import { hasPermission, requirePermission } from "#lib/auth/permissions.ts";
import { database } from "#lib/db.ts";
import { type ChecklistStep, checklistOf } from "./checklist.ts";
import type { HourOfDecisions } from "./decisions.ts";
import { busiestAgents, type Decision, hourlyDecisions, mostRefusedTools } from "./decisions.ts";

export interface OrgOverview {
  checklist: ChecklistStep[];
  waitingApprovals: number;
  /** Servers with tools that wait for review. */
  heldTools: { server: string; name: string; count: number }[];
  failingServers: { slug: string; name: string; detail: string | null }[];
  /** Sums of `hourly`, every decision that occurred. */
  decisions24h: { decision: Decision; count: number }[];
  /** The hour now and the 23 before it, oldest first. */
  hourly: HourOfDecisions[];
  mostRefusedTools: { server: string; tool: string; count: number }[];
  busiestAgents: { agent: string; count: number }[];
  /** The last five; none for a role that may not read the audit. */
  lastChanges: AuditRow[];
}

/** What needs people, what was decided and what changed lately. */
export async function orgOverview(context: OrgContext): Promise<OrgOverview> {
  requirePermission(context, "org.read");
  const orgId = context.org.id;
  const now = new Date();
  const [
    checklist,
    waitingApprovals,
    heldTools,
    failingServers,
    hourly,
    refused,
    busiest,
    changes,
  ] = await Promise.all([
    checklistOf(context),
    database().approval.count({ where: { orgId, state: "pending", expiresAt: { gt: now } } }),
    countHeldTools(orgId),
    listFailingServers(orgId),
    hourlyDecisions(orgId, now),
    mostRefusedTools(orgId),
    busiestAgents(orgId),
    lastChanges(context),
  ]);
  const decisions = ["allowed", "limited", "approval", "denied", "hidden"] as const;
  return {
    checklist,
    waitingApprovals,
    heldTools,
    failingServers,
    decisions24h: decisions
      .map((decision) => ({
        decision,
        count: hourly.reduce((total, hour) => total + hour[decision], 0),
      }))
      .filter(({ count }) => count > 0),
    hourly,
    mostRefusedTools: refused,
    busiestAgents: busiest,
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
