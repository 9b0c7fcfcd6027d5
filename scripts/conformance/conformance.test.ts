// The official suite of the protocol cannot tell the proxy from the server behind it.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { comparisons, denied, runComparison, scenariosUnderDenyRule } from "./comparisons.ts";
import { type Stage, startStage } from "./stage.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
});

afterAll(() => stage.close());

const within = { timeout: 120_000 };

describe.each([
  ["every check ends as it does directly", "equal"],
  ["nothing is lost where the proxy translates between the eras", "translated"],
] as const)("invariant 10: %s", (_, promise) => {
  const cases = comparisons.filter((comparison) => comparison.promise === promise);
  test.each(cases)("$title, $revision", within, async (comparison) => {
    const { gated, differences } = await runComparison(stage, comparison);
    expect(differences).toEqual([]);
    expect(gated.filter(({ status }) => status === "SUCCESS").length).toBeGreaterThan(60);
  });
});

test.each(["2025-11-25", "2026-07-28"] as const)(
  "a rule that denies one tool changes the one scenario that calls it, %s",
  within,
  async (revision) => {
    expect(await scenariosUnderDenyRule(stage, revision)).toEqual([denied.scenario]);
  },
);
