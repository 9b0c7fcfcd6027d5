import { expect, test } from "vitest";
import { policyLaws } from "./policy-laws.ts";

/** A campaign raises the runs; every failure names its seed and can be repeated with it. */
const runs = Number(process.env.POLICY_LAW_RUNS ?? 20_000);
const seed = Number(process.env.POLICY_LAW_SEED ?? Date.now() % 2 ** 31);

test.each(policyLaws)(
  `$title (${runs} cases, seed ${seed})`,
  ({ check }) => {
    expect(() => check(runs, seed)).not.toThrow();
  },
  120_000,
);
