import type { Pool, PoolClient } from "pg";

/** What is asked over this pool from now on, by the statement's name or text. */
export function logStatements(pool: Pool): string[] {
  const asked: string[] = [];
  const watched = new WeakSet<PoolClient>();
  pool.on("acquire", (client) => {
    if (watched.has(client)) return;
    watched.add(client);
    const query = client.query.bind(client) as (...values: unknown[]) => unknown;
    client.query = (...values: unknown[]): never => {
      const [statement] = values as [string | { name?: string; text: string }];
      asked.push(typeof statement === "string" ? statement : (statement.name ?? statement.text));
      // Whatever it gave, the caller gets it.
      return query(...values) as never;
    };
  });
  return asked;
}
