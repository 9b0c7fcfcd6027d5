import type { CDPSession, Page } from "@playwright/test";
import { addAgent, addServer, applyPolicy, createWorld } from "./command-line.ts";
import { changeDatabase } from "./database.ts";
import { expect, test } from "./fixtures.ts";
import { type Rule, ruleControl, signIn } from "./people.ts";

test("the header of a category sets every tool of it, and no other, for the very next call", async ({
  page,
  upstream,
  connect,
}) => {
  const { org, person } = await createWorld("category");
  await addServer(org, "billing", upstream.url);
  const agent = await connect(await addAgent(org, "ci-runner", "billing"));
  expect(await agent.listTools()).toEqual([]);
  await signIn(page, person);
  await page.goto(`/orgs/${org}/servers/billing`);

  const readers = page.getByRole("group", { name: "Rule of all Read tools" });
  await readers.getByRole("radio", { name: "Allow" }).click();
  await expect(page.getByText(/^\d tools are now allowed$/)).toBeVisible();
  expect(await agent.listTools()).toEqual(
    expect.arrayContaining(["get_invoice", "list_customers"]),
  );
  expect(await agent.listTools()).not.toContain("update_customer");
  expect((await agent.call("list_customers")).isError).toBe(false);
  expect((await agent.call("get_invoice", { id: "1" })).isError).toBe(false);
  const other = await agent.call("update_customer", { id: "1" });
  expect(other.decision).toMatchObject({ outcome: "denied" });

  await readers.getByRole("radio", { name: "Limit" }).click();
  await expect(page.getByText(/^\d tools are now limited$/)).toBeVisible();
  for (const tool of ["get_invoice", "list_customers"]) {
    await expect(ruleControl(page, tool).getByRole("radio", { name: "Limit" })).toBeChecked();
  }
  await page.getByRole("button", { name: "Undo" }).first().click();
  await expect(page.getByText(/^\d tools as before$/)).toBeVisible();
  await expect(readers.getByRole("radio", { name: "Allow" })).toBeChecked();
  expect(upstream.executed).toEqual(["list_customers", "get_invoice"]);
});

test("selected tools get one rule at once, and can be handed back to the inherited one", async ({
  page,
  upstream,
  connect,
}) => {
  const { org, person } = await createWorld("bulk");
  await addServer(org, "billing", upstream.url);
  await applyPolicy(org, "billing", "version: 1\ndefault: allow\ntools: {}\n");
  const agent = await connect(await addAgent(org, "ci-runner", "billing"));
  await signIn(page, person);
  await page.goto(`/orgs/${org}/servers/billing`);
  const bar = page.getByRole("region", { name: "Selected tools" });
  const [first = "", second = "", third = ""] = await toolNames(page);

  await test.step("with shift, everything between two rows is selected", async () => {
    await page.getByRole("checkbox", { name: `Select ${first}` }).click();
    await page.getByRole("checkbox", { name: `Select ${third}` }).click({ modifiers: ["Shift"] });
    await expect(bar).toContainText("3 selected");
    await page.getByRole("checkbox", { name: `Select ${second}` }).click();
    await expect(bar).toContainText("2 selected");
  });

  await test.step("the next call of each selected tool meets the rule, others do not", async () => {
    await bar.getByRole("radio", { name: "Hide" }).click();
    await expect(page.getByText("2 tools are now hidden")).toBeVisible();
    for (const tool of [first, third]) {
      await expect(agent.call(tool)).rejects.toThrow(`Unknown tool: ${tool}`);
    }
    expect((await agent.call(second)).isError).toBe(false);
    expect(await agent.listTools()).toHaveLength(4);
    expect(upstream.executed).toEqual([second]);
  });

  await test.step("handed back, they are decided by the default again", async () => {
    await bar.getByRole("button", { name: "Use inherited rule" }).click();
    await expect(page.getByText("2 tools are back to the inherited rule")).toBeVisible();
    expect((await agent.call(first)).isError).toBe(false);
    await page.keyboard.press("Escape");
    await expect(bar).toBeHidden();
  });
});

