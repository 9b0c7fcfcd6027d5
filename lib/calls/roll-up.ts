import { database } from "#lib/db.ts";

/**
 * Counts the calls of hours that are over, so that lists and the overview need not read them again.
 * Any process may do it; one at a time does. Without it counts are right and cost more.
 */
export async function rollUpCalls(): Promise<void> {
  await database().$executeRaw`select roll_up_calls()`;
}
