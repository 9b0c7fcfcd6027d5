import type { Page } from "@playwright/test";
import {
  addAgent,
  addServer,
  applyPolicy,
  callgate,
  callgateJson,
  createWorld,
} from "./command-line.ts";
import { expect, test } from "./fixtures.ts";
import { signIn } from "./people.ts";

const start = `version: 1
default: deny
tools:
  get_invoice: { action: allow }
  list_customers: { action: allow }
`;

test("a rule made with the form is in the YAML, an edit of the YAML is in the form, and saving applies both", async ({
  page,
  upstream,
  connect,
}) => {
  const { org, person } = await createWorld("two-way");
  await addServer(org, "billing", upstream.url);
  await applyPolicy(org, "billing", start);
  const agent = await connect(await addAgent(org, "ci-runner", "billing"));
  await signIn(page, person);
  await openPolicy(page, org);

  await page.getByRole("button", { name: /^get_invoice/ }).click();
  const rule = page.getByRole("group", { name: "rule 1 of get_invoice", exact: true });
  await rule.getByRole("button", { name: "Add condition" }).click();
  await expect(page.getByText("Not in the policy yet")).toBeVisible();
  await rule.getByRole("combobox", { name: "Argument of condition 1" }).fill("id");
  await rule.getByRole("textbox", { name: "Value of condition 1" }).fill("7");
  await expect(yaml(page)).toContainText("path: id");
  await expect(rule.getByText('Allow when id is "7".')).toBeVisible();

  await yaml(page).focus();
  await page.keyboard.press("Control+End");
  await page.keyboard.insertText("  update_customer: { action: deny, reason: Ask first. }\n");
  await expect(page.getByRole("button", { name: /^update_customer/ })).toBeVisible();
  await page.keyboard.insertText("  broken: { action: maybe }\n");
  await expect(page.getByText("1 problem", { exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: "Save version" })).toBeDisabled();
  await page.keyboard.press("Shift+ArrowUp");
  await page.keyboard.press("Delete");
  await page.getByRole("textbox", { name: "Note for this version" }).fill("Only invoice 7");
  await save(page);

  expect((await agent.call("get_invoice", { id: "7" })).isError).toBe(false);
  expect((await agent.call("get_invoice", { id: "8" })).decision).toMatchObject({
    outcome: "denied",
  });
  const refused = await agent.call("update_customer", { id: "1" });
  expect(refused.text).toContain("Ask first.");
  expect(upstream.executed).toEqual(["get_invoice"]);
});

test("a call can be tried with nothing executed, kept as a test, and the test blocks a save that breaks it", async ({
  page,
  upstream,
}) => {
  const { org, person } = await createWorld("cases");
  await addServer(org, "billing", upstream.url);
  await applyPolicy(org, "billing", start);
  await signIn(page, person);
  await openPolicy(page, org);

  await test.step("try it: the decision with its rule; the server never hears of it", async () => {
    const form = page.getByRole("form", { name: "Try a call" });
    await form.getByRole("combobox", { name: "Tool" }).fill("list_customers");
    await form.getByRole("button", { name: "Decide" }).click();
    const decision = page.getByRole("status", { name: "Decision" });
    await expect(decision).toContainText("Allowed");
    await expect(decision).toContainText("tools.list_customers");
    expect(upstream.executed).toEqual([]);
    expect(await recorded(org)).toHaveLength(0);
    await decision.getByRole("button", { name: "Keep as a test" }).click();
    await expect(page.getByText("The case passes with this draft.")).toBeVisible();
    await save(page);
  });

  await test.step("a draft that breaks the case cannot be saved until the case is removed", async () => {
    await page.getByRole("button", { name: /^list_customers/ }).click();
    await page
      .getByRole("group", { name: "Choice of rule 1 of list_customers" })
      .getByRole("radio", { name: "Deny" })
      .click();
    await expect(page.getByText(/^A case fails: change the rules/)).toBeVisible();
    await expect(page.getByRole("button", { name: "Save version" })).toBeDisabled();
    await page.getByRole("tab", { name: /^Cases/ }).click();
    await expect(page.getByText(/^It would be denied/)).toBeVisible();
    await page.getByRole("button", { name: "Remove case list_customers" }).click();
    await save(page);
  });
});

