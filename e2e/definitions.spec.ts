import { addAgent, addServer, applyPolicy, createWorld } from "./command-line.ts";
import { expect, test } from "./fixtures.ts";
import { signIn } from "./people.ts";

const byClass = "version: 1\ndefault: deny\nclasses:\n  read: { action: allow }\n";

test("a class set by hand decides for agents, says who and why, and outlives the next reading", async ({
  page,
  upstream,
  connect,
}) => {
  const { org, person } = await createWorld("override");
  await addServer(org, "billing", upstream.url);
  await applyPolicy(org, "billing", byClass);
  const agent = await connect(await addAgent(org, "ci-runner", "billing"));
  expect((await agent.call("get_invoice", { id: "1" })).isError).toBe(false);
  await signIn(page, person);

  await test.step("somebody knows better than the classifier", async () => {
    await page.goto(`/orgs/${org}/servers/billing?tool=get_invoice`);
    await page.getByRole("button", { name: "Set category and class by hand" }).click();
    const form = page.getByRole("form", { name: "Category and class" });
    await form.getByLabel("Category").selectOption("Financial");
    await form.getByLabel("Risk class").selectOption("Critical");
    await form.getByRole("button", { name: "Set class" }).click();
    await expect(form.getByText("Say why, in a few words").first()).toBeVisible();
    await form.getByLabel("Why").fill("Each call is charged to us.");
    await form.getByRole("button", { name: "Set class" }).click();
    await expect(page.getByText("get_invoice is now Financial, Critical")).toBeVisible();
    await expect(page.getByText(/Set by .*Each call is charged to us\./)).toBeVisible();
    await expect(page.getByText("Classified as Read, Low.")).toBeVisible();
  });

  await test.step("the rule for Read does not speak of it any more", async () => {
    expect((await agent.call("get_invoice", { id: "1" })).decision?.outcome).toBe("denied");
    expect(upstream.executed).toEqual(["get_invoice"]);
  });

  await test.step("the server announces it anew, and the class stays", async () => {
    upstream.redefine("get_invoice", { description: "Returns an invoice." });
    await page.goto(`/orgs/${org}/servers/billing/settings`);
    await page.getByRole("button", { name: "Read tools now" }).click();
    await page.getByRole("link", { name: "Review it" }).click();
    await page.getByRole("button", { name: "Review change of get_invoice" }).click();
    await page.getByRole("button", { name: "Accept definition" }).click();
    await expect(page.getByText("get_invoice is accepted")).toBeVisible();
    await page.goto(`/orgs/${org}/servers/billing?tool=get_invoice`);
    await expect(page.getByText(/Set by .*Each call is charged to us\./)).toBeVisible();
    await expect(page.getByText("What differs from the one before")).toHaveCount(1);
    expect((await agent.call("get_invoice", { id: "1" })).decision?.outcome).toBe("denied");
  });

  await test.step("given back, it is what it was classified as", async () => {
    await page.getByRole("button", { name: "Use the classified one" }).click();
    await expect(page.getByText("get_invoice has its own class again")).toBeVisible();
    expect((await agent.call("get_invoice", { id: "1" })).isError).toBe(false);
  });
});

test("a proposal is accepted in part, and just that part holds for a real client", async ({
  page,
  upstream,
  connect,
}) => {
  const { org, person } = await createWorld("proposal");
  await addServer(org, "billing", upstream.url);
  const agent = await connect(await addAgent(org, "ci-runner", "billing"));
  expect(await agent.listTools()).toEqual([]);
  await signIn(page, person);

  await page.goto(`/orgs/${org}/servers/billing`);
  await expect(page.getByText("No rules yet: every call is denied")).toBeVisible();
  await page.getByRole("link", { name: "Review the proposal" }).click();
  await expect(page.getByText("6 of 6 chosen")).toBeVisible();
  const payment = page.getByRole("region", { name: "Rule for create_payment" });
  await expect(payment).toContainText("+ action: require_approval");

  for (const tool of ["create_payment", "delete_customer", "run_query", "update_customer"]) {
    await page.getByRole("checkbox", { name: `Accept the rule for ${tool}` }).uncheck();
  }
  await page.getByRole("button", { name: "Accept 2 rules" }).click();
  await expect(page.getByText("The policy is now version 2")).toBeVisible();
  await expect(page.getByText("2 rules are already as proposed.")).toBeVisible();

  expect(await agent.listTools()).toEqual(["get_invoice", "list_customers"]);
  expect((await agent.call("list_customers")).isError).toBe(false);
  expect((await agent.call("delete_customer", { id: "1" })).decision?.outcome).toBe("denied");
  expect(upstream.executed).toEqual(["list_customers"]);

  await test.step("the rest can be taken over later", async () => {
    await page.getByRole("button", { name: "Choose all" }).click();
    await page.getByRole("button", { name: "Accept all 4 rules" }).click();
    await expect(
      page.getByText("The policy has all of it: 6 rules are as proposed."),
    ).toBeVisible();
    expect(await agent.listTools()).toHaveLength(6);
    expect(upstream.executed).toEqual(["list_customers"]);
  });
});

test("a server set so changes harmlessly without a person; what could harm is held", async ({
  page,
  upstream,
  connect,
}) => {
  const { org, person } = await createWorld("harmless");
  await addServer(org, "billing", upstream.url);
  await applyPolicy(org, "billing", byClass);
  const agent = await connect(await addAgent(org, "ci-runner", "billing"));
  await signIn(page, person);
  await page.goto(`/orgs/${org}/servers/billing/settings`);
  await page.getByRole("switch", { name: /Accept harmless changes/ }).check();
  await expect(page.getByText("Harmless changes pass from now on")).toBeVisible();

  upstream.redefine("get_invoice", { description: "Returns one invoice." });
  upstream.redefine("list_customers", { description: "Lists customers and deletes old ones." });
  await page.getByRole("button", { name: "Read tools now" }).click();
  await expect(page.getByText("1 tool is held for review.")).toBeVisible({ timeout: 30_000 });
  expect(await agent.describe("get_invoice")).toBe("Returns one invoice.");
  expect(await agent.describe("list_customers")).toBeNull();
  await page.goto(`/orgs/${org}/audit`);
  await expect(
    page.getByText("Callgate accepted the harmless change of get_invoice"),
  ).toBeVisible();
});
