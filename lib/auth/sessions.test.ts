import { expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { makeUser } from "#lib/testing/factories.ts";
import { checkUserSession, endUserSession, endUserSessions, openUserSession } from "./sessions.ts";

const minute = 60_000;

function ago(milliseconds: number): Date {
  return new Date(Date.now() - milliseconds);
}

async function openSession() {
  const user = await makeUser();
  return { user, session: await openUserSession(user.id) };
}

function setSession(id: string, data: { lastSeenAt?: Date; expiresAt?: Date }) {
  return database().userSession.update({ where: { id }, data });
}

test("an open session says whose it is and lasts seven days at most", async () => {
  const { user, session } = await openSession();
  const seen = await checkUserSession(session.id);
  expect(seen).toEqual({ ...user, sessionId: session.id, authenticatedAt: expect.any(Date) });
  const days = (session.expiresAt.getTime() - Date.now()) / (24 * 60 * minute);
  expect(days).toBeGreaterThan(6.99);
  expect(days).toBeLessThanOrEqual(7);
});

test("a session ends after twelve hours without use", async () => {
  const { session } = await openSession();
  await setSession(session.id, { lastSeenAt: ago(12 * 60 * minute - minute) });
  expect(await checkUserSession(session.id)).not.toBeNull();
  await setSession(session.id, { lastSeenAt: ago(12 * 60 * minute + 1000) });
  expect(await checkUserSession(session.id)).toBeNull();
});

test("use does not keep a session beyond its seven days", async () => {
  const { session } = await openSession();
  await setSession(session.id, { expiresAt: ago(1) });
  expect(await checkUserSession(session.id)).toBeNull();
});

test("the last use is kept to the minute", async () => {
  const { session } = await openSession();
  const recent = ago(30_000);
  await setSession(session.id, { lastSeenAt: recent });
  await checkUserSession(session.id);
  const seen = () => database().userSession.findUniqueOrThrow({ where: { id: session.id } });
  expect((await seen()).lastSeenAt).toEqual(recent);
  await setSession(session.id, { lastSeenAt: ago(2 * minute) });
  await checkUserSession(session.id);
  expect((await seen()).lastSeenAt.getTime()).toBeGreaterThan(Date.now() - minute);
});

test("signing out ends this session and no other", async () => {
  const { user, session } = await openSession();
  const other = await openUserSession(user.id);
  await endUserSession(session.id);
  expect(await checkUserSession(session.id)).toBeNull();
  expect(await checkUserSession(other.id)).not.toBeNull();
  await endUserSessions(user.id);
  expect(await checkUserSession(other.id)).toBeNull();
});

test("what is no session is nobody's", async () => {
  for (const id of ["", "x", newId(), "00000000-0000-0000-0000-00000000000'"]) {
    expect(await checkUserSession(id)).toBeNull();
  }
});
