import { expect, test } from "vitest";
import { policyLaws } from "./policy-laws.ts";

/** A campaign calls the laws with more runs; a failure names its seed and repeats with it. */
const runs = 20_000;
const seed = Date.now() % 2 ** 31;

for (const { title, check } of policyLaws) {
  test(`${title} (seed ${seed})`, { timeout: 120_000 }, () => {
    expect(() => check(runs, seed)).not.toThrow();
  });
}
