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
import { expect, test } from "./fixtures.ts";
import { signIn } from "./people.ts";
import { startUpstream } from "./upstream.ts";

/** Addresses by the name of their screenshot; filled in once there is something to show. */
let pages: Record<string, string> = {};
let world: World;

const publicPages = {
  signin: "/signin",
  signup: "/signup",
  landing: "/",
  catalogue: "/catalog",
  "catalogue-found": "/catalog?q=api+key",
  "catalogue-server": "/catalog/awslabs-valkey",
  "catalogue-tool": "/catalog/awslabs-appsync/create_api_key",
  docs: "/docs",
  "docs-policy": "/docs/policy",
  "docs-refusals": "/docs/refusals",
  "docs-operations": "/docs/operations",
  contact: "/contact",
};

const looks = [
  { name: "1440-light", width: 1440, height: 900, scheme: "light" },
  { name: "1440-dark", width: 1440, height: 900, scheme: "dark" },
  { name: "390-light", width: 390, height: 844, scheme: "light" },
  { name: "390-dark", width: 390, height: 844, scheme: "dark" },
] as const;

test.beforeAll(async () => {
  world = await createWorld("pages");
  pages = await inhabit(world);
});

for (const look of looks) {
  test(`every page is accessible, quiet and fits at ${look.name}`, async ({ openBrowser }) => {
    test.setTimeout(600_000);
    const phone = look.width < 768;
    const page = await openBrowser({
      viewport: { width: look.width, height: look.height },
      colorScheme: look.scheme,
      ...(phone && { isMobile: true, hasTouch: true }),
    });
    for (const [name, path] of Object.entries(publicPages)) {
      await inspect(page, path, `${name}-${look.name}`);
    }
    await signIn(page, world.person);
    for (const [name, path] of Object.entries(pages)) {
      await inspect(page, path, `${name}-${look.name}`);
    }
  });
}

async function inspect(page: Page, path: string, name: string): Promise<void> {
  await test.step(name, async () => {
    await page.goto(path);
    // By tag: a drawer takes the page behind it out of the accessibility tree.
    await expect(page.locator("h1").first()).toBeAttached();
    await page.evaluate(() => document.fonts.ready);
    await photograph(page, `test-results/pages/${name}.png`);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect.soft(overflow, `${name}: pixels to scroll sideways`).toBeLessThanOrEqual(0);
    const { violations } = await new AxeBuilder({ page }).analyze();
    const grave = violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join("; ")}`);
    expect.soft(grave, `${name}: axe`).toEqual([]);
  });
}

/** The whole page in a window of its height: a full-page picture would not look as touched. */
async function photograph(page: Page, path: string): Promise<void> {
  const size = page.viewportSize();
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  if (size) await page.setViewportSize({ ...size, height: Math.max(size.height, height) });
  await page.screenshot({ path, animations: "disabled" });
  if (size) await page.setViewportSize(size);
}

/** An org with a server, an agent, a call of every kind and an approval that waits. */
async function inhabit({ org }: World): Promise<Record<string, string>> {
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
  await upstream.close();
  const calls = await callgateJson<{ id: string; tool: string }[]>(["calls", "list", "--org", org]);
  const denied = calls.find(({ tool }) => tool === "delete_customer")?.id;
  const [approval] = await callgateJson<{ id: string }[]>(["approvals", "list", "--org", org]);
  return {
    "new-org": "/orgs/new",
    orgs: "/orgs?choose",
    account: "/account",
    overview: base,
    servers: `${base}/servers`,
    register: `${base}/servers/new`,
    tools: `${base}/servers/billing`,
    tool: `${base}/servers/billing?tool=delete_customer`,
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
    calls: `${base}/calls`,
    call: `${base}/calls/${denied}`,
    audit: `${base}/audit`,
    members: `${base}/members`,
    settings: `${base}/settings`,
  };
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