test("replay predicts exactly what enforcing then does to the same calls, and a version can be restored", async ({
  page,
  upstream,
  connect,
}) => {
  const { org, person } = await createWorld("replay");
  await addServer(org, "billing", upstream.url);
  await applyPolicy(org, "billing", "version: 1\ndefault: allow\n");
  const agent = await connect(await addAgent(org, "ci-runner", "billing"));
  await signIn(page, person);
  await openPolicy(page, org);

  await test.step("observe, then real calls", async () => {
    await page.getByRole("button", { name: "Only observe" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Only observe" }).click();
    await expect(page.getByText("Observing", { exact: true })).toBeVisible();
    expect(await callAll(agent)).toEqual(["ran", "ran", "ran", "ran"]);
    await expect.poll(() => recorded(org).then((calls) => calls.length)).toBe(4);
  });

  await test.step("the replay of a draft: two denied, one limited, in numbers", async () => {
    await yaml(page).focus();
    await page.keyboard.press("Control+a");
    await page.keyboard.insertText(stricter);
    await page.getByRole("tab", { name: "What would change" }).click();
    await page.getByRole("button", { name: "Replay this draft" }).click();
    await expect(page.getByText("Of 4 calls on record, 3 would end otherwise.")).toBeVisible();
    const by = page.getByRole("region", { name: "By tool" }).last();
    for (const line of [
      "get_invoice1 newly limited",
      "update_customer1 newly denied",
      "list_customers1 newly denied",
    ]) {
      await expect(by).toContainText(line);
    }
  });

  await test.step("enforced, the same calls end as predicted", async () => {
    await save(page);
    await page.getByRole("button", { name: "Enforce", exact: true }).click();
    await expect(page.getByText("Enforcing", { exact: true })).toBeVisible();
    expect(await callAll(agent)).toEqual(["ran", "rate_limited", "denied", "denied"]);
  });

  await test.step("the first version restored decides the next call", async () => {
    await page.getByRole("tab", { name: /^Versions/ }).click();
    await page.getByRole("button", { name: "Restore version 2", exact: true }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Restore" }).click();
    await expect(page.getByText("Version 2 is the policy again")).toBeVisible();
    expect(await callAll(agent)).toEqual(["ran", "ran", "ran", "ran"]);
  });
});

test("what is not saved is asked for before a link or the way back drops it", async ({
  page,
  upstream,
}) => {
  const { org, person } = await createWorld("unsaved");
  await addServer(org, "billing", upstream.url);
  await applyPolicy(org, "billing", start);
  await signIn(page, person);
  await openPolicy(page, org);
  const members = page.getByRole("link", { name: "Members" });
  const draft = `${start}  update_customer: { action: deny, reason: Typed. }\n`;
  await write(page, draft);
  await expect(page.getByText("Not saved yet;")).toBeVisible();

  await test.step("stayed: the draft is as it was", async () => {
    for (const leave of [() => members.click(), () => page.evaluate(() => history.back())]) {
      const asked = answerNext(page, "stay");
      await leave();
      expect(await asked).toContain("not saved");
      await expect(yaml(page)).toContainText("Typed.");
      await expect(page).toHaveURL(/\/policy$/);
    }
  });

  await test.step("left: by the way back, then by a link", async () => {
    // A browser lets a page ask only once for each time that somebody did something in it.
    await write(page, draft);
    const asked = answerNext(page, "leave");
    await page.goBack();
    await asked;
    await expect(page).toHaveURL(/\/billing$/);
    await openPolicy(page, org);
    await write(page, draft);
    await expect(page.getByText("Not saved yet;")).toBeVisible();
    const askedAgain = answerNext(page, "leave");
    await members.click();
    await askedAgain;
    await expect(page).toHaveURL(/\/members$/);
    expect(await policyText(org)).not.toContain("Typed.");
  });
});

test("of two people who edit at once, the second sees what the first saved before anything is lost", async ({
  page,
  upstream,
}) => {
  const { org, person } = await createWorld("conflict");
  await addServer(org, "billing", upstream.url);
  await applyPolicy(org, "billing", start);
  await signIn(page, person);
  await openPolicy(page, org);
  await write(page, `${start}  update_customer: { action: deny, reason: Mine. }\n`);
  await applyPolicy(org, "billing", `${start}  delete_customer: { action: hide }\n`);
  await page.getByRole("button", { name: "Save version" }).click();

  const note = page.getByRole("region", { name: "Another version was saved" });
  await expect(note).toContainText("While you edited version 2, command line saved version 3");
  const [theirs, mine] = [
    note.getByRole("region", { name: "What version 3 changed" }),
    note.getByRole("region", { name: "Your draft against version 3" }),
  ];
  await expect(theirs).toContainText("+  delete_customer:");
  await expect(mine).toContainText("-  delete_customer:");
  await expect(mine, "spelled otherwise is no difference").not.toContainText("get_invoice: {");
  await expect(mine).toContainText("+  update_customer:");
  await expect(page.getByRole("button", { name: "Save version" })).toBeDisabled();
  expect(await policyText(org)).toContain("delete_customer");

  await note.getByRole("button", { name: "Keep my draft, on top of version 3" }).click();
  await save(page);
  expect(await policyText(org)).toContain("Mine.");
});

test("restoring a version asks which cases to keep where they differ", async ({
  page,
  upstream,
}) => {
  const { org, person } = await createWorld("restore");
  await addServer(org, "billing", upstream.url);
  await applyPolicy(org, "billing", start);
  await signIn(page, person);
  await openPolicy(page, org);
  await write(
    page,
    start.replace("get_invoice: { action: allow }", "get_invoice: { action: deny }"),
  );
  const form = page.getByRole("form", { name: "Try a call" });
  await form.getByRole("combobox", { name: "Tool" }).fill("get_invoice");
  await form.getByRole("button", { name: "Decide" }).click();
  const decision = page.getByRole("status", { name: "Decision" });
  await expect(decision).toContainText("Denied");
  await decision.getByRole("button", { name: "Keep as a test" }).click();
  await save(page);

  await page.getByRole("tab", { name: /^Versions/ }).click();
  await page.getByRole("button", { name: "Restore version 2", exact: true }).click();
  const dialog = page.getByRole("alertdialog");
  await dialog.getByRole("button", { name: "Restore" }).click();
  await expect(dialog).toContainText("Not restored: these cases would break.");
  await expect(dialog).toContainText("get_invoice” expects deny");
  await dialog.getByRole("radio", { name: "those of version 2 (0)" }).check({ force: true });
  await dialog.getByRole("button", { name: "Restore" }).click();
  await expect(page.getByText("Version 2 is the policy again")).toBeVisible();
  expect(await policyText(org)).toContain("get_invoice:\n    action: allow");
});

const stricter = `version: 1
default: deny
tools:
  get_invoice:
    action: allow
    rate_limit: { max: 1, window: 3600, per: agent }
`;

type Agent = {
  call: (
    tool: string,
    args?: Record<string, unknown>,
  ) => Promise<{ isError: boolean; decision: unknown }>;
};

async function callAll(agent: Agent): Promise<string[]> {
  const ends: string[] = [];
  for (const tool of ["get_invoice", "get_invoice", "update_customer", "list_customers"]) {
    const { isError, decision } = await agent.call(tool, { id: "1" });
    const isRefused = typeof decision === "object" && decision !== null && "outcome" in decision;
    ends.push(isError && isRefused ? String(decision.outcome) : "ran");
  }
  return ends;
}

async function openPolicy(page: Page, org: string): Promise<void> {
  await page.goto(`/orgs/${org}/servers/billing`);
  await page.getByRole("link", { name: "Policy", exact: true }).click();
  // The editor has replaced the plain field that stands there until it is loaded.
  await expect(page.locator(".cm-content")).toBeVisible();
}

function yaml(page: Page) {
  return page.getByRole("textbox", { name: "Policy as YAML" });
}

async function write(page: Page, text: string): Promise<void> {
  await yaml(page).focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(text);
}

/** Answers the browser's next question; resolves to its words. */
function answerNext(page: Page, answer: "leave" | "stay"): Promise<string> {
  return new Promise((asked) => {
    page.once("dialog", async (dialog) => {
      await (answer === "leave" ? dialog.accept() : dialog.dismiss());
      asked(dialog.message());
    });
  });
}

async function policyText(org: string): Promise<string> {
  return (await callgate(["policy", "export", "--org", org, "--server", "billing"])).stdout;
}

async function save(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Save version" }).click();
  await expect(page.getByText(/^Version \d+ is in force$/).first()).toBeVisible();
}

function recorded(org: string): Promise<unknown[]> {
  return callgateJson<unknown[]>(["calls", "list", "--org", org]);
}
