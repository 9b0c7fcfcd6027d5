import { database } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";
import { parseInput } from "#lib/input.ts";
import { verifyPassword } from "./password.ts";
import { ConfirmPassword } from "./schema.ts";
import { clearThrottle, takeThrottle } from "./throttle.ts";

const quarterHour = 15 * 60;

/** Whether an account can confirm itself by a password; otherwise its provider has to (no tenant). */
export async function hasPassword(userId: string): Promise<boolean> {
  const user = await database().user.findUnique({
    where: { id: userId },
    select: { passwordHash: true },
  });
  return user?.passwordHash != null;
}

/**
 * Proves that whoever sits at a signed-in browser is its person (no tenant): the session counts as
 * freshly signed in from now on. 10 attempts per account in 15 minutes.
 *
 * @throws AppError `invalid_input` (also when the password is wrong), `unauthenticated` when the
 *   session has ended, `rate_limited`
 */
export async function confirmPassword(
  { id, sessionId }: { id: string; sessionId: string },
  input: ConfirmPassword,
): Promise<void> {
  const { password } = parseInput(ConfirmPassword, input);
  const attempts = { purpose: "confirm-password", subject: id };
  await takeThrottle({ ...attempts, max: 10, windowSeconds: quarterHour });
  const user = await database().user.findUnique({
    where: { id },
    select: { passwordHash: true },
  });
  if (!user?.passwordHash) {
    throw new AppError(
      "invalid_input",
      "This account signs in through a provider. Sign in there again.",
    );
  }
  if (!(await verifyPassword(password, user.passwordHash))) {
    const message = "This is not your password";
    throw new AppError("invalid_input", `${message}.`, { fields: { password: [message] } });
  }
  const { count } = await database().userSession.updateMany({
    where: { id: sessionId, userId: id, endedAt: null },
    data: { authenticatedAt: new Date() },
  });
  if (count === 0) {
    throw new AppError("unauthenticated", "You are signed out. Sign in and try again.");
  }
  await clearThrottle(attempts);
}
