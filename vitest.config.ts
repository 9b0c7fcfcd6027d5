import { defineConfig } from "vitest/config";

/** `unit` needs nothing; `integration` gets one Postgres, cloned per worker (lib/testing). */
export default defineConfig({
  resolve: {
    alias: { "server-only": new URL("./lib/testing/empty.ts", import.meta.url).pathname },
  },
  test: {
    clearMocks: true,
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: [
            "lib/{policy,catalog}/**/*.test.ts",
            "{lib,proxy,scripts,components,bin}/**/*.unit.test.ts",
            "components/**/*.test.ts",
          ],
          exclude: ["**/*.db.test.ts", "node_modules/**"],
          // Properties over thousands of inputs, on a machine that does other things as well.
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: ["{lib,proxy,bin,scripts}/**/*.test.ts"],
          exclude: ["lib/policy/**", "lib/catalog/**", "**/*.unit.test.ts", "node_modules/**"],
          globalSetup: ["lib/testing/global-setup.ts"],
          setupFiles: ["lib/testing/setup.ts"],
          // Generous: what never ends is found as well, and a busy machine is no failure.
          testTimeout: 90_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
