// For any bytes either a refusal or a forwarded object equal to the judged one.
import { expect, test } from "vitest";
import { properties } from "./testing/properties/all.ts";

const seed = Date.now() % 1_000_000_007;

test.each(properties)("$title", { timeout: 60_000 }, async ({ hold }) => {
  // The failure names the seed and the smallest input.
  await expect(hold({ numRuns: 10_000, seed })).resolves.toBeUndefined();
});