test("passing over choices with the arrow keys saves where it comes to rest, once", async ({
  page,
  upstream,
}) => {
  const { org, person } = await createWorld("arrows");
  await addServer(org, "billing", upstream.url);
  await signIn(page, person);
  await page.clock.install();
  await page.goto(`/orgs/${org}/servers/billing`);
  const sent = countSaves(page);

  // What is chosen before the page's scripts run is taken over as it stands then, and saved at once.
  await expect(async () => {
    await page.keyboard.press("/");
    await expect(page.getByRole("searchbox", { name: "Search tools" })).toBeFocused({
      timeout: 2_000,
    });
  }).toPass();
  await ruleControl(page, "get_invoice").getByRole("radio", { name: "Deny" }).focus();
  // However long this machine takes between two keys, the page's clock stands still.
  await page.clock.pauseAt(new Date(Date.now() + 60_000));
  for (let step = 0; step < 3; step++) await page.keyboard.press("ArrowLeft");
  expect(sent()).toBe(0);
  await page.clock.resume();
  await expect(
    ruleControl(page, "get_invoice").getByRole("radio", { name: "Allow" }),
  ).toBeChecked();
  await expect(page.getByText("get_invoice is now allowed")).toBeVisible();
  expect(sent()).toBe(1);
});

test.describe("rules set in quick succession on a slow line are all kept, and no row moves when an answer comes", () => {
  const sizes = [
    { what: "on a desktop", viewport: { width: 1440, height: 1000 }, hasTouch: false },
    { what: "on a phone", viewport: { width: 390, height: 2400 }, hasTouch: true },
  ];
  for (const { what, viewport, hasTouch } of sizes) {
    test(what, async ({ openBrowser, upstream }) => {
      const { org, person } = await createWorld("quick");
      await addServer(org, "billing", upstream.url);
      const page = await openBrowser({ viewport, hasTouch, isMobile: hasTouch });
      await signIn(page, person);
      await page.goto(`/orgs/${org}/servers/billing`);
      await expect(page.getByRole("region", { name: "Proposed policy" })).toBeVisible();
      const names = await toolNames(page);
      const [first = "", second = "", third = "", fourth = ""] = names;
      const chosen: [string, Rule][] = [
        [third, "Allow"],
        [first, "Limit"],
        [second, "Approve"],
        [fourth, "Hide"],
      ];

      // Each choice while the answers to those before are still on their way.
      const slowLine = await slowDown(page);
      for (const [tool, rule] of chosen) {
        await pressRule(page, tool, rule, hasTouch);
        await expect(ruleControl(page, tool).getByRole("radio", { name: rule })).toBeChecked();
      }
      const before = await heightsOf(page, names);
      await expect(page.getByText(`${fourth} is now hidden`)).toBeVisible({ timeout: 30_000 });
      expect(await heightsOf(page, names)).toEqual(before);

      await slowLine.detach();
      await page.reload();
      for (const [tool, rule] of chosen) {
        await expect(ruleControl(page, tool).getByRole("radio", { name: rule })).toBeChecked();
      }
    });
  }
});

test("a tab is not closed unasked while a rule is on its way", async ({ page, upstream }) => {
  const { org, person } = await createWorld("closing");
  await addServer(org, "billing", upstream.url);
  await signIn(page, person);
  await page.goto(`/orgs/${org}/servers/billing`);

  const release = await holdSaves(page);
  const allow = ruleControl(page, "get_invoice").getByRole("radio", { name: "Allow" });
  await allow.click();
  await expect(allow).toBeChecked();
  const asked = page.waitForEvent("dialog");
  await page.close({ runBeforeUnload: true });
  const dialog = await asked;
  expect(dialog.type()).toBe("beforeunload");
  await dialog.dismiss();
  release();
  await expect(page.getByText("get_invoice is now allowed")).toBeVisible();

  await page.close({ runBeforeUnload: true });
  await expect.poll(() => page.isClosed()).toBe(true);
});

test("a reason that is being typed is kept when the work goes on in another row", async ({
  page,
  upstream,
}) => {
  const { org, person } = await createWorld("typed");
  await addServer(org, "billing", upstream.url);
  await signIn(page, person);
  await page.goto(`/orgs/${org}/servers/billing`);
  await ruleControl(page, "create_payment").getByRole("radio", { name: "Deny" }).click();
  await page.getByLabel("Reason the agent is told").fill("People pay.");
  // First on nothing, then below, where the row comes up once the editor is gone.
  await page.getByRole("heading", { level: 1 }).click();
  await pressRule(page, "run_query", "Allow", false);
  await expect(ruleControl(page, "run_query").getByRole("radio", { name: "Allow" })).toBeChecked();
  await expect(page.getByText("run_query is now allowed")).toBeVisible();

  await page.reload();
  await expect(page.getByText("“People pay.”")).toBeVisible();
  await expect(ruleControl(page, "run_query").getByRole("radio", { name: "Allow" })).toBeChecked();
});

