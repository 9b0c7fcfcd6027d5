import type { Category, JsonObject, RiskClass } from "#lib/policy/types.ts";
import { type ArgumentPath, argumentPaths, exampleArguments } from "./argument-paths.ts";

/** What the editor knows of a tool of the server. */
export interface PolicyTool {
  name: string;
  category: Category;
  riskClass: RiskClass;
  paths: ArgumentPath[];
  /** Arguments to begin a trial with. */
  example: JsonObject;
}

/** A tool as the policy editor needs it: its places and a call to begin with. `definition` as the server sent it. */
export function toPolicyTool(
  { name, category, riskClass }: Pick<PolicyTool, "name" | "category" | "riskClass">,
  definition: unknown,
): PolicyTool {
  const has = typeof definition === "object" && definition !== null && "inputSchema" in definition;
  const schema = has ? definition.inputSchema : null;
  return {
    name,
    category,
    riskClass,
    paths: argumentPaths(schema),
    example: exampleArguments(schema),
  };
}
