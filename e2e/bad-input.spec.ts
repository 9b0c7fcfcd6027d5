import type { Page } from "@playwright/test";
import { freePort } from "#scripts/free-port.ts";
import { addAgent, addServer, callgateJson, createWorld, type World } from "./command-line.ts";
import { expect, test } from "./fixtures.ts";
import { signIn } from "./people.ts";
import { startHttp } from "./upstream.ts";

const typed = { name: "Orders of the shop", slug: "orders", token: "secret-of-the-shop" };

/** Fills in everything the form for a URL asks for, and sends it. */
async function register(page: Page, { org, person }: World, url: string): Promise<void> {
  await signIn(page, person);
  await page.goto(`/orgs/${org}/servers/new`);
  await page.getByRole("radio", { name: /A URL/ }).check();
  await page.getByLabel("URL", { exact: true }).fill(url);
  await page.getByLabel("Name", { exact: true }).fill(typed.name);
  await page.getByLabel("Slug").fill(typed.slug);
  await page.getByRole("button", { name: "Add bearer token" }).click();
  await page.getByLabel("Value of header 1").fill(typed.token);
  await page.getByRole("button", { name: "Test and register" }).click();
}

async function expectNothingLost(page: Page, url: string): Promise<void> {
  await expect(page.getByLabel("URL", { exact: true })).toHaveValue(url);
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue(typed.name);
  await expect(page.getByLabel("Slug")).toHaveValue(typed.slug);
  await expect(page.getByLabel("Value of header 1")).toHaveValue(typed.token);
  await expect(page.getByRole("button", { name: "Test and register" })).toBeEnabled();
}

/** The step that failed says what happened; below it stands what to do. */
async function expectFailedTest(page: Page, step: string, problem: RegExp): Promise<void> {
  const panel = page.getByRole("complementary", { name: "Connection test" });
  await expect(panel.getByRole("heading")).toHaveText("The test failed", { timeout: 60_000 });
  const failed = panel.getByRole("listitem").filter({ hasText: ", failed" });
  await expect(failed).toHaveCount(1);
  await expect(failed).toContainText(step);
  await expect(failed).toContainText(problem);
}

test("something that is no URL is said beside its field before anything is tried", async ({
  page,
}) => {
  await register(page, await createWorld("nourl"), "billing server");
  await expect(page.getByRole("alert").filter({ hasText: "Enter a complete URL" })).toBeVisible();
  await expectNothingLost(page, "billing server");
});

test("a refused connection says that nothing answers there", async ({ page }) => {
  const url = `http://127.0.0.1:${await freePort()}/mcp`;
  await register(page, await createWorld("refused"), url);
  await expectFailedTest(page, "Connect", /Nothing answers on 127\.0\.0\.1:\d+\..*Check the port/);
  await expectNothingLost(page, url);
});

test("a TLS failure is told apart from a server that is away", async ({ page }) => {
  const plain = await startHttp((_request, response) => response.end());
  const url = `${plain.origin.replace("http:", "https:")}/mcp`;
  await register(page, await createWorld("tls"), url);
  await expectFailedTest(page, "Connect", /TLS|certificate|https/i);
  await expectNothingLost(page, url);
  await plain.close();
});

test("a web page that is no MCP server is recognised as one", async ({ page }) => {
  const site = await startHttp((_request, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("<h1>Shop</h1>");
  });
  await register(page, await createWorld("web"), `${site.origin}/`);
  await expectFailedTest(page, "Initialise the session", /web page/);
  await expectNothingLost(page, `${site.origin}/`);
  await site.close();
});

test("a server that hangs is given up on, with what to look at", async ({ page }) => {
  const silent = await startHttp(() => {});
  await register(page, await createWorld("hang"), `${silent.origin}/mcp`);
  await expectFailedTest(
    page,
    "Initialise the session",
    /within 20 s\..*look into the server's log/,
  );
  await expectNothingLost(page, `${silent.origin}/mcp`);
  await silent.close();
});

test("a slug that is taken is refused and the way it is used stays", async ({ page, upstream }) => {
  const world = await createWorld("taken");
  await addServer(world.org, typed.slug, upstream.url);
  await register(page, world, upstream.url);
  await expect(page.getByRole("alert").filter({ hasText: "exists already" })).toBeVisible();
  await expectNothingLost(page, upstream.url);
  const servers = await callgateJson<unknown[]>(["server", "list", "--org", world.org]);
  expect(servers).toHaveLength(1);
});

test("an org address that is taken is refused, and the name stays", async ({ page }) => {
  const { org, person } = await createWorld("address");
  await signIn(page, person);
  await page.goto("/orgs/new");
  await page.getByLabel("Name").fill("Second try");
  await page.getByLabel("Address").fill(org);
  await page.getByRole("button", { name: "Create org" }).click();
  await expect(page.getByRole("alert").first()).toBeVisible();
  await expect(page.getByLabel("Name")).toHaveValue("Second try");
  await expect(page.getByLabel("Address")).toHaveValue(org);
});

test("a token that is wrong, or revoked since, is refused with what to do", async ({
  upstream,
  connect,
}) => {
  const { org } = await createWorld("revoke");
  await addServer(org, "billing", upstream.url);
  const access = await addAgent(org, "ci-runner", "billing");
  const agent = await connect(access);
  await callgateJson(["agent", "revoke", "--org", org, "--name", "ci-runner"]);
  await expect(agent.call("get_invoice", { id: "1" })).rejects.toThrow(/revoked/);
  const wrong = `${access.token.slice(0, -1)}${access.token.endsWith("0") ? "1" : "0"}`;
  await expect(connect({ ...access, token: wrong })).rejects.toThrow(/an administrator of the org/);
  expect(upstream.executed).toEqual([]);
});
