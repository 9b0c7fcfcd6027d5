import { hash } from "node:crypto";
import { database, type Transaction } from "#lib/db.ts";
import { type Env, env } from "#lib/env.ts";
import { AppError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import { parseInput } from "#lib/input.ts";
import { hashPassword } from "./password.ts";
import { FinishAccount, NewPassword, RequestLink } from "./schema.ts";
import { endUserSessions, openUserSession } from "./sessions.ts";
import { takeThrottle } from "./throttle.ts";
import { type SignedIn, type User, userFields } from "./user.ts";

const hour = 60 * 60;

/**
 * Asks for a link by e-mail (no tenant): to sign in, or to finish an account that is not there yet. The
 * same is done and answered whoever the address belongs to; only who reads the mail learns more.
 *
 * @param input.next path to go to afterwards, known to be of this site
 * @param address network address of whoever asks, 30 an hour; of each e-mail address 5
 * @throws AppError `invalid_input`, `unavailable` (no mail server), `rate_limited`
 */
export async function requestSignInLink(
  input: RequestLink,
  address: string,
  { smtp }: Pick<Env, "smtp"> = env(),
): Promise<void> {
  const { email, next } = parseInput(RequestLink, input);
  if (smtp === null) {
    throw new AppError("unavailable", "This Callgate has no mail server, so it sends no links.");
  }
  await takeThrottle({ purpose: "link:address", subject: address, max: 30, windowSeconds: hour });
  await takeThrottle({ purpose: "link:email", subject: email, max: 5, windowSeconds: hour });
  const expiresAt = new Date(Date.now() + hour * 1000);
  await database().$transaction([
    database().signInLink.create({ data: { id: newId(), email, next, expiresAt } }),
    database().$executeRaw`select pg_notify('callgate_notifications', '')`,
  ]);
}

/** What a link does: signs in to an account, or finishes one. */
export interface SignInLinkDetail {
  email: string;
  isNew: boolean;
}

/** What a link would do, which changes nothing: programs open links in mail. Null: it does nothing any more. */
export async function findSignInLink(token: string): Promise<SignInLinkDetail | null> {
  const link = await database().signInLink.findFirst({
    where: { tokenDigest: digestOf(token), usedAt: null, expiresAt: { gt: new Date() } },
    select: { email: true },
  });
  if (!link) return null;
  const user = await database().user.findFirst({
    where: { email: link.email, emailVerifiedAt: { not: null } },
    select: { id: true },
  });
  return { email: link.email, isNew: user === null };
}

/**
 * Uses a link up, once, whoever else tries (no tenant). An account whose address nobody had proved
 * becomes that of whoever opened the mail: other browsers and its password are out.
 *
 * @param input name and password for an account that is not finished; for one that is, `newPassword`
 *   in place of a forgotten one, which signs out every other browser
 * @returns who has signed in and where to go; null when the link does nothing any more
 * @throws AppError `invalid_input`; the link then still works
 */
export async function redeemSignInLink(
  token: string,
  input: {
    name?: string | undefined;
    password?: string | undefined;
    newPassword?: string | undefined;
  },
): Promise<(SignedIn & { next: string | null; isNew: boolean }) | null> {
  return database().$transaction(async (transaction) => {
    // The row is locked from here on, so a second browser waits and finds it used.
    const [link] = await transaction.$queryRaw<{ email: string; next: string | null }[]>`
      update sign_in_links set used_at = now(), mailed_at = coalesce(mailed_at, now())
      where token_digest = ${digestOf(token)} and used_at is null and expires_at > now()
      returning email, next`;
    if (!link) return null;
    const { email, next } = link;
    // So is the account's: a password that another link sets ends this session, or this waits for it.
    const [known] = await transaction.$queryRaw<User[]>`
      select id, email, name from users
      where email = ${email} and email_verified_at is not null for no key update`;
    if (known) {
      if (input.newPassword) await replacePassword(transaction, known.id, input.newPassword);
      const session = await openUserSession(known.id, transaction);
      return { user: known, session, next, isNew: false };
    }
    const { name, password } = input;
    await finishAccount(transaction, email, parseInput(FinishAccount, { name, password }));
    const user = await transaction.user.findUniqueOrThrow({ where: { email }, select: userFields });
    const session = await openUserSession(user.id, transaction);
    return { user, session, next, isNew: true };
  });
}

/** SHA-256 of a link's token: all of it that is stored. */
export function digestOf(token: string): Buffer<ArrayBuffer> {
  return Buffer.from(hash("sha256", token, "buffer"));
}

async function replacePassword(
  transaction: Transaction,
  userId: string,
  typed: string,
): Promise<void> {
  const { newPassword } = parseInput(NewPassword, { newPassword: typed });
  await transaction.user.update({
    where: { id: userId },
    data: { passwordHash: await hashPassword(newPassword), passwordChangedAt: new Date() },
  });
  await endUserSessions(userId, undefined, transaction);
}

/** Of two links to the same new account used at once, the first makes it. */
async function finishAccount(
  transaction: Transaction,
  email: string,
  { name, password }: FinishAccount,
): Promise<void> {
  const [user] = await transaction.$queryRaw<{ id: string }[]>`
    insert into users (id, email, name, password_hash, email_verified_at)
    values (${newId()}::uuid, ${email}, ${name}, ${await hashPassword(password)}, now())
    on conflict (email) do update set name = excluded.name, password_hash = excluded.password_hash,
      password_changed_at = now(), email_verified_at = now()
    where users.email_verified_at is null
    returning id`;
  if (user) await endUserSessions(user.id, undefined, transaction);
}
