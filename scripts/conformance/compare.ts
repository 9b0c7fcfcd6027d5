import type { Check } from "./suite.ts";

/** A check that came out otherwise; null where one side did not make it. */
export interface Difference {
  scenario: string;
  check: string;
  direct: string | null;
  gated: string | null;
  reason: string;
}

/**
 * Compares two runs as sets of (scenario, check, status). A check that a scenario makes several
 * times is compared by its turn.
 */
export function compare(direct: readonly Check[], gated: readonly Check[]): Difference[] {
  const before = byTurn(direct);
  const after = byTurn(gated);
  const keys = [...new Set([...before.keys(), ...after.keys()])].sort();
  return keys.flatMap((key) => {
    const left = before.get(key);
    const right = after.get(key);
    if (left?.status === right?.status) return [];
    const known = left ?? right;
    return {
      scenario: known?.scenario ?? "",
      check: known?.id ?? "",
      direct: left?.status ?? null,
      gated: right?.status ?? null,
      reason: right?.reason ?? "",
    };
  });
}

/** What passed directly and does not through the proxy; the rest of a translation is a gain. */
export function losses(differences: readonly Difference[]): Difference[] {
  return differences.filter(({ direct }) => direct === "SUCCESS");
}

/** How many checks passed, of those that can pass or fail. */
export function score(checks: readonly Check[]): { passed: number; failed: number } {
  const count = (status: string) => checks.filter((check) => check.status === status).length;
  return { passed: count("SUCCESS"), failed: count("FAILURE") };
}

/** The scenarios that differ, each once. */
export function scenariosOf(differences: readonly Difference[]): string[] {
  return [...new Set(differences.map(({ scenario }) => scenario))];
}

function byTurn(checks: readonly Check[]): Map<string, Check> {
  const turns = new Map<string, number>();
  return new Map(
    checks.map((check) => {
      const name = `${check.scenario} ${check.id}`;
      const turn = (turns.get(name) ?? 0) + 1;
      turns.set(name, turn);
      return [`${name} ${turn}`, check];
    }),
  );
}
