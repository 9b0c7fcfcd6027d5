import { z } from "zod";
import { categories, riskClasses, type ToolFacts } from "#lib/policy/types.ts";

// A class this version does not know is treated as the worst one.
const Category = z.enum(categories).catch("destructive");
const RiskClass = z.enum(riskClasses).catch("critical");

/** What the policy knows of a stored tool. */
export function factsOf(tool: { name: string; category: string; riskClass: string }): ToolFacts {
  return {
    name: tool.name,
    category: Category.parse(tool.category),
    riskClass: RiskClass.parse(tool.riskClass),
  };
}
