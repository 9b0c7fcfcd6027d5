import { createWorld } from "./command-line.ts";
import { expect, test } from "./fixtures.ts";
import { mailsTo } from "./mail.ts";
import {
  askForLink,
  createOrg,
  newPerson,
  newSlug,
  signIn,
  signUp,
  submitSignIn,
} from "./people.ts";

test("a password that is too short is refused with the rule, and nothing else typed is lost", async ({
  page,
}) => {
  const person = newPerson();
  await page.goto("/signup");
  await askForLink(page, person.email);
  const [mail] = await mailsTo(person.email);
  await page.goto(mail?.link ?? "");
  await page.getByLabel("Name").fill(person.name);
  await page.getByLabel("Password").fill("short");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "12 characters" })).toBeVisible();
  await expect(page.getByLabel("Name")).toHaveValue(person.name);
  await expect(page.getByLabel("Password")).toHaveValue("");
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page).toHaveURL(/\/orgs\/new$/);
});

test("signing up with a free and with a taken address shows the same, and each mail says what is right", async ({
  page,
}) => {
  const { person } = await createWorld("taken");
  const { email: free } = newPerson();
  const shown: string[] = [];
  for (const email of [person.email, free]) {
    await page.goto("/signup");
    await askForLink(page, email);
    const words = (await page.getByRole("main").textContent()) ?? "";
    shown.push(words.replace(email, "…"));
    expect(page.url()).not.toContain("engineer");
  }
  expect(shown[0]).toBe(shown[1]);
  const [[known], [unknown]] = await Promise.all([mailsTo(person.email), mailsTo(free)]);
  expect(known?.subject).toBe("Sign in to Callgate");
  expect(known?.text).toContain("Sign in with this link:");
  expect(unknown?.subject).toBe("Finish your Callgate account");
  expect(unknown?.text).toContain("Finish your account with this link:");
});

test("a link by e-mail signs in where the person was going, once, and says so afterwards", async ({
  page,
  openBrowser,
}) => {
  const { org, person } = await createWorld("mailed");
  await page.goto(`/orgs/${org}/servers/new`);
  await page.getByRole("link", { name: "E-mail me a link" }).click();
  // The page before has an E-mail field as well.
  await expect(page).toHaveURL(/\/signin\/link/);
  await askForLink(page, person.email);
  const [mail] = await mailsTo(person.email);

  const scanner = await openBrowser();
  const [mine, theirs] = [page, scanner];
  for (const browser of [mine, theirs]) {
    const response = await browser.goto(mail?.link ?? "");
    expect(response?.headers()["referrer-policy"]).toBe("strict-origin");
    await expect(browser.getByText(`As ${person.email}`)).toBeVisible();
  }
  await mine.getByRole("button", { name: "Sign in" }).click();
  await expect(mine).toHaveURL(new RegExp(`/orgs/${org}`));

  const lapsed = theirs.getByRole("heading", { name: "This link no longer works" });
  await theirs.getByRole("button", { name: "Sign in" }).click();
  await expect(lapsed).toBeVisible();
  await theirs.goto(mail?.link ?? "");
  await expect(lapsed).toBeVisible();
  await askForLink(theirs, person.email);
  const [, again] = await mailsTo(person.email, 2);

  // Whoever has forgotten the password sets another one; every other browser is out.
  await theirs.goto(again?.link ?? "");
  await theirs.getByText("Forgot your password?").click();
  await theirs.getByLabel("New password").fill("another good password");
  await theirs.getByRole("button", { name: "Sign in" }).click();
  await expect(theirs).toHaveURL(/\/orgs/);
  await mine.goto(`/orgs/${org}`);
  await expect(mine).toHaveURL(/\/signin/);
  await submitSignIn(mine, { ...person, password: "another good password" });
  await expect(mine).toHaveURL(new RegExp(`/orgs/${org}`));
});

test("a wrong password and an unknown account get the same words", async ({
  page,
  openBrowser,
}) => {
  const person = await signUp(page);
  const stranger = await openBrowser();
  await stranger.goto("/signin");
  for (const email of [person.email, newPerson().email]) {
    await submitSignIn(stranger, { email, password: "not the right one" });
    const alert = stranger.getByRole("alert").filter({ hasText: "do not belong together" });
    await expect(alert).toBeVisible();
    await expect(stranger.getByLabel("E-mail")).toHaveValue(email);
  }
});

