import type { Pool } from "pg";

/**
 * Forgets links by e-mail a day after they lapsed (no tenant: the sweeper's).
 * @returns how many
 */
export async function pruneSignInLinks(pool: Pick<Pool, "query">): Promise<number> {
  const { rowCount } = await pool.query(
    "delete from sign_in_links where expires_at < now() - interval '1 day'",
  );
  return rowCount ?? 0;
}
