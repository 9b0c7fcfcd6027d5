import { database, isUniqueViolation, type Transaction } from "#lib/db.ts";
import { AppError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import { parseInput } from "#lib/input.ts";
import { decoyHash, hashPassword, verifyPassword } from "./password.ts";
import { ChangePassword, Email, ProviderAccount, SignIn, SignUp } from "./schema.ts";
import { endUserSessions, openPasswordSession } from "./sessions.ts";
import { clearThrottle, returnAttempt, takeThrottle } from "./throttle.ts";
import { type SignedIn, type User, userFields } from "./user.ts";

export type { User } from "./user.ts";

const quarterHour = 15 * 60;

/**
 * A new account with a password (no tenant). One message for everything that the existence of
 * another account could cause, and the work is done before it is known.
 *
 * @param emailVerifiedAt since when the address is known to be the person's; null when anybody may
 *   have typed it: whoever proves to own it finishes the account anew
 * @throws AppError `invalid_input`, `conflict`
 */
export async function createUserAccount(
  input: SignUp,
  emailVerifiedAt: Date | null = new Date(),
  transaction: Pick<Transaction, "user"> = database(),
): Promise<User> {
  const { name, email, password } = parseInput(SignUp, input);
  const passwordHash = await hashPassword(password);
  try {
    return await transaction.user.create({
      data: { id: newId(), email, name, passwordHash, emailVerifiedAt },
      select: userFields,
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new AppError(
      "conflict",
      "Could not create an account with these details. If you have one, sign in.",
    );
  }
}

/**
 * Signs in with a password (no tenant). Unknown account, account without a password and wrong password
 * cost the same work and give the same answer. 10 failures per account and 60 per address in 15 minutes,
 * and 600 attempts per address: a whole office may have one.
 *
 * @throws AppError `invalid_input`, `unauthenticated`, `rate_limited`
 */
export async function signInUser(
  input: SignIn,
  { address }: { address: string },
): Promise<SignedIn> {
  const { email, password } = parseInput(SignIn, input);
  const every = { purpose: "sign-in:attempts", subject: address };
  const here = { purpose: "sign-in:address", subject: address };
  const account = { purpose: "sign-in:account", subject: email };
  await takeThrottle({ ...every, max: 600, windowSeconds: quarterHour });
  await takeThrottle({ ...here, max: 60, windowSeconds: quarterHour });
  await takeThrottle({ ...account, max: 10, windowSeconds: quarterHour });
  const found = await database().user.findUnique({
    where: { email },
    select: { ...userFields, passwordHash: true },
  });
  const matches = await verifyPassword(password, found?.passwordHash ?? decoyHash);
  const session =
    found?.passwordHash && matches ? await openPasswordSession(found.id, found.passwordHash) : null;
  if (!found || !session) {
    throw new AppError(
      "unauthenticated",
      "This address and password do not belong together. Check both and try again.",
    );
  }
  await returnAttempt(account);
  await returnAttempt(here);
  return { user: { id: found.id, email: found.email, name: found.name }, session };
}

/**
 * Replaces a password and ends every other session of the account (no tenant).
 *
 * @param keepSessionId the session that asks; it goes on
 * @throws AppError `invalid_input` (also when `current` is wrong), `rate_limited`, `not_found`
 */
export async function changePassword(
  userId: string,
  input: ChangePassword,
  keepSessionId: string,
): Promise<void> {
  const { current, next } = parseInput(ChangePassword, input);
  const attempts = { purpose: "change-password", subject: userId };
  await takeThrottle({ ...attempts, max: 10, windowSeconds: quarterHour });
  const user = await database().user.findUnique({
    where: { id: userId },
    select: { passwordHash: true },
  });
  if (!user) throw new AppError("not_found", "This account does not exist.");
  if (!user.passwordHash) {
    throw new AppError(
      "invalid_input",
      "This account signs in through a provider and has no password to change.",
    );
  }
  if (!(await verifyPassword(current, user.passwordHash))) throw notPresentPassword();
  const passwordHash = await hashPassword(next);
  await database().$transaction(async (transaction) => {
    const { count } = await transaction.user.updateMany({
      where: { id: userId, passwordHash: user.passwordHash },
      data: { passwordHash, passwordChangedAt: new Date() },
    });
    // Somebody else has changed it meanwhile, such as its owner by a link.
    if (count === 0) throw notPresentPassword();
    await endUserSessions(userId, keepSessionId, transaction);
  });
  await clearThrottle(attempts);
}

function notPresentPassword(): AppError {
  const message = "This is not your present password";
  return new AppError("invalid_input", `${message}.`, { fields: { current: [message] } });
}

/**
 * The account of somebody whom a provider vouches for (no tenant): the one linked before, else a new
 * one. An existing account of the same address is never taken over: nobody has proved that whoever
 * made it owns the address, and whoever did would keep the password to it.
 *
 * @throws AppError `invalid_input`, `unauthenticated` (address not verified), `conflict` (taken)
 */
export async function linkProviderAccount(input: ProviderAccount): Promise<User> {
  const account = parseInput(ProviderAccount, input);
  const { provider, providerAccountId, email, name } = account;
  const known = await findLinked(provider, providerAccountId);
  if (known) return known;
  if (!account.emailVerified) {
    throw new AppError(
      "unauthenticated",
      "The provider has not verified your e-mail address. Verify it there and sign in again.",
    );
  }
  try {
    return await database().user.create({
      data: {
        id: newId(),
        email,
        name,
        emailVerifiedAt: new Date(),
        identities: { create: { provider, providerAccountId } },
      },
      select: userFields,
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    // Of two first sign-ins at once, one made the account and the other finds it.
    const made = await findLinked(provider, providerAccountId);
    if (made) return made;
    throw new AppError(
      "conflict",
      "An account with this address exists already. Sign in the way you did before.",
    );
  }
}

/** The account of an address; for the operator's command line (no tenant). */
export async function findUserByEmail(email: string): Promise<User | null> {
  const parsed = Email.safeParse(email);
  if (!parsed.success) return null;
  return database().user.findUnique({ where: { email: parsed.data }, select: userFields });
}

async function findLinked(provider: string, providerAccountId: string): Promise<User | null> {
  const identity = await database().userIdentity.findUnique({
    where: { provider_providerAccountId: { provider, providerAccountId } },
    select: { user: { select: userFields } },
  });
  return identity?.user ?? null;
}
