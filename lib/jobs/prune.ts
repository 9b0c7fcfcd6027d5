import type { Pool } from "pg";

const keptDays = 30;

/**
 * Forgets jobs that ended and were asked for more than 30 days ago (no tenant: the sweeper's).
 * @returns how many
 */
export async function pruneJobs(pool: Pick<Pool, "query">): Promise<number> {
  const { rowCount } = await pool.query(
    `delete from jobs where state in ('done', 'failed')
      and created_at < now() - make_interval(days => $1)`,
    [keptDays],
  );
  return rowCount ?? 0;
}
