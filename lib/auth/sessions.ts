import { database, type Transaction } from "#lib/db.ts";
import { isId, newId } from "#lib/ids.ts";
import { type OpenedSession, type User, userFields } from "./user.ts";

const minute = 60_000;
const idleMilliseconds = 12 * 60 * minute;
const absoluteMilliseconds = 7 * 24 * 60 * minute;

/** A browser session of a user (no tenant): ends after 7 days, or 12 hours without use. */
export async function openUserSession(
  userId: string,
  transaction: Pick<Transaction, "userSession"> = database(),
): Promise<OpenedSession> {
  return transaction.userSession.create({
    data: { id: newId(), userId, expiresAt: new Date(Date.now() + absoluteMilliseconds) },
    select: { id: true, expiresAt: true },
  });
}

/**
 * The same for somebody who has proved to know the password of `passwordHash`; null when it is not the
 * account's any more. Changing it waits for this row, or this for the change: no session by the old
 * password is left over.
 */
export async function openPasswordSession(
  userId: string,
  passwordHash: string,
): Promise<OpenedSession | null> {
  const [session] = await database().$queryRaw<OpenedSession[]>`
    insert into user_sessions (id, user_id, expires_at)
    select ${newId()}::uuid, id, ${new Date(Date.now() + absoluteMilliseconds)}
    from users where id = ${userId}::uuid and password_hash = ${passwordHash} for share
    returning id, expires_at as "expiresAt"`;
  return session ?? null;
}

/** Whoever is signed in, and since when that is certain. */
export interface SessionUser extends User {
  sessionId: string;
  /** When the person last proved who they are in this session. */
  authenticatedAt: Date;
}

/**
 * Who a session belongs to, or null when it has ended, lapsed or never was. Its last use is kept to
 * the minute, so that reading pages is not writing rows.
 */
export async function checkUserSession(sessionId: string): Promise<SessionUser | null> {
  if (!isId(sessionId)) return null;
  const now = Date.now();
  const session = await database().userSession.findFirst({
    where: {
      id: sessionId,
      endedAt: null,
      expiresAt: { gt: new Date(now) },
      lastSeenAt: { gt: new Date(now - idleMilliseconds) },
    },
    select: { lastSeenAt: true, authenticatedAt: true, user: { select: userFields } },
  });
  if (!session) return null;
  if (session.lastSeenAt.getTime() < now - minute) {
    await database().userSession.updateMany({
      where: { id: sessionId, endedAt: null },
      data: { lastSeenAt: new Date(now) },
    });
  }
  return { ...session.user, sessionId, authenticatedAt: session.authenticatedAt };
}

/** Signs out one browser; of no consequence when it is out already. */
export async function endUserSession(sessionId: string): Promise<void> {
  if (!isId(sessionId)) return;
  await database().userSession.updateMany({
    where: { id: sessionId, endedAt: null },
    data: { endedAt: new Date() },
  });
}

/** Signs out every browser of a user, except the one that asks when it is named. */
export async function endUserSessions(
  userId: string,
  exceptId?: string,
  transaction: Pick<Transaction, "userSession"> = database(),
): Promise<void> {
  await transaction.userSession.updateMany({
    where: { userId, endedAt: null, ...(exceptId ? { id: { not: exceptId } } : {}) },
    data: { endedAt: new Date() },
  });
}
