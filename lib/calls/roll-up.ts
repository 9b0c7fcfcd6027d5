import type { Pool } from "pg";

/**
 * Counts the calls of hours that are over, so that lists and the overview need not read them again.
 * Any process may do it; one at a time does. Without it counts are right and cost more.
 */
export async function rollUpCalls(pool: Pick<Pool, "query">): Promise<void> {
  await pool.query("select roll_up_calls()");
}
