import type { Page } from "@playwright/test";
import { applyPolicy, createWorld } from "./command-line.ts";
import { type DataServer, findDataServer, startDataServer } from "./data-server.ts";
import { expect, test } from "./fixtures.ts";
import { connectInBrowser, ruleControl, setRule, signIn } from "./people.ts";

const minutes = 60_000;
let data: DataServer;

test.beforeAll(async () => {
  const program = findDataServer();
  if (program === null) return unavailable("neither valkey-server nor redis-server is installed");
  data = await startDataServer(program);
});
test.afterAll(async () => {
  await data?.stop();
});

test("the real Valkey MCP server is gated: refused commands never arrive at the data server", async ({
  page,
  connect,
}) => {
  // The first start makes a virtual environment and installs the package.
  test.setTimeout(8 * minutes);
  const { org, person } = await createWorld("valkey");
  await signIn(page, person);

  await test.step("register the connector; the proxy starts the real server", async () => {
    await page.goto(`/orgs/${org}/servers/new`);
    await page.getByRole("radio", { name: /^Valkey/ }).check();
    await page.getByRole("textbox", { name: "Host" }).fill("127.0.0.1");
    await page.getByRole("textbox", { name: "Port" }).fill(String(data.port));
    await page.getByRole("button", { name: "Test and register" }).click();
    await expectRegistered(page);
  });

  await test.step("its twelve tools are there; set a rule for three of them", async () => {
    await expect(page.getByRole("link", { name: "Tools" })).toContainText("12");
    await setRule(page, "valkey_read", "Allow");
    await setRule(page, "valkey_write", "Limit");
    await setRule(page, "valkey_admin", "Deny");
  });
  const agent = await connect(await connectInBrowser(page, "alice-laptop"));
  const write = (command: string, ...args: string[]) =>
    agent.call("valkey_write", { command, args });
  const monitor = await data.monitor();

  await test.step("valkey_read returns what was stored through valkey_write", async () => {
    expect((await write("SET", "greeting", "hello from the gate")).isError).toBe(false);
    expect(await data.command("GET", "greeting")).toContain("hello from the gate");
    const read = await agent.call("valkey_read", { command: "GET", args: ["greeting"] });
    expect(read.isError).toBe(false);
    expect(read.text).toContain("hello from the gate");
  });

  await test.step("the eleventh write in a minute is limited and does not arrive", async () => {
    for (let count = 2; count <= 10; count++) {
      expect((await write("SET", `key-${count}`, "1")).isError).toBe(false);
    }
    const eleventh = await write("SET", "key-11", "1");
    expect(eleventh.decision).toMatchObject({ outcome: "rate_limited", limit: 10 });
    expect(eleventh.text).toMatch(/Wait \d+ seconds?/);
    const seen = await monitor.seen();
    expect(seen.filter((line) => /"SET"/i.test(line))).toHaveLength(10);
    expect(seen.join("\n")).not.toContain("key-11");
  });

  await test.step("valkey_admin is denied, whatever the agent confirms", async () => {
    const flush = await agent.call("valkey_admin", { command: "FLUSHALL", confirm: true });
    expect(flush.decision).toMatchObject({ outcome: "denied", rule: "tools.valkey_admin" });
  });

  await test.step("with a condition, DEL is refused in any spelling while SET passes", async () => {
    await applyPolicy(org, "valkey", deletesArePeoplesWork);
    for (const command of ["DEL", "del", "Del", " DEL ", "UNLINK", "unlink", "del greeting"]) {
      const refused = await write(command, "greeting");
      expect(refused.decision, command).toMatchObject({ outcome: "denied", retryable: false });
      expect(refused.text, command).toContain("Deleting keys is people's work.");
    }
    const shapeless = await agent.call("valkey_write", { args: ["greeting"] });
    expect(shapeless.decision).toMatchObject({ outcome: "denied" });
    expect((await write("SET", "greeting", "still here")).isError).toBe(false);
    expect(await data.command("GET", "greeting")).toContain("still here");
  });

  await test.step("commands denied in their own rows are refused in any spelling, others pass", async () => {
    await applyPolicy(
      org,
      "valkey",
      "version: 1\ndefault: deny\ntools: { valkey_write: { action: allow } }\n",
    );
    await page.goto(`/orgs/${org}/servers/valkey`);
    await page.getByRole("button", { name: /^Show \d+ commands of valkey_write$/ }).click();
    for (const command of ["UNLINK", "DEL"]) {
      const deny = ruleControl(page, `${command} of valkey_write`).getByRole("radio", {
        name: "Deny",
      });
      await deny.click();
      // At once, whatever is still on its way.
      await expect(deny).toBeChecked();
    }
    // Saved in the order in which they were clicked, so that the last one's word stands for both.
    await expect(page.getByText("DEL of valkey_write: deny")).toBeVisible();
    for (const command of ["DEL", "del", " Del ", "del greeting", "UNLINK"]) {
      const refused = await write(command, "greeting");
      expect(refused.decision, command).toMatchObject({ outcome: "denied" });
    }
    expect((await write("SET", "greeting", "still here")).isError).toBe(false);
  });

  await test.step("the data server's own monitor saw no refused command", async () => {
    const seen = (await monitor.seen()).join("\n");
    expect(seen).toMatch(/"set" "greeting" "still here"/i);
    expect(seen).not.toMatch(/"(del|unlink|flushall|flushdb)"/i);
  });
});

const deletesArePeoplesWork = `version: 1
default: deny
tools:
  valkey_read: { action: allow }
  valkey_write:
    - when: [{ path: command, joined_with: args, op: command_in, value: [DEL, UNLINK], ignore_case: true }]
      action: deny
      reason: "Deleting keys is people's work."
    - action: allow
      rate_limit: { max: 100, window: 60 }
  valkey_admin: { action: deny }
`;

/** On the server's page; or there is no Python, or no package, which is no fault of the product. */
async function expectRegistered(page: Page): Promise<void> {
  const panel = page.getByRole("complementary", { name: "Connection test" });
  const failed = panel.getByRole("listitem").filter({ hasText: ", failed" });
  const registered = page.getByRole("heading", { name: "Valkey", level: 1 });
  await expect(registered.or(failed)).toBeVisible({ timeout: 6 * minutes });
  if (await registered.isVisible()) return;
  const why = (await failed.textContent()) ?? "";
  const cannotBeHad =
    /Python was not found|could not be installed|virtual environment could be made/;
  if (cannotBeHad.test(why)) unavailable(why);
  throw new Error(`The connector did not start: ${why}`);
}

/** Skips with the reason; where everything has to be there, that is a failure. */
function unavailable(reason: string): void {
  if (process.env.CI === "true") throw new Error(`In CI this has to run, but ${reason}`);
  test.skip(true, reason);
}
