import { database } from "#lib/db.ts";
import { idFloor } from "#lib/ids.ts";
import { lastDayFloor } from "#lib/servers/rows.ts";

export type Decision = "allowed" | "limited" | "approval" | "denied" | "hidden";

export interface HourOfDecisions extends Record<Decision, number> {
  /** Start of the hour, ISO 8601, UTC. */
  hour: string;
}

const hourMilliseconds = 60 * 60 * 1000;

/** Decisions of the hour of `now` and the 23 before it, oldest first, empty hours included. */
export async function hourlyDecisions(orgId: string, now: Date): Promise<HourOfDecisions[]> {
  const thisHour = Math.floor(now.getTime() / hourMilliseconds) * hourMilliseconds;
  const hours = Array.from({ length: 24 }, (_, index) => {
    const hour = new Date(thisHour - (23 - index) * hourMilliseconds).toISOString();
    return { hour, allowed: 0, limited: 0, approval: 0, denied: 0, hidden: 0 };
  });
  const since = new Date(thisHour - 23 * hourMilliseconds);
  const rows = await database().$queryRaw<{ hour: Date; decision: string; count: number }[]>`
    select date_trunc('hour', at, 'UTC') as hour, decision, count(*)::int as count
    from calls
    where org_id = ${orgId}::uuid and id >= ${idFloor(since)}::uuid
    group by 1, 2`;
  const byHour = new Map(hours.map((hour) => [hour.hour, hour]));
  for (const { hour, decision, count } of rows) {
    const bucket = byHour.get(hour.toISOString());
    if (bucket && isDecision(decision)) bucket[decision] = count;
  }
  return hours;
}

/** The five tools that were refused most in the last 24 hours, on servers that still stand. */
export function mostRefusedTools(
  orgId: string,
): Promise<{ server: string; tool: string; count: number }[]> {
  return database().$queryRaw`
    select s.slug as server, c.tool, count(*)::int as count
    from calls c join servers s on s.org_id = c.org_id and s.id = c.server_id
    where c.org_id = ${orgId}::uuid and c.id >= ${lastDayFloor()}::uuid
      and c.decision in ('denied', 'hidden', 'limited') and not c.observed
      and s.removed_at is null
    group by s.slug, c.tool
    order by count(*) desc, s.slug, c.tool
    limit 5`;
}

/** The five agents that called most in the last 24 hours. */
export function busiestAgents(orgId: string): Promise<{ agent: string; count: number }[]> {
  return database().$queryRaw`
    select a.name as agent, count(*)::int as count
    from calls c join agents a on a.org_id = c.org_id and a.id = c.agent_id
    where c.org_id = ${orgId}::uuid and c.id >= ${lastDayFloor()}::uuid
    group by a.name
    order by count(*) desc, a.name
    limit 5`;
}

function isDecision(text: string): text is Decision {
  return ["allowed", "limited", "approval", "denied", "hidden"].includes(text);
}
