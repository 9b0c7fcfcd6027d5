import type { Category, JsonObject, RiskClass } from "#lib/policy/types.ts";
import type { ArgumentPath } from "./argument-paths.ts";

/** What the editor knows of a tool of the server. */
export interface PolicyTool {
  name: string;
  category: Category;
  riskClass: RiskClass;
  paths: ArgumentPath[];
  /** Arguments to begin a trial with. */
  example: JsonObject;
}
