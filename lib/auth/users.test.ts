import { createHook } from "node:async_hooks";
import { expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { openMaintenancePool } from "#lib/gate/pool.ts";
import { expectRefusal } from "#lib/testing/expectations.ts";
import { makeUser } from "#lib/testing/factories.ts";
import { checkUserSession, openUserSession } from "./sessions.ts";
import {
  changePassword,
  createUserAccount,
  findUserByEmail,
  linkProviderAccount,
  signInUser,
} from "./users.ts";

const password = "correct horse battery";
let counter = 0;

/** Details nobody used before. */
function details() {
  counter += 1;
  return { name: `Person ${counter}`, email: `person-${counter}@example.test`, password };
}

/** An account, and a network address of its own. */
async function account() {
  const given = details();
  return { ...given, address: `192.0.2.${counter}`, user: await createUserAccount(given) };
}

test("whoever signs up can sign in, however the address is spelled", async () => {
  const given = details();
  const user = await createUserAccount({ ...given, email: ` ${given.email.toUpperCase()} ` });
  expect(user.email).toBe(given.email);
  const fullWidth = given.email.replace("person", "ｐｅｒｓｏｎ");
  for (const email of [given.email, given.email.toUpperCase(), fullWidth]) {
    expect((await signInUser({ email, password }, { address: "192.0.2.200" })).user).toEqual(user);
  }
});

test("neither the account nor its errors contain the password or its hash", async () => {
  const { user, email, address } = await account();
  expect(Object.keys(user).sort()).toEqual(["email", "id", "name"]);
  const refusal = await expectRefusal(
    signInUser({ email, password: "a secret mistake" }, { address }),
    "unauthenticated",
  );
  expect(JSON.stringify([refusal.message, refusal.fields])).not.toContain("a secret mistake");
});

test("the plain password is stored nowhere", async () => {
  const { user } = await account();
  const row = await database().user.findUniqueOrThrow({
    where: { id: user.id },
    select: { passwordHash: true },
  });
  expect(row.passwordHash).toMatch(/^\$argon2id\$/);
  expect(row.passwordHash).not.toContain(password);
});

// Account enumeration: the answer must not tell whether an address has an account.
test("a wrong password and an unknown account get the same answer", async () => {
  const { email, address } = await account();
  const provider = await makeUser();
  const attempts = [email, "nobody@example.test", provider.email].map((tried) =>
    expectRefusal(
      signInUser({ email: tried, password: "wrong password" }, { address }),
      "unauthenticated",
    ),
  );
  const answers = (await Promise.all(attempts)).map(({ message, fields }) => ({ message, fields }));
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
});

test("an unknown account costs as much work as a known one", async () => {
  const { email } = await account();
  const provider = await makeUser();
  for (const tried of [email, "nobody-there@example.test", provider.email]) {
    const address = "198.51.100.1";
    const attempt = () => signInUser({ email: tried, password: "x" }, { address });
    expect([tried, await derivationsOf(() => expectRefusal(attempt(), "unauthenticated"))]).toEqual(
      [tried, 1],
    );
  }
});

/** How often Node derives a key by Argon2 meanwhile; at what cost is password.unit.test.ts's. */
async function derivationsOf(step: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const hook = createHook({
    init: (_, type) => {
      if (type === "ARGON2REQUEST") count += 1;
    },
  }).enable();
  await step();
  hook.disable();
  return count;
}

test("signing up with an address that has an account says nothing about that account", async () => {
  const { email } = await account();
  const refusal = await expectRefusal(
    createUserAccount({ ...details(), email: email.toUpperCase() }),
    "conflict",
  );
  expect(refusal.message).toBe(
    "Could not create an account with these details. If you have one, sign in.",
  );
  expect(refusal.fields).toEqual({});
});

test("passwords cannot be guessed by trying: ten attempts for an account in 15 minutes", async () => {
  const { email, user } = await account();
  for (let round = 0; round < 10; round += 1) {
    const from = { address: `198.51.100.${100 + round}` };
    await expectRefusal(signInUser({ email, password: "wrong" }, from), "unauthenticated");
  }
  const from = { address: "198.51.100.200" };
  const refusal = await expectRefusal(signInUser({ email, password }, from), "rate_limited");
  expect(refusal.message).toBe("Too many attempts. Try again in 15 minutes.");
  expect(user.email).toBe(email);
});

test("an account nobody has is throttled in the same way", async () => {
  const attempt = (round: number) =>
    signInUser(
      { email: "absent@example.test", password: "wrong" },
      { address: `198.51.100.${round}` },
    );
  for (let round = 0; round < 10; round += 1) {
    await expectRefusal(attempt(round), "unauthenticated");
  }
  await expectRefusal(attempt(10), "rate_limited");
});

test("a whole office behind one network address signs in, and its wrong passwords count all the same", async () => {
  const { email } = await account();
  const address = "203.0.113.98";
  for (let round = 0; round < 61; round += 1) await signInUser({ email, password }, { address });
  const attempt = (round: number) =>
    signInUser({ email: `mistyped-${round}@example.test`, password: "wrong" }, { address });
  for (let round = 0; round < 60; round += 1) {
    await expectRefusal(attempt(round), "unauthenticated");
  }
  await expectRefusal(attempt(60), "rate_limited");
});

test("one network address may be wrong 60 times in 15 minutes, whatever the accounts", async () => {
  const address = "203.0.113.99";
  const attempt = (round: number) =>
    signInUser({ email: `sprayed-${round}@example.test`, password: "wrong" }, { address });
  for (let round = 0; round < 60; round += 1) {
    await expectRefusal(attempt(round), "unauthenticated");
  }
  await expectRefusal(attempt(60), "rate_limited");
});

test("signing in takes no attempt, and tells nobody by giving back those of others", async () => {
  const { email, address } = await account();
  const stranger = { address: "198.51.100.240" };
  const guess = () => signInUser({ email, password: "wrong" }, stranger);
  for (let round = 0; round < 9; round += 1) await expectRefusal(guess(), "unauthenticated");
  for (let round = 0; round < 12; round += 1) {
    await signInUser({ email, password }, { address });
  }
  await expectRefusal(guess(), "unauthenticated");
  await expectRefusal(guess(), "rate_limited");
});

test("changing the password ends every other session and the old password", async () => {
  const { user, email, address } = await account();
  const [mine, other] = await Promise.all([openUserSession(user.id), openUserSession(user.id)]);
  const bystander = await makeUser();
  const theirs = await openUserSession(bystander.id);
  const next = "another long password";
  await changePassword(user.id, { current: password, next }, mine.id);
  expect(await checkUserSession(mine.id)).not.toBeNull();
  expect(await checkUserSession(other.id)).toBeNull();
  expect(await checkUserSession(theirs.id)).not.toBeNull();
  await expectRefusal(signInUser({ email, password }, { address }), "unauthenticated");
  await signInUser({ email, password: next }, { address });
});

/** Lets each of `steps` run until it waits for the account's row, in this order, then lets go of it. */
async function inOrder(userId: string, steps: (() => Promise<unknown>)[]) {
  const pool = openMaintenancePool(process.env.DATABASE_URL ?? "");
  const holder = await pool.connect();
  const running: Promise<unknown>[] = [];
  const waiting = async () => {
    const [row] = await database().$queryRaw<{ count: number }[]>`
      select count(*)::int as count from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    return row?.count;
  };
  try {
    await holder.query("begin");
    await holder.query("select 1 from users where id = $1 for update", [userId]);
    for (const step of steps) {
      running.push(step());
      await expect.poll(waiting, { timeout: 10_000, interval: 10 }).toBe(running.length);
    }
  } finally {
    await holder.query("commit");
    holder.release();
    await pool.end();
  }
  const ends = await Promise.allSettled(running);
  return ends.map(({ status }) => status);
}

// A guess that was right must not outlive the change that is the answer to it.
test("no session by the old password is left over from a sign-in while it changes", async () => {
  const { user, email, address } = await account();
  const mine = await openUserSession(user.id);
  const next = "another long password";
  const change = () => changePassword(user.id, { current: password, next }, mine.id);
  const back = () => changePassword(user.id, { current: next, next: password }, mine.id);
  const signIn = (typed: string) => () => signInUser({ email, password: typed }, { address });
  expect(await inOrder(user.id, [change, signIn(password)])).toEqual(["fulfilled", "rejected"]);
  expect(await inOrder(user.id, [signIn(next), back])).toEqual(["fulfilled", "fulfilled"]);
  const left = await database().userSession.findMany({ where: { userId: user.id, endedAt: null } });
  expect(left.map(({ id }) => id)).toEqual([mine.id]);
});

test("of two changes of a password at once, the second does not undo the first", async () => {
  const { user, email, address } = await account();
  const { id } = await openUserSession(user.id);
  const [first, second] = ["the first new password", "the second new password"];
  const changes = [first, second].map(
    (next) => () => changePassword(user.id, { current: password, next }, id),
  );
  expect(await inOrder(user.id, changes)).toEqual(["fulfilled", "rejected"]);
  await signInUser({ email, password: first }, { address });
});

test("a wrong present password changes nothing and is named at its field", async () => {
  const { user, email, address } = await account();
  const session = await openUserSession(user.id);
  const refusal = await expectRefusal(
    changePassword(user.id, { current: "not it", next: "another long password" }, session.id),
    "invalid_input",
  );
  expect(refusal.fields).toEqual({ current: ["This is not your present password"] });
  await signInUser({ email, password }, { address });
});

test("a short password is refused with its rule", async () => {
  const refusal = await expectRefusal(
    createUserAccount({ ...details(), password: "short" }),
    "invalid_input",
  );
  expect(refusal.fields.password).toEqual(["Use at least 12 characters"]);
});

test("a provider's account is the same user at every sign-in, also when the address changed", async () => {
  const given = {
    provider: "github",
    providerAccountId: "4711",
    email: "Octo@Example.test",
    emailVerified: true,
    name: "Octo",
  };
  const [first, second] = await Promise.all([
    linkProviderAccount(given),
    linkProviderAccount(given),
  ]);
  expect(second).toEqual(first);
  const later = await linkProviderAccount({ ...given, email: "new@example.test" });
  expect(later).toEqual(first);
  expect(first.email).toBe("octo@example.test");
});

// Account pre-hijacking: whoever made the account with a password has not proved the address.
test("a provider's account never takes over, or joins, an account made with a password", async () => {
  const { user, email, address } = await account();
  await expectRefusal(
    linkProviderAccount({
      provider: "google",
      providerAccountId: "someone",
      email,
      emailVerified: true,
      name: "Someone",
    }),
    "conflict",
  );
  expect((await signInUser({ email, password }, { address })).user).toEqual(user);
});

test("an address the provider has not verified opens no account", async () => {
  await expectRefusal(
    linkProviderAccount({
      provider: "oidc",
      providerAccountId: "1",
      email: "unverified@example.test",
      emailVerified: false,
      name: "Unverified",
    }),
    "unauthenticated",
  );
  expect(await findUserByEmail("unverified@example.test")).toBeNull();
});
