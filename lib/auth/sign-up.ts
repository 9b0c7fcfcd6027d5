import { database, type Transaction } from "#lib/db.ts";
import { type Env, env } from "#lib/env.ts";
import { AppError } from "#lib/errors.ts";
import type { SignUp } from "./schema.ts";
import { openUserSession } from "./sessions.ts";
import { requestSignInLink } from "./sign-in-links.ts";
import { takeThrottle } from "./throttle.ts";
import type { SignedIn } from "./user.ts";
import { createUserAccount } from "./users.ts";

type Settings = Pick<Env, "SIGN_UP" | "smtp">;

/**
 * How somebody without an account gets one: at once, as the `first` of all or because the operator
 * keeps sign-up `open`; by a link in a mail (`confirmed`); or not here (`closed`).
 */
export type SignUpWay = "first" | "open" | "confirmed" | "closed";

/** The way that is open now (no tenant). */
export async function signUpWay({ SIGN_UP, smtp }: Settings = env()): Promise<SignUpWay> {
  if (SIGN_UP === "open") return "open";
  if (!(await database().user.findFirst({ select: { id: true } }))) return "first";
  return smtp === null ? "closed" : "confirmed";
}

export interface SignUpForm {
  email: string;
  /** Path to go to afterwards, known to be of this site. */
  next: string | null;
  /** Both or neither: where a link is mailed, they are asked for later. */
  name: string | undefined;
  password: string | undefined;
}

/**
 * Signs somebody up (no tenant). Unless sign-up is `open`, nothing tells whether an address has an
 * account: while there is none at all nobody can be found out, and after that only a mail says more.
 *
 * @param address network address of whoever asks, 30 an hour
 * @returns the new account, signed in; null when a link has been mailed instead
 * @throws AppError `invalid_input`, `forbidden` (closed), `conflict` (open, and taken), `rate_limited`
 */
export async function signUp(
  { email, next, name, password }: SignUpForm,
  address: string,
  settings: Settings = env(),
): Promise<SignedIn | null> {
  const way = await signUpWay(settings);
  if (way === "closed") {
    throw new AppError(
      "forbidden",
      "Sign-up is closed here. Ask whoever runs this Callgate for an account.",
    );
  }
  if (way === "confirmed" || (password === undefined && settings.smtp !== null)) {
    await requestSignInLink({ email, next }, address, settings);
    return null;
  }
  const window = { max: 30, windowSeconds: 60 * 60 };
  await takeThrottle({ purpose: "sign-up:address", subject: address, ...window });
  const account = { name: name ?? "", email, password: password ?? "" };
  // Nobody finishes such an account between its making and its first session.
  if (way === "open") {
    return database().$transaction((transaction) => openAccount(transaction, account, null));
  }
  const first = await createFirstAccount(account);
  // Somebody else was first, and this one is answered like everybody after.
  return first ?? signUp({ email, next, name, password }, address, settings);
}

/** Null when there is an account by now. */
function createFirstAccount(account: SignUp): Promise<SignedIn | null> {
  return database().$transaction(async (transaction) => {
    await transaction.$executeRaw`select pg_advisory_xact_lock(hashtext('callgate.first-account'))`;
    if (await transaction.user.findFirst({ select: { id: true } })) return null;
    return openAccount(transaction, account, new Date());
  });
}

async function openAccount(
  transaction: Transaction,
  account: SignUp,
  emailVerifiedAt: Date | null,
): Promise<SignedIn> {
  const user = await createUserAccount(account, emailVerifiedAt, transaction);
  return { user, session: await openUserSession(user.id, transaction) };
}
