import { addAgent, addServer, applyPolicy, createWorld } from "./command-line.ts";
import { expect, test } from "./fixtures.ts";
import { signIn } from "./people.ts";

test("an org shuts clients of older revisions out, which are told why, and sees what they sent", async ({
  page,
  upstream,
  connect,
}) => {
  const { org, person } = await createWorld("old-clients");
  await addServer(org, "billing", upstream.url);
  await applyPolicy(org, "billing", "version: 1\ndefault: allow\ntools: {}\n");
  const access = await addAgent(org, "ci-runner", "billing");
  const agent = await connect(access);
  expect((await agent.call("get_invoice", { id: "1" })).isError).toBe(false);
  await signIn(page, person);

  await test.step("nothing was refused yet", async () => {
    await page.goto(`/orgs/${org}/agents/ci-runner`);
    await expect(page.getByText("None in the last 7 days.")).toBeVisible();
  });

  await test.step("from the setting on, open sessions are refused as much as new ones", async () => {
    await choose("2026-07-28");
    await expect(agent.call("get_invoice", { id: "2" })).rejects.toThrow(
      /This org accepts MCP 2026-07-28 or newer.*Update the agent's MCP client/s,
    );
    await expect(connect(access)).rejects.toThrow(/Unsupported protocol version: 2025-11-25/);
    expect(upstream.executed).toEqual(["get_invoice"]);
  });

  await test.step("the agent's page says what it sent, and that no rule judged it", async () => {
    await expect(async () => {
      await page.goto(`/orgs/${org}/agents/ci-runner`);
      const row = page.getByRole("row", { name: /It speaks a protocol revision/ });
      await expect(row).toContainText("Unsupported protocol version: 2025-11-25", {
        timeout: 1_000,
      });
    }).toPass();
  });

  await test.step("any revision again, and the same session goes on", async () => {
    await choose("any");
    expect((await agent.call("get_invoice", { id: "3" })).isError).toBe(false);
  });

  async function choose(revision: string): Promise<void> {
    await page.goto(`/orgs/${org}/settings`);
    await page.getByLabel("Oldest MCP revision").selectOption(revision);
    await page.getByRole("button", { name: "Save revision" }).click();
    await expect(page.getByText("Saved")).toBeVisible();
    await page.reload();
    await expect(page.getByLabel("Oldest MCP revision")).toHaveValue(revision);
  }
});
