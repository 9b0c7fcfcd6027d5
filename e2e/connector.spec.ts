import { mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect, test } from "./fixtures.ts";
import { createOrg, newSlug, signUpFirst } from "./people.ts";
import { type StartedProduct, startProduct } from "./start-product.ts";

let started: StartedProduct;
let programs: string;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  programs = programsWithoutPython();
  started = await startProduct("product-without-python", {
    PATH: programs,
    CALLGATE_VALKEY_COMMAND: "",
  });
});

test.afterAll(async () => {
  await started?.stop();
  rmSync(programs, { recursive: true, force: true });
});

test("a connector whose program is missing says what to install, and nothing typed is lost", async ({
  openBrowser,
}) => {
  const page = await openBrowser({ baseURL: started.product.dashboardUrl });
  const org = newSlug("bare");
  await signUpFirst(page);
  await createOrg(page, "Bare machine", org);
  await page.goto(`/orgs/${org}/servers/new`);
  await page.getByRole("radio", { name: /^Valkey/ }).check();
  const typed = { Name: "Cache of the shop", Slug: "cache", Host: "127.0.0.1", Port: "6399" };
  for (const [field, value] of Object.entries(typed)) {
    await page.getByRole("textbox", { name: new RegExp(`^${field}`) }).fill(value);
  }
  await page.getByLabel("Password").fill("secret-of-the-shop");
  await page.getByRole("button", { name: "Test and register" }).click();

  const panel = page.getByRole("complementary", { name: "Connection test" });
  await expect(panel.getByRole("heading")).toHaveText("The test failed", { timeout: 60_000 });
  const failed = panel.getByRole("listitem").filter({ hasText: ", failed" });
  await expect(failed).toHaveCount(1);
  await expect(failed).toContainText("Start the program");
  await expect(failed).toContainText("Python was not found");
  await expect(failed).toContainText("Install Python 3.10 or newer");

  for (const [field, value] of Object.entries(typed)) {
    await expect(page.getByRole("textbox", { name: new RegExp(`^${field}`) })).toHaveValue(value);
  }
  await expect(page.getByLabel("Password")).toHaveValue("secret-of-the-shop");
  await expect(page.getByRole("button", { name: "Test and register" })).toBeEnabled();
});

test("without a mail server sign-up is closed after the first account, and says what to do", async ({
  openBrowser,
}) => {
  const page = await openBrowser({ baseURL: started.product.dashboardUrl });
  await page.goto("/signup");
  await expect(page.getByRole("heading", { name: "Sign-up is closed" })).toBeVisible();
  await expect(page.getByText("npx callgate user create")).toBeVisible();
  await expect(page.getByText("SMTP_URL")).toBeVisible();
  await expect(page.getByRole("textbox")).toHaveCount(0);
  await page.goto("/signin/link");
  await expect(page).toHaveURL(/\/signin$/);
  await expect(page.getByRole("link", { name: "E-mail me a link" })).toHaveCount(0);
});

/** A folder with all programs of this machine but Python and what installs it. */
function programsWithoutPython(): string {
  const folder = mkdtempSync(join(tmpdir(), "callgate-path-"));
  for (const place of (process.env.PATH ?? "").split(delimiter)) {
    for (const program of programsIn(place)) {
      if (/^(python|pypy|pip|uv)/.test(program)) continue;
      try {
        symlinkSync(join(place, program), join(folder, program));
      } catch {
        // One of this name stands earlier on the path.
      }
    }
  }
  return folder;
}

function programsIn(place: string): string[] {
  try {
    return readdirSync(place);
  } catch {
    return [];
  }
}
