import "server-only";
import { database } from "#lib/db.ts";

/** Whether this process reaches the database within two seconds. */
export async function isDatabaseReachable(): Promise<boolean> {
  try {
    await Promise.race([
      database().$queryRaw`select 1`,
      new Promise((_, reject) => setTimeout(reject, 2_000)),
    ]);
    return true;
  } catch {
    return false;
  }
}
