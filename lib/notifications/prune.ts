import type { Pool } from "pg";

const keptDays = 30;

/**
 * Forgets deliveries that came to their end more than 30 days ago (no tenant: the sweeper's).
 * @returns how many
 */
export async function pruneDeliveries(pool: Pick<Pool, "query">): Promise<number> {
  const { rowCount } = await pool.query(
    "delete from notification_deliveries where finished_at < now() - make_interval(days => $1)",
    [keptDays],
  );
  return rowCount ?? 0;
}
