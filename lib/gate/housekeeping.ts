import type { Pool } from "pg";

/** Makes the partitions of the coming months; admission refuses calls that have none. */
export async function ensurePartitions(pool: Pool): Promise<void> {
  await pool.query("select ensure_partitions(3)");
}

/** Forgets windows in which nothing has happened for longer than any window lasts. */
export async function pruneWindows(pool: Pool): Promise<void> {
  await pool.query(
    "delete from throttles where coalesce(stamps[array_upper(stamps, 1)], '-infinity') < now() - interval '1 day'",
  );
  // Limits reach back 31 days at most (lib/policy/document.ts).
  await pool.query(
    "delete from rate_windows where coalesce(stamps[array_upper(stamps, 1)], now()) < now() - interval '32 days'",
  );
}
