import { addAgent, addServer, applyPolicy, createWorld } from "./command-line.ts";
import { expect, test } from "./fixtures.ts";
import { inspector } from "./inspector.ts";
import { connectInBrowser, createOrg, newSlug, ruleControl, setRule, signUp } from "./people.ts";

test("from sign-up to the first decided calls, every call is decided before it reaches the server", async ({
  page,
  upstream,
  connect,
}) => {
  const org = newSlug("main");
  const base = `/orgs/${org}`;

  await test.step("sign up and create an org; a checklist says what comes next", async () => {
    await signUp(page);
    await createOrg(page, "Main journey", org);
    await expect(
      page.getByRole("heading", { name: "Get to the first decided call" }),
    ).toBeVisible();
    await expect(page.getByText("0 of 5")).toBeVisible();
  });

  await test.step("register a server by its URL and watch each step of the connection", async () => {
    await page.getByRole("link", { name: "Register server" }).click();
    await page.getByRole("radio", { name: /A URL/ }).check();
    await page.getByLabel("URL", { exact: true }).fill(upstream.url);
    await page.getByLabel("Name", { exact: true }).fill("Billing");
    await expect(page.getByLabel("Slug")).toHaveValue("billing");
    await page.getByRole("button", { name: "Test and register" }).click();
    await expect(page).toHaveURL(new RegExp(`${base}/servers/billing$`), { timeout: 30_000 });
    await expect(page.getByText("Healthy")).toBeVisible();
  });

  await test.step("every tool is listed with its risk, and denied until somebody allows it", async () => {
    await expect(page.getByRole("row", { name: /create_payment/ })).toContainText("Critical");
    await expect(page.getByRole("row", { name: /get_invoice/ })).toContainText("Low");
    for (const tool of ["create_payment", "delete_customer", "get_invoice", "run_query"]) {
      await expect(ruleControl(page, tool).getByRole("radio", { name: "Deny" })).toBeChecked();
    }
  });

  await test.step("set a rule for each tool with its control", async () => {
    await setRule(page, "get_invoice", "Allow");
    await setRule(page, "update_customer", "Limit");
    const limit = page.getByRole("form", { name: "Limit of update_customer" });
    await expect(limit.getByLabel("Calls")).toHaveValue("10");
    await expect(limit.getByLabel("Seconds")).toHaveValue("60");
    await limit.getByRole("button", { name: "Save" }).click();
    await setRule(page, "delete_customer", "Deny");
    const reason = page.getByRole("form", { name: "Reason for delete_customer" });
    await reason.getByLabel("Reason the agent is told").fill("Ask #platform first.");
    await reason.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("button", { name: "“Ask #platform first.”" })).toBeVisible();
    await setRule(page, "create_payment", "Approve");
    await setRule(page, "run_query", "Hide");
  });

  const access = await test.step("connect an agent: copy the proxy URL and its token", async () => {
    const copied = await connectInBrowser(page, "alice-laptop");
    expect(copied.token).toMatch(/^cg_agt_[0-9A-Za-z]{49}$/);
    for (const client of [
      "Claude Code",
      "Claude Desktop",
      "Cursor",
      "VS Code",
      "Codex CLI",
      "JSON",
    ]) {
      await page.getByRole("tab", { name: client, exact: true }).click();
      const snippet = page.getByRole("region", { name: `${client} snippet` });
      await expect(snippet).toContainText(copied.url);
      await expect(snippet).toContainText(copied.token);
    }
    return copied;
  });

  const agent = await connect(access);

  await test.step("the client sees the listed tools only, and an allowed call answers", async () => {
    // Of list_customers only the default speaks, and run_query is hidden.
    expect(await agent.listTools()).toEqual([
      "create_payment",
      "delete_customer",
      "get_invoice",
      "update_customer",
    ]);
    const answer = await agent.call("get_invoice", { id: "4711" });
    expect(answer).toMatchObject({ isError: false, decision: null });
    expect(answer.text).toBe('get_invoice done for {"id":"4711"}');
  });

  await test.step("the connect panel shows the first call as it arrives", async () => {
    const firstCall = page.getByRole("region", { name: "Make a call" });
    await expect(firstCall).toContainText("Allowed");
    await expect(firstCall).toContainText("get_invoice");
  });

  await test.step("a denied call is refused with its reason and never reaches the server", async () => {
    const answer = await agent.call("delete_customer", { id: "1" });
    expect(answer.isError).toBe(true);
    expect(answer.text).toContain("Reason: Ask #platform first.");
    expect(answer.text).toContain("The action was not performed");
    expect(answer.decision).toMatchObject({ outcome: "denied", retryable: false });
    expect(upstream.executed).not.toContain("delete_customer");
  });

  await test.step("the eleventh call of a 10-in-60-s rule is limited, with the seconds to wait", async () => {
    for (let count = 1; count <= 10; count++) {
      expect((await agent.call("update_customer", { id: String(count) })).isError).toBe(false);
    }
    const answer = await agent.call("update_customer", { id: "11" });
    expect(answer.isError).toBe(true);
    expect(answer.decision).toMatchObject({ outcome: "rate_limited", limit: 10, window: 60 });
    const seconds = Number(/Wait (\d+) seconds?/.exec(answer.text)?.[1]);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(upstream.executed.filter((tool) => tool === "update_customer")).toHaveLength(10);
  });

  await test.step("a hidden tool is as unknown as one that does not exist", async () => {
    await expect(agent.call("run_query", { sql: "select 1" })).rejects.toThrow(
      "Unknown tool: run_query",
    );
    await expect(agent.call("no_such_tool")).rejects.toThrow("Unknown tool: no_such_tool");
    expect(upstream.executed).not.toContain("run_query");
  });

  await test.step("an approval given in the browser lets exactly one call run", async () => {
    const payment = { amount: 120.5, currency: "EUR", iban: "DE02120300000000202051" };
    const first = await agent.call("create_payment", payment);
    expect(first.decision).toMatchObject({ outcome: "approval_required", retryable: true });
    const joined = await agent.call("create_payment", payment);
    expect(joined.decision?.approvalId).toBe(first.decision?.approvalId);
    expect(upstream.executed).not.toContain("create_payment");

    await page.goto(String(first.decision?.approvalUrl));
    await expect(page.getByRole("article")).toContainText(
      "alice-laptop asks to run create_payment",
    );
    await expect(page.getByRole("article")).toContainText("DE02120300000000202051");
    await page.getByRole("button", { name: "Approve" }).click();
    await expect(page.getByText("Approved create_payment for alice-laptop")).toBeVisible();

    const other = await agent.call("create_payment", { ...payment, amount: 9_999 });
    expect(other.decision).toMatchObject({ outcome: "approval_required" });
    expect((await agent.call("create_payment", payment)).isError).toBe(false);
    const again = await agent.call("create_payment", payment);
    expect(again.decision).toMatchObject({ outcome: "approval_required" });
    expect(upstream.executed.filter((tool) => tool === "create_payment")).toHaveLength(1);
  });

  await test.step("a rule changed in the browser holds for the very next call", async () => {
    await page.goto(`${base}/servers/billing`);
    await setRule(page, "get_invoice", "Deny");
    expect((await agent.call("get_invoice", { id: "1" })).decision).toMatchObject({
      outcome: "denied",
    });
    await setRule(page, "get_invoice", "Allow");
    expect((await agent.call("get_invoice", { id: "2" })).isError).toBe(false);
    await setRule(page, "get_invoice", "Hide");
    await expect(agent.call("get_invoice", { id: "3" })).rejects.toThrow(
      "Unknown tool: get_invoice",
    );
    expect(await agent.listTools()).not.toContain("get_invoice");
  });

  await test.step("the record shows each call with its decision, rule and outcome", async () => {
    const navigation = page.getByRole("navigation", { name: "Main" });
    await navigation.getByRole("link", { name: "Calls" }).click();
    await expect(page).toHaveURL(new RegExp(`${base}/calls$`));
    const calls = page.getByRole("table", { name: "Calls" });
    await expect(calls.getByRole("row", { name: /get_invoice/ }).first()).toContainText("Hidden");
    await expect(calls.getByRole("row", { name: /Limited.*update_customer/ })).toHaveCount(1);
    await expect(
      calls.getByRole("row", { name: /Allowed.*update_customer.*Succeeded/ }),
    ).toHaveCount(10);
    await expect(
      calls.getByRole("row", { name: /Allowed.*create_payment.*Succeeded/ }),
    ).toHaveCount(1);
    await calls.getByRole("link", { name: "delete_customer" }).click();
    await expect(page.getByRole("main")).toContainText(
      "alice-laptop called delete_customer on Billing",
    );
    await expect(page.getByRole("main")).toContainText("tools.delete_customer");
    await expect(page.getByRole("main")).toContainText("Reason given: Ask #platform first.");
    await expect(page.getByRole("main")).toContainText("It was not sent to the server.");
  });
});

