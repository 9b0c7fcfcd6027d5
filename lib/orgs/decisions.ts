import { database } from "#lib/db.ts";
import { idFloor } from "#lib/ids.ts";
import type { OverviewRange } from "./schema.ts";

export type Decision = "allowed" | "limited" | "approval" | "denied" | "hidden";

export interface DecisionBucket extends Record<Decision, number> {
  /** ISO 8601, UTC. */
  start: string;
  /** Start of the next bucket. */
  end: string;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** How a range is drawn: every bucket starts at a multiple of its length, in UTC. */
const divisions: Record<OverviewRange, { bucketMilliseconds: number; count: number }> = {
  "1h": { bucketMilliseconds: minute, count: 60 },
  "24h": { bucketMilliseconds: hour, count: 24 },
  "7d": { bucketMilliseconds: 6 * hour, count: 28 },
  "30d": { bucketMilliseconds: day, count: 30 },
  "90d": { bucketMilliseconds: day, count: 90 },
};

/** Decisions of the bucket of `now` and those before it, oldest first, empty ones included. */
export async function countDecisions(
  orgId: string,
  range: OverviewRange,
  now: Date,
): Promise<DecisionBucket[]> {
  const { bucketMilliseconds, count } = divisions[range];
  const first = Math.floor(now.getTime() / bucketMilliseconds) - count + 1;
  const startOf = (bucket: number) => new Date(bucket * bucketMilliseconds);
  const buckets = Array.from({ length: count }, (_, index) => ({
    start: startOf(first + index).toISOString(),
    end: startOf(first + index + 1).toISOString(),
    ...{ allowed: 0, limited: 0, approval: 0, denied: 0, hidden: 0 },
  }));
  const rows = await (bucketMilliseconds < hour ? countByMinutes : countByHours)(
    orgId,
    startOf(first),
    bucketMilliseconds,
  );
  for (const row of rows) {
    const bucket = buckets[row.bucket - first];
    if (bucket && isDecision(row.decision)) bucket[row.decision] = row.count;
  }
  return buckets;
}

interface BucketCount {
  /** Number of the bucket since 1970. */
  bucket: number;
  decision: string;
  count: number;
}

/** From the record itself: a UUID v7 begins with its milliseconds. */
function countByMinutes(orgId: string, since: Date, milliseconds: number): Promise<BucketCount[]> {
  return database().$queryRaw`
    select (('x' || translate(left(id::text, 13), '-', ''))::bit(48)::bigint / ${milliseconds}::int)::int as bucket,
      decision, count(*)::int as count
    from calls
    where org_id = ${orgId}::uuid and id >= ${idFloor(since)}::uuid
    group by 1, 2`;
}

function countByHours(orgId: string, since: Date, milliseconds: number): Promise<BucketCount[]> {
  return database().$queryRaw`
    select floor(extract(epoch from hour) * 1000 / ${milliseconds}::int)::int as bucket,
      decision, sum(calls)::int as count
    from call_counts(${orgId}::uuid, ${since})
    group by 1, 2`;
}

export interface Leaders {
  /** On servers that still stand. */
  mostRefusedTools: { server: string; tool: string; count: number }[];
  busiestAgents: { agent: string; count: number }[];
}

/** The five tools refused most and the five agents that called most in the last 24 hours. */
export async function lastDayLeaders(orgId: string): Promise<Leaders> {
  const [leaders] = await database().$queryRaw<Leaders[]>`
    with counts as materialized (
      select * from call_counts(${orgId}::uuid, now() - interval '24 hours')
    ), refused as (
      select s.slug as server, c.tool, sum(c.calls) as count
      from counts c join servers s on s.org_id = ${orgId}::uuid and s.id = c.server_id
      where c.decision in ('denied', 'hidden', 'limited') and not c.observed and s.removed_at is null
      group by s.slug, c.tool
      order by count desc, s.slug, c.tool
      limit 5
    ), busiest as (
      select a.name as agent, sum(c.calls) as count
      from counts c join agents a on a.org_id = ${orgId}::uuid and a.id = c.agent_id
      group by a.name
      order by count desc, a.name
      limit 5
    )
    select
      coalesce((select json_agg(refused) from refused), '[]') as "mostRefusedTools",
      coalesce((select json_agg(busiest) from busiest), '[]') as "busiestAgents"`;
  return leaders ?? { mostRefusedTools: [], busiestAgents: [] };
}

function isDecision(text: string): text is Decision {
  return ["allowed", "limited", "approval", "denied", "hidden"].includes(text);
}
