import type { JsonObject } from "#lib/policy/types.ts";
import type { ToolDefinition } from "./types.ts";

/**
 * A tool definition for tables in tests. `parameters` is a list of names: `*` behind one marks it as
 * required, `[]` as an array of strings; everything else is a string.
 */
export function definition(
  name: string,
  description: string,
  parameters = "",
  annotations?: JsonObject,
): ToolDefinition {
  const declared = parameters.split(" ").filter((word) => word !== "");
  const plain = (word: string) => word.replace(/[*[\]]/g, "");
  const properties = Object.fromEntries(
    declared.map((word) => [
      plain(word),
      word.includes("[]") ? { type: "array", items: { type: "string" } } : { type: "string" },
    ]),
  );
  const required = declared.filter((word) => word.includes("*")).map(plain);
  return { name, description, inputSchema: { type: "object", properties, required }, annotations };
}