test("the Inspector's command line gets the same answers as any other client", async ({
  upstream,
}) => {
  const { org } = await createWorld("inspector");
  await addServer(org, "billing", upstream.url);
  const access = await addAgent(org, "ci-runner", "billing");
  await applyPolicy(
    org,
    "billing",
    `version: 1
default: deny
tools:
  get_invoice: { action: allow }
  delete_customer: { action: deny, reason: "Ask #platform first." }
  run_query: { action: hide }
`,
  );

  const list = await inspector(access, ["--method", "tools/list"]);
  expect(list.code, list.stderr).toBe(0);
  expect(list.stdout).toContain("get_invoice");
  expect(list.stdout).toContain("delete_customer");
  expect(list.stdout).not.toContain("run_query");

  const call = (tool: string) => {
    const what = ["--method", "tools/call", "--tool-name", tool];
    return inspector(access, [...what, "--tool-args-json", '{"id":"4711"}']);
  };
  const allowed = await call("get_invoice");
  expect(allowed.code, allowed.stderr).toBe(0);
  expect(allowed.stdout).toContain("get_invoice done for");

  const denied = await call("delete_customer");
  expect(denied.stdout).toContain("Blocked by policy");
  expect(denied.stdout).toContain("Ask #platform first.");

  const hidden = await call("run_query");
  expect(hidden.code).not.toBe(0);
  expect(upstream.executed).toEqual(["get_invoice"]);
});
