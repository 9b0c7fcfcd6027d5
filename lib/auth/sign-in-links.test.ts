import { expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { openMaintenancePool } from "#lib/gate/pool.ts";
import { isWorkWaiting } from "#lib/jobs/waiting.ts";
import { expectRefusal } from "#lib/testing/expectations.ts";
import { claimLinkToMail, finishLinkToMail, type LinkToMail } from "./link-mail.ts";
import { pruneSignInLinks } from "./prune.ts";
import { checkUserSession, openUserSession } from "./sessions.ts";
import { findSignInLink, redeemSignInLink, requestSignInLink } from "./sign-in-links.ts";
import { createUserAccount, linkProviderAccount, signInUser } from "./users.ts";

const password = "correct horse battery";
const other = "another good password";
const settings = { smtp: { url: "smtp://127.0.0.1:9", from: "callgate@example.test" } };
const nothing = { name: undefined, password: undefined };
const pool = openMaintenancePool(process.env.DATABASE_URL ?? "");

let counter = 0;
function newEmail(): string {
  counter += 1;
  return `person-${counter}@example.test`;
}

async function newAccount(emailVerifiedAt?: null) {
  const given = { name: "Ada", email: newEmail(), password };
  return { ...given, user: await createUserAccount(given, emailVerifiedAt) };
}

function ask(email: string, next: string | null = null, address = `192.0.2.${counter}`) {
  return requestSignInLink({ email, next }, address, settings);
}

/** Every link that waits, as a worker takes them. */
async function claimAll(): Promise<LinkToMail[]> {
  const claimed: LinkToMail[] = [];
  for (;;) {
    const link = await claimLinkToMail(claimed.at(-1) ?? null);
    if (!link) return claimed;
    claimed.push(link);
  }
}

async function mailedLink(email: string, next: string | null = null): Promise<LinkToMail> {
  await ask(email, next);
  const links = await claimAll();
  for (const each of links) await finishLinkToMail(each, "mailed");
  const link = links.find((each) => each.email === email);
  if (!link) throw new Error("no link was to be mailed");
  return link;
}

const rowOf = (id: string) => database().signInLink.findUniqueOrThrow({ where: { id } });
const move = (id: string, seconds: number) =>
  database().$executeRaw`
    update sign_in_links set expires_at = expires_at + make_interval(secs => ${seconds}::float8)
    where id = ${id}::uuid`;

/** Ends a worker's claim, as a minute does. */
const lapse = (id: string) =>
  database().signInLink.updateMany({ where: { id }, data: { claimedUntil: new Date(0) } });

// Account enumeration: what is stored and answered is the same, down to the row.
test("asking leaves the same row for a known and an unknown address, and tells neither", async () => {
  const { email } = await newAccount();
  const unknown = newEmail();
  expect([await ask(email, "/orgs/acme"), await ask(unknown, "/orgs/acme")]).toEqual([
    undefined,
    undefined,
  ]);
  const rows = await database().signInLink.findMany({
    where: { email: { in: [email, unknown] } },
    omit: { id: true, email: true, createdAt: true, expiresAt: true },
  });
  expect(rows).toEqual([rows[0], rows[0]]);
  expect(rows[0]).toEqual({
    next: "/orgs/acme",
    mailedAt: null,
    claimedUntil: null,
    tokenDigest: null,
    usedAt: null,
  });
  const links = await claimAll();
  expect(links.find((link) => link.email === email)?.isNew).toBe(false);
  expect(links.find((link) => link.email === unknown)?.isNew).toBe(true);
});

test("the sixth link of an hour is refused, in the same words for a known and an unknown address", async () => {
  const { email } = await newAccount();
  const words = [];
  for (const [place, asked] of [email, newEmail()].entries()) {
    for (let round = 0; round < 5; round += 1) await ask(asked, null, `198.51.100.${place}`);
    const spelled = ` ${asked.toUpperCase()}`;
    const refusal = await expectRefusal(ask(spelled, null, "203.0.113.1"), "rate_limited");
    words.push(refusal.message);
  }
  expect(words[0]).toBe(words[1]);
});

test("signing in by a link gives nobody more links", async () => {
  const { email } = await newAccount();
  const { token } = await mailedLink(email);
  for (let round = 0; round < 4; round += 1) await ask(email);
  await redeemSignInLink(token, nothing);
  await expectRefusal(ask(email), "rate_limited");
});

test("one network address asks for 30 links an hour, whoever they are for", async () => {
  const address = "203.0.113.2";
  for (let round = 0; round < 30; round += 1) await ask(newEmail(), null, address);
  await expectRefusal(ask(newEmail(), null, address), "rate_limited");
});

test("without a mail server every address is refused alike, and nothing is kept", async () => {
  const { email } = await newAccount();
  for (const asked of [email, newEmail()]) {
    const attempt = requestSignInLink({ email: asked, next: null }, "192.0.2.1", { smtp: null });
    await expectRefusal(attempt, "unavailable");
    expect(await database().signInLink.count({ where: { email: asked } })).toBe(0);
  }
});

test("the token stands in the mail alone: the database has its digest", async () => {
  const { id, token } = await mailedLink(newEmail());
  expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
  const [row] = await pool
    .query("select sign_in_links::text as text from sign_in_links where id = $1", [id])
    .then(({ rows }) => rows);
  expect(row.text).not.toContain(token);
  expect(row.text).not.toContain(Buffer.from(token).toString("hex"));
  expect((await rowOf(id)).tokenDigest).toHaveLength(32);
});

test("each link is mailed by one worker; one that failed is mailed later, with another token", async () => {
  await claimAll();
  await Promise.all([ask(newEmail()), ask(newEmail()), ask(newEmail())]);
  expect(await isWorkWaiting(pool, true)).toBe(true);
  expect(await isWorkWaiting(pool, false)).toBe(false);
  const claims = await Promise.all([claimAll(), claimAll()]);
  const links = claims.flat();
  expect(new Set(links.map(({ id }) => id)).size).toBe(3);
  expect(links).toHaveLength(3);
  expect(await isWorkWaiting(pool, true)).toBe(false);

  const [failed, ...sent] = links;
  if (failed) await finishLinkToMail(failed, "later");
  for (const each of sent) await finishLinkToMail(each, "mailed");
  const again = await claimAll();
  expect(again.map(({ id }) => id)).toEqual([failed?.id]);
  expect(await findSignInLink(failed?.token ?? "")).toBeNull();
  expect(await findSignInLink(again[0]?.token ?? "")).toMatchObject({ email: failed?.email });
});

// A worker that was killed finishes nothing: its claim lapses.
test("a link whose worker died is mailed by another a minute later, with a token of its own", async () => {
  const email = newEmail();
  await ask(email);
  const [dead] = (await claimAll()).filter((link) => link.email === email);
  if (!dead) throw new Error("no link was to be mailed");
  const claimOf = async () => (await claimAll()).filter((link) => link.email === email);
  expect(await claimOf()).toEqual([]);
  await lapse(dead.id);
  expect(await isWorkWaiting(pool, true)).toBe(true);
  const [taken] = await claimOf();
  expect(taken?.id).toBe(dead.id);
  // Should the first come back, what it says of its mail is of no account any more.
  for (const outcome of ["mailed", "refused", "later"] as const) {
    await finishLinkToMail(dead, outcome);
  }
  expect(await findSignInLink(dead.token)).toBeNull();
  if (taken) await finishLinkToMail(taken, "mailed");
  expect(await findSignInLink(taken?.token ?? "")).toMatchObject({ email });
  await lapse(dead.id);
  expect(await claimOf()).toEqual([]);
});

test("workers that die in a row mail a link within its hour alone", async () => {
  const email = newEmail();
  await ask(email);
  const { id } = await database().signInLink.findFirstOrThrow({ where: { email } });
  for (let round = 0; round < 3; round += 1) {
    expect((await claimAll()).map((link) => link.id)).toContain(id);
    await lapse(id);
  }
  await move(id, -3601);
  expect((await claimAll()).map((link) => link.id)).not.toContain(id);
});

test("a link whose mail is refused for good is neither mailed again nor used", async () => {
  const email = newEmail();
  await ask(email);
  const [link] = (await claimAll()).filter((each) => each.email === email);
  if (link) await finishLinkToMail(link, "refused");
  await lapse(link?.id ?? "");
  expect((await claimAll()).map(({ id }) => id)).not.toContain(link?.id);
  expect(await findSignInLink(link?.token ?? "")).toBeNull();
});

test("a newly sent link ends the earlier ones of its address, and of no other", async () => {
  const email = newEmail();
  const bystander = await mailedLink(newEmail());
  const first = await mailedLink(email);
  await ask(email);
  // What is on its way may never arrive.
  const [second] = (await claimAll()).filter((link) => link.email === email);
  expect(await findSignInLink(first.token)).not.toBeNull();
  if (second) await finishLinkToMail(second, "mailed");
  expect(await findSignInLink(first.token)).toBeNull();
  expect(await redeemSignInLink(first.token, { name: "Ada", password })).toBeNull();
  expect(await findSignInLink(second?.token ?? "")).not.toBeNull();
  expect(await findSignInLink(bystander.token)).not.toBeNull();
});

test("of links to one address that are sent at once, exactly one works", async () => {
  const email = newEmail();
  await Promise.all([ask(email), ask(email), ask(email), ask(email)]);
  const links = (await claimAll()).filter((link) => link.email === email);
  expect(links).toHaveLength(4);
  await Promise.all(links.map((link) => finishLinkToMail(link, "mailed")));
  const found = await Promise.all(links.map(({ token }) => findSignInLink(token)));
  expect(found.filter((link) => link !== null)).toHaveLength(1);
});

test("a link that could not be mailed within the hour is not mailed any more", async () => {
  const email = newEmail();
  await ask(email);
  const { id } = await database().signInLink.findFirstOrThrow({ where: { email } });
  await move(id, -3601);
  expect((await claimAll()).map((link) => link.email)).not.toContain(email);
});

test("a link signs in once, also when browsers race, and looking at it changes nothing", async () => {
  const { email, user } = await newAccount();
  const { id, token } = await mailedLink(email, "/orgs/acme");
  const before = await rowOf(id);
  expect(await findSignInLink(token)).toEqual({ email, isNew: false });
  expect(await rowOf(id)).toEqual(before);
  const opened = await Promise.all(
    Array.from({ length: 5 }, () => redeemSignInLink(token, nothing)),
  );
  const signedIn = opened.filter((each) => each !== null);
  expect(signedIn).toMatchObject([{ user, next: "/orgs/acme", isNew: false }]);
  expect(await checkUserSession(signedIn[0]?.session.id ?? "")).toMatchObject(user);
  expect(await findSignInLink(token)).toBeNull();
  // Whoever has a password keeps it.
  expect((await signInUser({ email, password }, { address: "192.0.2.9" })).user).toEqual(user);
});

test("whoever forgot the password sets another one with a link, and is signed out elsewhere", async () => {
  const { email, user } = await newAccount();
  const elsewhere = await openUserSession(user.id);
  const { token } = await mailedLink(email);
  await expect(redeemSignInLink(token, { newPassword: "short" })).rejects.toThrow("12 characters");
  await redeemSignInLink(token, { newPassword: other });
  expect(await checkUserSession(elsewhere.id)).toBeNull();
  const at = { address: "192.0.2.10" };
  await expect(signInUser({ email, password }, at)).rejects.toThrow("belong together");
  expect((await signInUser({ email, password: other }, at)).user).toEqual(user);
});

test("a link works for an hour from its mail on", async () => {
  const { email } = await newAccount();
  const { id, token } = await mailedLink(email);
  await move(id, -3590);
  expect(await findSignInLink(token)).not.toBeNull();
  await move(id, -10);
  expect(await findSignInLink(token)).toBeNull();
  expect(await redeemSignInLink(token, nothing)).toBeNull();
});

test("a token nobody was mailed does nothing", async () => {
  for (const token of ["", "\0", "x".repeat(43)]) {
    expect(await findSignInLink(token)).toBeNull();
    expect(await redeemSignInLink(token, nothing)).toBeNull();
  }
});

test("a new account is finished with name and password; what is missing leaves the link as it was", async () => {
  const email = newEmail();
  const { token } = await mailedLink(email);
  expect(await findSignInLink(token)).toEqual({ email, isNew: true });
  const refusal = await expectRefusal(
    redeemSignInLink(token, { name: "", password: "short" }),
    "invalid_input",
  );
  expect(Object.keys(refusal.fields).sort()).toEqual(["name", "password"]);
  const opened = await redeemSignInLink(token, { name: "Ada", password });
  expect(opened).toMatchObject({ user: { email, name: "Ada" }, isNew: true });
  const signedIn = await signInUser({ email, password }, { address: "192.0.2.9" });
  expect(signedIn.user).toEqual(opened?.user);
});

test("two links to the same new account, used at once, make one account", async () => {
  const email = newEmail();
  await Promise.all([ask(email), ask(email)]);
  const links = (await claimAll()).filter((link) => link.email === email);
  expect(links).toHaveLength(2);
  const opened = await Promise.all(
    links.map(({ token }) => redeemSignInLink(token, { name: "Ada", password })),
  );
  expect(opened[0]?.user.email).toBe(email);
  expect(opened[1]?.user).toEqual(opened[0]?.user);
  expect(await database().user.count({ where: { email } })).toBe(1);
});

test("an account that came into being after the mail is signed in to, and no second one is made", async () => {
  const email = newEmail();
  const { token } = await mailedLink(email);
  const user = await createUserAccount({ name: "Grace", email, password });
  const opened = await redeemSignInLink(token, { name: "Ada", password: other });
  expect(opened).toMatchObject({ user, next: null, isNew: false });
  expect((await signInUser({ email, password }, { address: "192.0.2.9" })).user).toEqual(user);
});

test("a provider's account signs in by a link as well", async () => {
  const email = newEmail();
  const user = await linkProviderAccount({
    provider: "github",
    providerAccountId: "4711",
    email,
    emailVerified: true,
    name: "Octo",
  });
  const { token, isNew } = await mailedLink(email);
  expect(isNew).toBe(false);
  expect(await redeemSignInLink(token, nothing)).toMatchObject({ user });
});

// Account pre-hijacking: open sign-up lets anybody make an account of somebody else's address.
test("whoever made an account of an address that is not theirs is out once its owner opens a link", async () => {
  const { email, user } = await newAccount(null);
  const squatter = await openUserSession(user.id);
  const { token, isNew } = await mailedLink(email);
  expect(isNew).toBe(true);
  expect(await findSignInLink(token)).toEqual({ email, isNew: true });
  await expectRefusal(redeemSignInLink(token, nothing), "invalid_input");
  const opened = await redeemSignInLink(token, { name: "Owner", password: other });
  expect(opened?.user).toEqual({ id: user.id, email, name: "Owner" });
  expect(await checkUserSession(squatter.id)).toBeNull();
  const attempt = signInUser({ email, password }, { address: "192.0.2.9" });
  await expectRefusal(attempt, "unauthenticated");
  // From now on it is theirs: another link only signs in.
  expect((await mailedLink(email)).isNew).toBe(false);
});

test("links are forgotten a day after they lapsed", async () => {
  const [old, recent] = [await mailedLink(newEmail()), await mailedLink(newEmail())];
  await move(old.id, -25.5 * 3600);
  await pruneSignInLinks(pool);
  expect(await database().signInLink.findUnique({ where: { id: old.id } })).toBeNull();
  await rowOf(recent.id);
  await pool.end();
});
