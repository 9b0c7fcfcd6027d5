// For any bytes either a refusal or a forwarded object equal to the judged one.
import { expect, test } from "vitest";
import { properties } from "./testing/properties/all.ts";

const seed = Date.now() % 1_000_000_007;
process.stdout.write(`Properties of the proxy: seed ${seed}\n`);

test.each(properties)("$title", { timeout: 60_000 }, async ({ hold }) => {
  // The failure names the smallest input as well.
  await expect(hold({ numRuns: 10_000, seed })).resolves.toBeUndefined();
});
