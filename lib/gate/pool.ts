import pg from "pg";

/**
 * The proxy's own connections, apart from Prisma's: admissions go through prepared statements whose
 * cost is the round trip. Everything on them is short; a lock that does not come within a second is
 * a refusal, not a queue. A database that no longer answers at all is given up on as well; its
 * connection is thrown away.
 *
 * @param parseJson reads columns of JSON; the proxy has a reader that V8's faults do not reach
 */
export function openGatePool(
  connectionString: string,
  parseJson: (text: string) => unknown = JSON.parse,
): pg.Pool {
  const isJson = (oid: number) => oid === pg.types.builtins.JSON || oid === pg.types.builtins.JSONB;
  const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: "text" | "binary") =>
    isJson(oid) && format !== "binary" ? parseJson : pg.types.getTypeParser(oid, format ?? "text");
  const pool = new pg.Pool({
    connectionString,
    types: { getTypeParser },
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

/** One connection for what a proxy does in the background, where a statement may take its time. */
export function openMaintenancePool(connectionString: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max: 1,
    application_name: "callgate-maintenance",
    options: "-c lock_timeout=5000 -c statement_timeout=60000",
    connectionTimeoutMillis: 5000,
  });
  pool.on("error", () => {});
  return pool;
}
