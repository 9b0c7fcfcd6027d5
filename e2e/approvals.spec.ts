import type { Page } from "@playwright/test";
import { addAgent, addServer, applyPolicy, callgateJson, createWorld } from "./command-line.ts";
import { changeDatabase } from "./database.ts";
import { expect, test } from "./fixtures.ts";
import { signIn } from "./people.ts";

const policy = `version: 1
default: deny
tools:
  update_customer: { action: require_approval, reason: "Addresses are checked by hand." }
  delete_customer:
    action: require_approval
    approval: { message: "Look the customer up first." }
`;

async function createScene(stem: string, upstreamUrl: string) {
  const world = await createWorld(stem);
  await addServer(world.org, "billing", upstreamUrl);
  await applyPolicy(world.org, "billing", policy);
  const access = await addAgent(world.org, "ci-runner", "billing");
  return { ...world, access };
}

const customer = { id: "4711", name: "Ada", address: "1 Loop\u202eRoad" };
const request = (page: Page) => page.getByRole("article");

test("an approval is given on a phone, by whoever proves who they are, and the call runs once", async ({
  openBrowser,
  upstream,
  connect,
}) => {
  const { person, org, access } = await createScene("phone", upstream.url);
  const agent = await connect(access);
  const phone = await openBrowser({
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  });
  await signIn(phone, person);
  await phone.goto(`/orgs/${org}/approvals`);
  await expect(phone.getByText("Nothing waits.")).toBeVisible();

  const asked = await agent.call("delete_customer", { id: "4711", api_token: "canary-secret" });
  expect(asked.decision).toMatchObject({ outcome: "approval_required", retryable: true });

  await test.step("it arrives without a reload, complete, with the secret covered", async () => {
    await phone.getByRole("link", { name: /delete_customer/ }).tap();
    await expect(request(phone)).toContainText("ci-runner asks to run delete_customer");
    await expect(request(phone)).toContainText("Look the customer up first.");
    await expect(request(phone)).toContainText("4711");
    await expect(request(phone)).not.toContainText("canary-secret");
    await phone.getByRole("button", { name: "Reveal api_token" }).tap();
    await expect(request(phone)).toContainText("canary-secret");
  });

  await test.step("Approve and Deny are within the thumb's reach, and nothing is wider than the screen", async () => {
    for (const name of ["Approve", "Deny"]) {
      const box = await phone.getByRole("button", { name }).boundingBox();
      expect(box?.height).toBeGreaterThanOrEqual(44);
      expect((box?.y ?? 0) + (box?.height ?? 0)).toBeGreaterThan(700);
    }
    const width = await phone.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(390);
  });

  await test.step("a sign-in that is too old for a Critical tool is asked for again", async () => {
    await changeDatabase(
      `update user_sessions set authenticated_at = now() - interval '6 minutes'
       where user_id = (select id from users where email = $1)`,
      [person.email],
    );
    await phone.getByRole("button", { name: "Approve" }).tap();
    const dialog = phone.getByRole("dialog", { name: "Confirm that it is you" });
    await dialog.getByLabel("Password").fill("not the password");
    await dialog.getByRole("button", { name: "Confirm and approve" }).tap();
    await expect(dialog.getByText("This is not your password")).toBeVisible();
    await dialog.getByLabel("Password").fill(person.password);
    await dialog.getByRole("button", { name: "Confirm and approve" }).tap();
  });

  await expect(phone.getByText("Approved delete_customer for ci-runner")).toBeVisible();
  expect(upstream.executed).toEqual([]);

  await test.step("the same call runs, once", async () => {
    const again = await agent.call("delete_customer", { id: "4711", api_token: "canary-secret" });
    expect(again).toMatchObject({ isError: false, decision: null });
    const third = await agent.call("delete_customer", { id: "4711", api_token: "canary-secret" });
    expect(third.decision).toMatchObject({ outcome: "approval_required" });
    expect(upstream.executed).toEqual(["delete_customer"]);
  });
});

