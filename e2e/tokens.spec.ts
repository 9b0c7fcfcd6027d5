import { addAgent, addServer, applyPolicy, createWorld } from "./command-line.ts";
import { changeDatabase } from "./database.ts";
import { expect, test } from "./fixtures.ts";
import { signIn } from "./people.ts";

test("an expired token is refused with words that say what to do, and doing it helps", async ({
  page,
  upstream,
  connect,
}) => {
  const { org, person } = await createWorld("expired");
  await addServer(org, "billing", upstream.url);
  await applyPolicy(org, "billing", "version: 1\ndefault: allow\ntools: {}\n");
  const access = await addAgent(org, "ci-runner", "billing");
  const agent = await connect(access);
  expect((await agent.call("get_invoice", { id: "1" })).isError).toBe(false);

  await changeDatabase(
    `update agent_tokens set expires_at = now() - interval '1 minute'
     where org_id = (select id from orgs where slug = $1)`,
    [org],
  );

  await test.step("a running session is refused as much as a new one", async () => {
    const advice = /401.*expired.*issue a new token on the agent's page/s;
    await expect(agent.call("get_invoice", { id: "2" })).rejects.toThrow(advice);
    await expect(connect(access)).rejects.toThrow(advice);
    expect(upstream.executed).toEqual(["get_invoice"]);
  });

  const token = await test.step("the dashboard shows it, and issues a new one", async () => {
    await signIn(page, person);
    await page.goto(`/orgs/${org}/agents`);
    await expect(page.getByRole("row", { name: /ci-runner/ })).toContainText("Token expired");
    await page.getByRole("link", { name: "ci-runner" }).click();
    await expect(page.getByRole("main")).toContainText("expired");
    await page.getByRole("button", { name: "Rotate token" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Rotate token" }).click();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("button", { name: /^Copy Token of ci-runner/ }).click();
    return page.evaluate(() => navigator.clipboard.readText());
  });

  const renewed = await connect({ ...access, token });
  expect((await renewed.call("get_invoice", { id: "3" })).isError).toBe(false);
});

test("the first agent's token stays in sight until somebody says that it is stored", async ({
  page,
  upstream,
  connect,
}) => {
  const { org, person } = await createWorld("first-agent");
  await addServer(org, "billing", upstream.url);
  await applyPolicy(org, "billing", "version: 1\ndefault: allow\ntools: {}\n");
  await signIn(page, person);
  await page.goto(`/orgs/${org}/agents`);
  await page.getByRole("button", { name: "Create agent" }).click();
  const form = page.getByRole("dialog", { name: "Create agent" });
  await form.getByLabel("Name").fill("ci-runner");
  await form.getByRole("checkbox", { name: /billing/ }).check();
  await form.getByRole("button", { name: "Create agent" }).click();

  const shown = page.getByRole("alertdialog", { name: "ci-runner is created" });
  await expect(shown).toBeVisible();
  await expect(page.getByRole("table", { name: "Agents", includeHidden: true })).toBeAttached();
  await page.keyboard.press("Escape");
  await expect(shown).toBeVisible();
  const token = await shown.getByRole("textbox", { name: "Token of ci-runner" }).inputValue();
  const url = await shown.getByRole("textbox", { name: "proxy URL of billing" }).inputValue();
  await shown.getByRole("checkbox", { name: "I have stored it" }).check();
  await shown.getByRole("button", { name: "Done" }).click();
  await expect(shown).toBeHidden();
  await expect(page.getByRole("button", { name: "Create agent" })).toBeFocused();

  const agent = await connect({ url, token });
  expect((await agent.call("get_invoice", { id: "1" })).isError).toBe(false);
});
