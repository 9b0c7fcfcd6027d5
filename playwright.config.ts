import { defineConfig, devices } from "@playwright/test";

/** Journeys in a real browser, with real MCP clients, against the started product (e2e/). */
export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  globalSetup: "./e2e/product.setup.ts",
  // One product, one worker, two cores; and a journey that only sometimes passes has failed.
  workers: 1,
  retries: 0,
  forbidOnly: process.env.CI === "true",
  // Generous, as every limit here: what is promised is that it happens, not how soon on a busy host.
  timeout: 240_000,
  // The product may have to be built first.
  globalTimeout: 60 * 60_000,
  expect: { timeout: 30_000 },
  reporter: "list",
  use: {
    ...devices["Desktop Chrome"],
    viewport: { width: 1440, height: 900 },
    actionTimeout: 30_000,
    navigationTimeout: 90_000,
    // Recording a trace takes an eighth of the time; `--trace retain-on-failure` asks for one.
    trace: "off",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.CALLGATE_CHROMIUM || "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
