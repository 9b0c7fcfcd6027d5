import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { connectAgent } from "./agent.ts";
import {
  addAgent,
  addServer,
  applyPolicy,
  callgateJson,
  createWorld,
  type World,
} from "./command-line.ts";
import { mailedLinkPath } from "./database.ts";
import { expect, test } from "./fixtures.ts";
import { newPerson, signIn } from "./people.ts";
import { startUpstream } from "./upstream.ts";

/** Addresses by the name of their screenshot; filled in once there is something to show. */
let pages: Record<string, Place> = {};
let world: World;

/** An address, and what is done there before anybody looks. */
type Place = string | { path: string; prepare: (page: Page) => Promise<void> };

const publicPages: Record<string, Place> = {
  signin: "/signin",
  signup: "/signup",
  "signin-link": "/signin/link",
  "signin-link-lapsed": "/signin/link?token=lapsed",
  landing: "/",
  catalogue: "/catalog",
  "catalogue-found": "/catalog?q=api+key",
  "catalogue-server": "/catalog/awslabs-valkey",
  "catalogue-tool": "/catalog/awslabs-appsync/create_api_key",
  "catalogue-misplaced": "/catalog/awslabs-valkey/create_api_key",
  "catalogue-missing": "/catalog/awslabs-valkey/drop_everything",
  docs: "/docs",
  "docs-policy": "/docs/policy",
  "docs-refusals": "/docs/refusals",
  "docs-operations": "/docs/operations",
  contact: "/contact",
  "contact-failed": { path: "/contact", prepare: (page) => writeMessage(page, "robin") },
  "contact-sent": { path: "/contact", prepare: (page) => writeMessage(page, "robin@example.test") },
};

/** A page is loaded once in each, in the first scheme, and then shown in the other. */
const windows = [
  { name: "1440", width: 1440, height: 900, schemes: ["light", "dark"] },
  { name: "390", width: 390, height: 844, schemes: ["dark", "light"] },
] as const;

type Window = (typeof windows)[number];

/** The rules that can find something else in another colour scheme. */
const rulesOfColour = ["color-contrast", "link-in-text-block"];

test.beforeAll(async () => {
  world = await createWorld("pages");
  pages = await inhabit(world);
});

for (const window of windows) {
  test(`every page is accessible, quiet and fits at ${window.name} in light and in dark`, async ({
    openBrowser,
    noise,
  }) => {
    test.setTimeout(600_000);
    noise.expect(/404.*drop_everything/);
    const phone = window.width < 768;
    const page = await openBrowser({
      viewport: { width: window.width, height: window.height },
      ...(phone && { isMobile: true, hasTouch: true }),
    });
    for (const [name, place] of Object.entries(publicPages)) {
      await inspect(page, place, name, window);
    }
    await signIn(page, world.person);
    for (const [name, place] of Object.entries(pages)) await inspect(page, place, name, window);
  });
}

async function inspect(page: Page, place: Place, name: string, window: Window): Promise<void> {
  await test.step(`${name}-${window.name}`, async () => {
    const { width, height, schemes } = window;
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme: schemes[0] });
    const { path, prepare } = typeof place === "string" ? { path: place, prepare: null } : place;
    await page.goto(path);
    await prepare?.(page);
    // By tag: a drawer takes the page behind it out of the accessibility tree.
    await expect(page.locator("h1").first()).toBeAttached();
    const { overflow, wholeHeight } = await page.evaluate(async () => {
      await document.fonts.ready;
      const root = document.documentElement;
      return { overflow: root.scrollWidth - root.clientWidth, wholeHeight: root.scrollHeight };
    });
    expect
      .soft(overflow, `${name}-${window.name}: pixels to scroll sideways`)
      .toBeLessThanOrEqual(0);
    // A window of the page's height: a full-page picture would not look as touched.
    await page.setViewportSize({ width, height: Math.max(height, wholeHeight) });
    for (const scheme of schemes) {
      const look = `${name}-${window.name}-${scheme}`;
      await page.emulateMedia({ colorScheme: scheme });
      await page.evaluate(allPictures);
      await page.screenshot({ path: `test-results/pages/${look}.png`, animations: "disabled" });
      const isFirst = scheme === schemes[0];
      expect.soft(await graveFindings(page, scheme, isFirst), `${look}: axe`).toEqual([]);
    }
  });
}

/** Each scheme has its own pictures, which load when they are shown first. */
async function allPictures(): Promise<void> {
  const shown = [...document.images].filter((image) => image.checkVisibility());
  await Promise.all(shown.map((image) => image.decode()));
}

