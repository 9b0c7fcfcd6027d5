import { createHash } from "node:crypto";
import { database } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";

export interface Throttle {
  /** What is counted: `sign-in:account` and the like. */
  purpose: string;
  /** Who is counted: an address or an account; only a digest of it is stored. */
  subject: string;
  max: number;
  windowSeconds: number;
}

/**
 * Takes one attempt out of a rolling window that all processes share.
 * @throws AppError `rate_limited` with the seconds until the next attempt
 */
export async function takeThrottle(throttle: Throttle): Promise<void> {
  const { max, windowSeconds } = throttle;
  const [row] = await database().$queryRaw<{ wait: number | null }[]>`
    select take_throttle(${keyOf(throttle)}, ${max}::int, ${windowSeconds}::int) as wait`;
  if (!row || row.wait === null) return;
  const retryAfterSeconds = Math.max(1, Math.ceil(row.wait / 1000));
  const minutes = Math.ceil(retryAfterSeconds / 60);
  throw new AppError(
    "rate_limited",
    `Too many attempts. Try again in ${minutes} ${minutes === 1 ? "minute" : "minutes"}.`,
    { retryAfterSeconds },
  );
}

/**
 * Gives the latest attempt back, which was no failure. Forgetting the others as well would tell whoever
 * made them that somebody else got in. For throttles of at most 1,000 (`window_take`).
 */
export async function returnAttempt(
  throttle: Pick<Throttle, "purpose" | "subject">,
): Promise<void> {
  await database().$executeRaw`
    update throttles
    set stamps = trim_array(stamps, 1), counts = trim_array(counts, 1), total = total - 1
    where key = ${keyOf(throttle)} and cardinality(stamps) > 0`;
}

/** Forgets the attempts of whoever has just proved to be the right one. */
export async function clearThrottle(
  throttle: Pick<Throttle, "purpose" | "subject">,
): Promise<void> {
  await database().throttle.deleteMany({ where: { key: keyOf(throttle) } });
}

function keyOf({ purpose, subject }: Pick<Throttle, "purpose" | "subject">): string {
  return `${purpose}:${createHash("sha256").update(subject).digest("hex").slice(0, 32)}`;
}
