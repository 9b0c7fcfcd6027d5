import { createWorld } from "./command-line.ts";
import { expect, test } from "./fixtures.ts";
import { connectInBrowser, setRule, signIn } from "./people.ts";

test("a machine without Python has a real server to gate in its first minute", async ({
  page,
  connect,
}) => {
  const { org, person } = await createWorld("everything");
  await signIn(page, person);

  await test.step("register the connector from npm; the proxy starts its program", async () => {
    await page.goto(`/orgs/${org}/servers/new`);
    await page.getByRole("radio", { name: /^Everything/ }).check();
    await page.getByLabel("Slug").fill("everything");
    await page.getByRole("button", { name: "Test and register" }).click();
    await expect(page).toHaveURL(/\/servers\/everything$/, { timeout: 60_000 });
    await expect(page.getByText("Healthy")).toBeVisible();
  });

  await test.step("allow one tool and connect an agent", async () => {
    await setRule(page, "get-sum", "Allow");
  });
  const agent = await connect(await connectInBrowser(page, "first-agent"));

  await test.step("its call is answered by the program, and any other is refused", async () => {
    const sum = await agent.call("get-sum", { a: 2, b: 3 });
    expect(sum.isError).toBe(false);
    expect(sum.text).toContain("5");
    const echo = await agent.call("echo", { message: "hello" });
    expect(echo.decision).toMatchObject({ outcome: "denied", rule: "default" });
    expect(echo.text).not.toContain("hello");
  });

  await test.step("the panel shows the first call as it arrives", async () => {
    const firstCall = page.getByRole("region", { name: "Make a call" });
    await expect(firstCall).toContainText("get-sum");
    await expect(firstCall).toContainText("Allowed");
  });
});