test("guessing is throttled, and then even the right password has to wait", async ({ page }) => {
  const { person } = await createWorld("guess");
  await page.goto("/signin");
  const alert = page.getByRole("alert");
  for (let attempt = 1; attempt <= 10; attempt++) {
    const answered = page.waitForResponse((response) => response.request().method() === "POST");
    await submitSignIn(page, { ...person, password: `guess number ${attempt}` });
    await answered;
    await expect(alert.filter({ hasText: "do not belong together" })).toBeVisible();
  }
  await submitSignIn(page, person);
  await expect(
    alert.filter({ hasText: /Too many attempts\. Try again in \d+ minutes?\./ }),
  ).toBeVisible();
});

test("signing out ends the session everywhere it was copied to", async ({ page, openBrowser }) => {
  const { org, person } = await createWorld("leave");
  await signIn(page, person);
  await page.goto(`/orgs/${org}`);
  const thief = await openBrowser({ storageState: await page.context().storageState() });
  await thief.goto(`/orgs/${org}`);
  await expect(thief).toHaveURL(new RegExp(`/orgs/${org}$`));

  await page.getByRole("button", { name: /Account/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/signin/);
  await thief.goto(`/orgs/${org}`);
  await expect(thief).toHaveURL(/\/signin/);
});

test("changing the password ends every other session and keeps this one", async ({
  page,
  openBrowser,
}) => {
  const person = await signUp(page);
  const other = await openBrowser();
  await signIn(other, person);
  const next = "another good password";
  await page.goto("/account");
  await page.getByLabel("Present password").fill(person.password);
  await page.getByLabel("New password").fill(next);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Changed; every other browser is signed out")).toBeVisible();

  await other.goto("/account");
  await expect(other).toHaveURL(/\/signin/);
  await submitSignIn(other, person);
  await expect(
    other.getByRole("alert").filter({ hasText: "do not belong together" }),
  ).toBeVisible();
  await submitSignIn(other, { ...person, password: next });
  await expect(other).toHaveURL(/\/account$/);
  await page.goto("/account");
  await expect(page.getByRole("heading", { name: "Account" })).toBeVisible();
});

test("signing up, signing in and their errors work without JavaScript", async ({ openBrowser }) => {
  const page = await openBrowser({ javaScriptEnabled: false });
  const person = newPerson();
  await page.goto("/signup");
  await page.getByLabel("E-mail").fill("nobody");
  await page.getByRole("button", { name: "E-mail me a link" }).click();
  await expect(page.getByRole("alert")).toContainText("Enter an e-mail address");
  await askForLink(page, person.email);
  const [finish] = await mailsTo(person.email);
  await page.goto(finish?.link ?? "");
  await page.getByLabel("Name").fill(person.name);
  await page.getByLabel("Password").fill("short");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("alert")).toContainText("12 characters");
  await expect(page.getByLabel("Name")).toHaveValue(person.name);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page).toHaveURL(/\/orgs\/new$/);
  await createOrg(page, "No scripts", newSlug("plain"));

  const again = await openBrowser({ javaScriptEnabled: false });
  await again.goto("/signin");
  await submitSignIn(again, { ...person, password: "not the right one" });
  await expect(again.getByRole("alert")).toContainText("do not belong together");
  await submitSignIn(again, person);
  await expect(again).not.toHaveURL(/\/signin/);

  const third = await openBrowser({ javaScriptEnabled: false });
  await third.goto("/signin?next=%2Faccount");
  await third.getByRole("link", { name: "E-mail me a link" }).click();
  // The page before has an E-mail field as well.
  await expect(third).toHaveURL(/\/signin\/link/);
  await askForLink(third, person.email);
  const [, mail] = await mailsTo(person.email, 2);
  await third.goto(mail?.link ?? "");
  await third.getByRole("button", { name: "Sign in" }).click();
  await expect(third).toHaveURL(/\/account$/);
});
