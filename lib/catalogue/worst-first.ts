import { type Category, categories, type RiskClass, riskClasses } from "#lib/policy/types.ts";

/** Tools in the order of their server's page: the worst class first, in it the worst category. */
export function worstFirst<T extends { category: Category; riskClass: RiskClass }>(
  tools: readonly T[],
): T[] {
  return tools.toSorted(
    (one, other) =>
      riskClasses.indexOf(other.riskClass) - riskClasses.indexOf(one.riskClass) ||
      categories.indexOf(other.category) - categories.indexOf(one.category),
  );
}
