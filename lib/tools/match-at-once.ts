import { database, type Transaction } from "#lib/db.ts";

/**
 * Runs statements that match a server's thousands of tools with as many other rows. Rows that were written a
 * moment ago are few to Postgres' planner, which would go through all of the ones for each of the others.
 */
export async function withoutLoops<Result>(
  transaction: Transaction,
  run: () => Promise<Result>,
): Promise<Result> {
  await transaction.$executeRaw`set local enable_nestloop = off`;
  const result = await run();
  await transaction.$executeRaw`set local enable_nestloop = on`;
  return result;
}

/** The same in a transaction of its own. */
export function matchAtOnce<Result>(
  run: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  return database().$transaction(
    (transaction) => withoutLoops(transaction, () => run(transaction)),
    { timeout: 30_000 },
  );
}
