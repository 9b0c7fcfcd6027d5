import { expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { expectRefusal } from "#lib/testing/expectations.ts";
import { makeUser } from "#lib/testing/factories.ts";
import { confirmPassword, hasPassword } from "./confirm.ts";
import { checkUserSession, endUserSession, openUserSession } from "./sessions.ts";
import { createUserAccount } from "./users.ts";

const password = "correct horse battery";

async function signedIn() {
  const email = `confirm-${crypto.randomUUID()}@example.test`;
  const user = await createUserAccount({ name: "Person", email, password });
  const session = await openUserSession(user.id);
  await database().userSession.update({
    where: { id: session.id },
    data: { authenticatedAt: new Date(0) },
  });
  return { id: user.id, sessionId: session.id };
}

const ageOf = async (sessionId: string) =>
  Date.now() - ((await checkUserSession(sessionId))?.authenticatedAt.getTime() ?? 0);

test("signing in is fresh, and so is confirming the password, for that browser only", async () => {
  const person = await signedIn();
  const other = await openUserSession(person.id);
  expect(await ageOf(other.id)).toBeLessThan(60_000);
  await database().userSession.update({
    where: { id: other.id },
    data: { authenticatedAt: new Date(0) },
  });
  await confirmPassword(person, { password });
  expect(await ageOf(person.sessionId)).toBeLessThan(60_000);
  expect(await ageOf(other.id)).toBeGreaterThan(60_000);
});

test("a wrong password confirms nothing and is named at its field", async () => {
  const person = await signedIn();
  const refusal = await expectRefusal(
    confirmPassword(person, { password: "wrong" }),
    "invalid_input",
  );
  expect(refusal.fields).toEqual({ password: ["This is not your password"] });
  expect(await ageOf(person.sessionId)).toBeGreaterThan(60_000);
});

test("a password cannot be guessed here: ten attempts in 15 minutes", async () => {
  const person = await signedIn();
  for (let round = 0; round < 10; round += 1) {
    await expectRefusal(confirmPassword(person, { password: "wrong" }), "invalid_input");
  }
  await expectRefusal(confirmPassword(person, { password }), "rate_limited");
});

test("somebody else's session, or one that has ended, is not made fresh", async () => {
  const [person, stranger] = await Promise.all([signedIn(), signedIn()]);
  const mixed = { id: person.id, sessionId: stranger.sessionId };
  await expectRefusal(confirmPassword(mixed, { password }), "unauthenticated");
  expect(await ageOf(stranger.sessionId)).toBeGreaterThan(60_000);
  await endUserSession(person.sessionId);
  await expectRefusal(confirmPassword(person, { password }), "unauthenticated");
});

test("an account without a password is sent to its provider", async () => {
  const user = await makeUser();
  const session = await openUserSession(user.id);
  expect(await hasPassword(user.id)).toBe(false);
  const refusal = await expectRefusal(
    confirmPassword({ id: user.id, sessionId: session.id }, { password }),
    "invalid_input",
  );
  expect(refusal.message).toContain("provider");
});