/** What axe finds; in the dark only what can differ from the light. */
async function graveFindings(page: Page, scheme: "light" | "dark", isFirst: boolean) {
  const runOnly = { type: "rule", values: rulesOfColour } as const;
  // On its second visit axe is in the page already, and reading its source again takes longest.
  const { violations } = await new AxeBuilder({ page, ...(!isFirst && { axeSource: "0" }) })
    // No page has a frame, so nothing has to be put together in a page of axe's own.
    .setLegacyMode()
    .options({ resultTypes: ["violations"], ...(scheme === "dark" && { runOnly }) })
    .analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join("; ")}`);
}

/** An org with a server, an agent, a call of every kind and an approval that waits. */
async function inhabit({ org, person }: World): Promise<Record<string, Place>> {
  const base = `/orgs/${org}`;
  const upstream = await startUpstream();
  await addServer(org, "billing", upstream.url);
  await applyPolicy(org, "billing", policyOfEveryKind);
  const agent = await connectAgentTo(org);
  await agent.call("get_invoice", { id: "4711" });
  await agent.call("update_customer", { id: "1", name: "A" });
  await agent.call("update_customer", { id: "2", name: "B" });
  await agent.call("delete_customer", { id: "1" });
  await agent.call("create_payment", { amount: 120.5, iban: "DE02120300000000202051" });
  await agent.call("run_query", { sql: "select 1" }).catch(() => "hidden, as it should be");
  await agent.close();
  await addServer(org, "changed", upstream.url);
  upstream.redefine("get_invoice", { description: "Returns one invoice, and who paid it." });
  await callgateJson(["server", "discover", "--org", org, "--server", "changed"]);
  await upstream.close();
  const calls = await callgateJson<{ id: string; tool: string }[]>(["calls", "list", "--org", org]);
  const denied = calls.find(({ tool }) => tool === "delete_customer")?.id;
  const [approval] = await callgateJson<{ id: string }[]>(["approvals", "list", "--org", org]);
  return {
    "signin-link-known": await mailedLinkPath(person.email),
    "signin-link-new": await mailedLinkPath(newPerson().email),
    "new-org": "/orgs/new",
    orgs: "/orgs?choose",
    account: "/account",
    overview: base,
    servers: `${base}/servers`,
    register: `${base}/servers/new`,
    tools: `${base}/servers/billing`,
    tool: `${base}/servers/billing?tool=delete_customer`,
    "held-review": {
      path: `${base}/servers/changed`,
      prepare: async (page) => {
        await page
          .getByRole("button", { name: /^Review (1 )?change$/ })
          .first()
          .click();
        await expect(page.getByRole("dialog")).toBeVisible();
      },
    },
    "server-agents": `${base}/servers/billing/agents`,
    "server-calls": `${base}/servers/billing/calls`,
    policy: `${base}/servers/billing/policy`,
    "server-settings": `${base}/servers/billing/settings`,
    "server-proposal": `${base}/servers/billing/proposal`,
    connect: `${base}/servers/billing/connect?agent=alice-laptop`,
    agents: `${base}/agents`,
    agent: `${base}/agents/alice-laptop`,
    approvals: `${base}/approvals`,
    approval: `${base}/approvals/${approval?.id}`,
    "approval-history": `${base}/approvals/history`,
    calls: `${base}/calls`,
    call: `${base}/calls/${denied}`,
    audit: `${base}/audit`,
    members: `${base}/members`,
    settings: `${base}/settings`,
    notifications: `${base}/settings/notifications`,
  };
}

/** Sends the contact form and waits for what it says. */
async function writeMessage(page: Page, email: string): Promise<void> {
  await page.getByRole("textbox", { name: "Name" }).fill("Robin Vale");
  await page.getByRole("textbox", { name: "E-mail" }).fill(email);
  await page.getByRole("textbox", { name: "Message" }).fill("Is the catalogue open?");
  await page.getByRole("button", { name: "Send message" }).click();
  await expect(page.getByText(/^(Message sent|One field needs a change\.)$/)).toBeVisible();
}

async function connectAgentTo(org: string) {
  const { url, token } = await addAgent(org, "alice-laptop", "billing");
  return connectAgent(url, token);
}

const policyOfEveryKind = `version: 1
default: deny
tools:
  get_invoice: { action: allow }
  update_customer: { action: allow, rate_limit: { max: 1, window: 60 } }
  delete_customer: { action: deny, reason: "Ask #platform first." }
  create_payment: { action: require_approval, reason: "Somebody looks at every payment." }
  run_query: { action: hide }
`;
