import { argumentPaths, exampleArguments } from "#components/policy/argument-paths.ts";
import type { PolicyTool } from "#components/policy/policy-tool.ts";
import type { ToolRow } from "#lib/tools/tools.ts";

/** A tool as the policy editor needs it: its places and a call to begin with. */
export function toPolicyTool({ name, category, riskClass, definition }: ToolRow): PolicyTool {
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
