import { randomUUID } from "node:crypto";
import { expect, type Page } from "@playwright/test";
import { mailsTo } from "./mail.ts";

export interface Person {
  name: string;
  email: string;
  password: string;
}

/** A person nobody has met before. */
export function newPerson(): Person {
  return {
    name: "Test Engineer",
    email: `engineer-${randomUUID()}@example.com`,
    password: "correct horse battery",
  };
}

/** An org slug of its own for each test. */
export function newSlug(stem: string): string {
  return `${stem}-${randomUUID().slice(0, 8)}`;
}

/** Goes the way through the mail and leaves the person at the form of a first org. */
export async function signUp(page: Page, person: Person = newPerson()): Promise<Person> {
  await page.goto("/signup");
  await askForLink(page, person.email);
  const [mail] = await mailsTo(person.email);
  await page.goto(mail?.link ?? "");
  await page.getByLabel("Name").fill(person.name);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page).toHaveURL(/\/orgs\/new$/);
  return person;
}

/** The first account of a product, which needs no mail. */
export async function signUpFirst(page: Page, person: Person = newPerson()): Promise<Person> {
  await page.goto("/signup");
  await page.getByLabel("Name").fill(person.name);
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page).toHaveURL(/\/orgs\/new$/);
  return person;
}

/** Sends the form for a link that is in view. */
export async function askForLink(page: Page, email: string): Promise<void> {
  await page.getByLabel("E-mail").fill(email);
  await page.getByRole("button", { name: "E-mail me a link" }).click();
  await expect(page.getByRole("status")).toContainText("We have sent a message");
}

export async function signIn(page: Page, person: Person): Promise<void> {
  await page.goto("/signin");
  await submitSignIn(page, person);
  await expect(page).not.toHaveURL(/\/signin/);
}

/** Sends the form that is in view, whatever comes of it. */
export async function submitSignIn(
  page: Page,
  { email, password }: Pick<Person, "email" | "password">,
): Promise<void> {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** From the form of a first org to its overview. */
export async function createOrg(page: Page, name: string, slug: string): Promise<void> {
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Address").fill(slug);
  await page.getByRole("button", { name: "Create org" }).click();
  await expect(page).toHaveURL(new RegExp(`/orgs/${slug}$`));
}

export type Rule = "Allow" | "Limit" | "Approve" | "Deny" | "Hide";

/** The rule control of one tool, in its row. */
export function ruleControl(page: Page, tool: string) {
  return page.getByRole("group", { name: `Rule of ${tool}`, exact: true });
}

/** Chooses a rule and waits until it is said to hold. */
export async function setRule(page: Page, tool: string, rule: Rule): Promise<void> {
  const done = {
    Allow: "allowed",
    Limit: "limited",
    Approve: "waiting for approval",
    Deny: "denied",
    Hide: "hidden",
  };
  await ruleControl(page, tool).getByRole("radio", { name: rule }).click();
  await expect(page.getByText(`${tool} is now ${done[rule]}`).first()).toBeVisible();
}

/** Goes through "Connect an agent" from a server's page and copies what its client needs. */
export async function connectInBrowser(
  page: Page,
  name: string,
): Promise<{ url: string; token: string }> {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  await page.getByRole("button", { name: "Copy proxy URL" }).click();
  const url = await clipboard();
  await page.getByRole("link", { name: "Connect an agent" }).click();
  await page.getByRole("form", { name: "New agent" }).getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Create agent" }).click();
  await page.getByRole("button", { name: `Copy Token of ${name}` }).click();
  const token = await clipboard();
  await expect(page.getByText("Waiting for the first call…")).toBeVisible();
  return { url, token };
}