test("a denial reaches the agent with its reason; keys a and d decide on a desk", async ({
  page,
  upstream,
  connect,
}) => {
  const { person, org, access } = await createScene("desk", upstream.url);
  const agent = await connect(access);
  await signIn(page, person);
  await agent.call("update_customer", customer);
  await agent.call("update_customer", { ...customer, id: "4712" });
  await page.goto(`/orgs/${org}/approvals`);

  await test.step("d denies what is shown, with the reason", async () => {
    await expect(request(page)).toContainText("right-to-left override U+202E");
    await expect(request(page)).toContainText("Addresses are checked by hand.");
    const reason = page.getByRole("textbox", { name: "Reason for the agent, optional" });
    await reason.fill("Wrong customer.");
    // In a field the keys are letters.
    await reason.press("d");
    await expect(reason).toHaveValue("Wrong customer.d");
    await reason.fill("Wrong customer.");
    await reason.press("Escape");
    await expect(async () => {
      await page.keyboard.press("d");
      await expect(page.getByText("Denied update_customer for ci-runner")).toBeVisible({
        timeout: 500,
      });
    }).toPass();
    const told = await agent.call("update_customer", customer);
    expect(told.text).toContain("Reason: Wrong customer.");
    expect(told.decision).toMatchObject({ outcome: "denied", retryable: false });
  });

  await test.step("a approves the next one", async () => {
    await expect(request(page)).toContainText("4712");
    await expect(async () => {
      await page.keyboard.press("a");
      await expect(page.getByText("Approved update_customer for ci-runner")).toBeVisible({
        timeout: 500,
      });
    }).toPass();
    const ran = await agent.call("update_customer", { ...customer, id: "4712" });
    expect(ran.isError).toBe(false);
    expect(upstream.executed).toEqual(["update_customer"]);
  });

  await test.step("several are denied with one reason, and the history tells all of it", async () => {
    for (const id of ["1", "2", "3"]) await agent.call("update_customer", { ...customer, id });
    await page.goto(`/orgs/${org}/approvals`);
    await page.getByRole("button", { name: "Select" }).click();
    const boxes = page.getByRole("checkbox", { name: /Select update_customer/ });
    await boxes.first().click();
    await boxes.last().click({ modifiers: ["Shift"] });
    const bulk = page.getByRole("form", { name: "Deny the selected calls" });
    await bulk.getByRole("textbox").fill("Not in bulk.");
    await bulk.getByRole("button", { name: /^Deny \d selected$/ }).click();
    await expect(page.getByText(/^Denied \d calls$/)).toBeVisible();
    await page.goto(`/orgs/${org}/approvals/history?state=denied`);
    const table = page.getByRole("table", { name: "Approval requests" });
    await expect(table.getByText("Not in bulk.").first()).toBeVisible();
    await expect(table.getByText("Wrong customer.")).toBeVisible();
  });
});

test("an agent's token, a link and a forged address approve nothing (ADV-110, ADV-112)", async ({
  page,
  upstream,
  connect,
  noise,
}) => {
  noise.expect(/401|404|405/);
  const { person, org, access } = await createScene("forged", upstream.url);
  const agent = await connect(access);
  const { decision } = await agent.call("update_customer", customer);
  const id = String(decision?.approvalId);
  const address = `/orgs/${org}/approvals/${id}`;
  const bearer = { authorization: `Bearer ${access.token}` };
  for (const path of [`/api/orgs/${org}/approvals`, `/api${address}`, address]) {
    const answer = await page.request.get(`${path}?decision=approve`, {
      headers: bearer,
      maxRedirects: 0,
    });
    expect([200, 307, 401, 404]).toContain(answer.status());
    expect(await answer.text()).not.toContain("1 Loop");
    await page.request.post(path, { headers: bearer, data: { id, decision: "approve" } });
  }
  await signIn(page, person);
  await page.goto(`${address}?decision=approve&a=1`);
  await expect(request(page)).toContainText("ci-runner asks to run update_customer");
  const [waiting] = await callgateJson<{ id: string; state: string }[]>([
    "approvals",
    "list",
    "--org",
    org,
  ]);
  expect(waiting).toMatchObject({ id, state: "pending" });
  expect(upstream.executed).toEqual([]);
});
