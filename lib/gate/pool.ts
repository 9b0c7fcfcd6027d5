import pg from "pg";

/**
 * The proxy's own connections, apart from Prisma's: admissions go through prepared statements whose
 * cost is the round trip. Everything on them is short; a lock that does not come within a second is
 * a refusal, not a queue. A database that no longer answers at all is given up on as well; its
 * connection is thrown away.
 */
export function openGatePool(connectionString: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max: 6,
    application_name: "callgate-proxy",
    options: "-c lock_timeout=1000 -c statement_timeout=2000 -c plan_cache_mode=force_generic_plan",
    connectionTimeoutMillis: 2000,
    query_timeout: 3000,
  });
  // A lost idle connection is not an event: the next query opens another or fails closed.
  pool.on("error", () => {});
  return pool;
}
