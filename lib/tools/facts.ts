import { z } from "zod";
import { categories, riskClasses, type ToolFacts } from "#lib/policy/types.ts";

// A class this version does not know is treated as the worst one.
const Category = z.enum(categories).catch("destructive");
const RiskClass = z.enum(riskClasses).catch("critical");

/** The columns that say what a tool is: the classifier's and, above them, a person's. */
export interface StoredFacts {
  name: string;
  category: string;
  riskClass: string;
  overrideCategory: string | null;
  overrideRiskClass: string | null;
}

/** What the policy knows of a stored tool; what a person set counts before what was classified. */
export function factsOf(tool: StoredFacts): ToolFacts {
  return {
    name: tool.name,
    category: Category.parse(tool.overrideCategory ?? tool.category),
    riskClass: RiskClass.parse(tool.overrideRiskClass ?? tool.riskClass),
  };
}

/** What the classifier alone says of it. */
export function classifiedFactsOf(tool: Omit<StoredFacts, `override${string}`>): ToolFacts {
  return factsOf({ ...tool, overrideCategory: null, overrideRiskClass: null });
}
