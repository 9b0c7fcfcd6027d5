import type { RiskClass } from "#lib/policy/types.ts";

/** How many tools each class has. */
export function classesOf(tools: readonly { riskClass: RiskClass }[]): Record<RiskClass, number> {
  const counts = { low: 0, medium: 0, high: 0, critical: 0 };
  for (const { riskClass } of tools) counts[riskClass] += 1;
  return counts;
}

/** What all definitions together take of a model's context, estimated in tokens. */
export function tokensOf(tools: readonly { tokens: number }[]): number {
  return tools.reduce((sum, { tokens }) => sum + tokens, 0);
}
