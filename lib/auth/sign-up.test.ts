import { expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { expectRefusal } from "#lib/testing/expectations.ts";
import { checkUserSession } from "./sessions.ts";
import { signUp, signUpWay } from "./sign-up.ts";
import { signInUser } from "./users.ts";

const password = "correct horse battery";
const smtp = { url: "smtp://127.0.0.1:9", from: "Callgate <callgate@example.test>" };
const confirmed = { SIGN_UP: "confirmed", smtp } as const;
const closed = { SIGN_UP: "confirmed", smtp: null } as const;
const open = { SIGN_UP: "open", smtp: null } as const;

let counter = 0;
/** What the form of a person of their own sends. */
function form(email?: string) {
  counter += 1;
  return {
    name: `Person ${counter}`,
    email: email ?? `person-${counter}@example.test`,
    password,
    next: null,
  };
}

/** Addresses with how many accounts and links each has. */
async function standing(emails: string[]) {
  return Promise.all(
    emails.map(async (email) => ({
      accounts: await database().user.count({ where: { email } }),
      links: await database().signInLink.count({ where: { email } }),
    })),
  );
}

test("of those who sign up first at once, one has an account without a mail, and all others are answered alike", async () => {
  expect(await signUpWay(closed)).toBe("first");
  const forms = Array.from({ length: 6 }, () => form());
  const answers = await Promise.all(forms.map((each) => signUp(each, "192.0.2.1", confirmed)));
  const made = answers.filter((answer) => answer !== null);
  expect(made).toHaveLength(1);
  expect(await database().user.count()).toBe(1);
  expect(await database().signInLink.count()).toBe(5);
  const [first] = made;
  const signedIn = await signInUser(
    { email: first?.user.email ?? "", password },
    { address: "192.0.2.1" },
  );
  expect(signedIn.user).toEqual(first?.user);
  expect(await signUpWay(confirmed)).toBe("confirmed");
});

// Account enumeration: neither the answer nor what is stored tells whether an address has an account.
test("with a mail server, a free and a taken address get the same answer, and nothing but a link", async () => {
  const { email: taken } = await database().user.findFirstOrThrow();
  const { email: free } = form();
  for (const email of [taken, free]) {
    const sent = { email, next: "/orgs", name: undefined, password: undefined };
    expect(await signUp(sent, "192.0.2.2", confirmed)).toBeNull();
    expect(await signUp(form(email), "192.0.2.2", confirmed)).toBeNull();
  }
  expect(await standing([taken, free])).toEqual([
    { accounts: 1, links: 2 },
    { accounts: 0, links: 2 },
  ]);
});

test("without a mail server, sign-up is closed after the first account, in the same words for all", async () => {
  expect(await signUpWay(closed)).toBe("closed");
  const { email: taken } = await database().user.findFirstOrThrow();
  const free = form();
  const words = [];
  for (const each of [form(taken), free]) {
    const { message, fields } = await expectRefusal(signUp(each, "192.0.2.3", closed), "forbidden");
    words.push({ message, fields });
  }
  expect(words[0]).toEqual(words[1]);
  expect(await standing([free.email])).toEqual([{ accounts: 0, links: 0 }]);
});

test("open sign-up makes the account at once, and one that is taken is not touched", async () => {
  expect(await signUpWay(open)).toBe("open");
  const given = form();
  const made = await signUp(given, "192.0.2.4", open);
  expect(made?.user).toMatchObject({ email: given.email, name: given.name });
  expect(await checkUserSession(made?.session.id ?? "")).toMatchObject(made?.user ?? {});
  const refusal = await expectRefusal(
    signUp({ ...form(given.email), password: "another good password" }, "192.0.2.4", open),
    "conflict",
  );
  expect(refusal.message).toBe(
    "Could not create an account with these details. If you have one, sign in.",
  );
  const signIn = { email: given.email, password };
  const again = await signInUser(signIn, { address: "192.0.2.4" });
  expect(again.user).toEqual(made?.user);
});

test("what is missing is named by field, before anything is made", async () => {
  const refusal = await expectRefusal(
    signUp({ ...form(), name: undefined, password: "short" }, "192.0.2.5", open),
    "invalid_input",
  );
  expect(refusal.fields).toEqual({
    name: ["Enter a name"],
    password: ["Use at least 12 characters"],
  });
  await expectRefusal(signUp(form("nobody"), "192.0.2.5", confirmed), "invalid_input");
});

test("open sign-up from one network address is limited to 30 an hour", async () => {
  const { email } = await database().user.findFirstOrThrow();
  for (let round = 0; round < 30; round += 1) {
    await expectRefusal(signUp(form(email), "203.0.113.7", open), "conflict");
  }
  const refusal = await expectRefusal(signUp(form(), "203.0.113.7", open), "rate_limited");
  expect(refusal.retryAfterSeconds).toBeGreaterThan(3000);
});