test.describe("a rule change that the server refuses restores the old value and says why", () => {
  const reasons = [
    {
      because: "the role was lowered meanwhile",
      sql: `update members set role = 'viewer' where org_id = (select id from orgs where slug = $1)`,
      says: /does not allow|may not|role/i,
    },
    {
      because: "the server was removed meanwhile",
      sql: `update servers set removed_at = now() where org_id = (select id from orgs where slug = $1)`,
      says: /no server/i,
    },
    {
      because: "the session ended meanwhile",
      sql: `delete from user_sessions where user_id in
        (select user_id from members where org_id = (select id from orgs where slug = $1))`,
      says: /You are signed out\. Sign in and try again\./,
    },
  ];
  for (const { because, sql, says } of reasons) {
    test(because, async ({ page, noise, upstream, connect }) => {
      // What the page follows live is refused with the rest.
      if (because.startsWith("the session")) noise.expect(/status of 401/);
      const { org, person } = await createWorld("refused");
      await addServer(org, "billing", upstream.url);
      const access = await addAgent(org, "ci-runner", "billing");
      await signIn(page, person);
      await page.goto(`/orgs/${org}/servers/billing`);
      const control = ruleControl(page, "get_invoice");
      await expect(control.getByRole("radio", { name: "Deny" })).toBeChecked();

      await changeDatabase(sql, [org]);
      const release = await holdSaves(page);
      await control.getByRole("radio", { name: "Allow" }).click();
      // Shown at once, before the server has said anything.
      await expect(control.getByRole("radio", { name: "Allow" })).toBeChecked();
      release();

      const notice = page.getByRole("region", { name: "Notifications" });
      await expect(notice).toContainText("The rule was not saved");
      await expect(notice).toContainText(says);
      await expect(control.getByRole("radio", { name: "Deny" })).toBeChecked();
      if (because.startsWith("the server")) return;
      const agent = await connect(access);
      expect((await agent.call("get_invoice", { id: "1" })).isError).toBe(true);
      expect(upstream.executed).toEqual([]);
    });
  }
});

/** The tools of the billing server in the order of the page. */
async function toolNames(page: Page): Promise<string[]> {
  const boxes = page.getByRole("checkbox", { name: /^Select (?!all)/ });
  await expect(boxes).toHaveCount(6);
  return boxes.evaluateAll((all) =>
    all.map((box) => box.getAttribute("aria-label")?.replace("Select ", "") ?? ""),
  );
}

/** Presses where the rule stands now and lets go there, as a hand does, whatever moved meanwhile. */
async function pressRule(page: Page, tool: string, rule: Rule, touch: boolean): Promise<void> {
  const box = await ruleControl(page, tool).getByRole("radio", { name: rule }).boundingBox();
  if (box === null) throw new Error(`${rule} of ${tool} is not in view`);
  const at = [box.x + box.width / 2, box.y + box.height / 2] as const;
  if (touch) return page.touchscreen.tap(...at);
  await page.mouse.move(...at);
  await page.mouse.down();
  await page.mouse.up();
}

/** How far down each tool's control stands. */
async function heightsOf(page: Page, tools: readonly string[]): Promise<number[]> {
  const boxes = await Promise.all(tools.map((tool) => ruleControl(page, tool).boundingBox()));
  return boxes.map((box) => box?.y ?? Number.NaN);
}

/** A line on which each answer takes a while; ends with the session that it returns. */
async function slowDown(page: Page): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 1_000,
    downloadThroughput: 64 * 1024,
    uploadThroughput: 64 * 1024,
  });
  return session;
}

/** Keeps what the page sends to itself from arriving until released. */
async function holdSaves(page: Page): Promise<() => void> {
  const held = Promise.withResolvers<void>();
  await page.route(
    (url) => url.pathname.endsWith("/servers/billing"),
    async (route) => {
      if (route.request().method() === "POST") await held.promise;
      await route.continue();
    },
  );
  return held.resolve;
}

/** How often the page has asked for a change since. */
function countSaves(page: Page): () => number {
  let count = 0;
  page.on("request", (request) => {
    if (request.method() !== "POST" || !request.headers()["next-action"]) return;
    // What limits have been used of is read now and then as well.
    if (request.postData()?.includes('"rule":')) count++;
  });
  return () => count;
}
