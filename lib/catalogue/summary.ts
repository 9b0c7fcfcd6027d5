import { type RiskClass, riskClasses } from "#lib/policy/types.ts";
import type { CatalogueServerRow, CatalogueToolDetail } from "./read.ts";

/** What a server's page says of all its tools. */
export function summaryOf({
  tools,
}: {
  tools: readonly Pick<CatalogueToolDetail, "riskClass" | "tokens">[];
}): Pick<CatalogueServerRow, "tokens" | "classes"> {
  const count = (riskClass: RiskClass) => tools.filter((each) => each.riskClass === riskClass);
  const classes = riskClasses.map((each) => [each, count(each).length] as const);
  return {
    tokens: tools.reduce((sum, each) => sum + each.tokens, 0),
    classes: Object.fromEntries(classes) as Record<RiskClass, number>, // every class is there
  };
}
