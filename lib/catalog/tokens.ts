import type { ToolDefinition } from "./types.ts";

/**
 * English and JSON come to about four characters a token in the tokenisers of current models. It is an
 * estimate: models differ by a fifth either way, and only a model's own tokeniser knows.
 */
const CHARACTERS_PER_TOKEN = 4;

/**
 * About how many tokens of a model's context a tool's definition takes in every conversation: what
 * clients pass on (name, description, input schema) as compact JSON. Titles, output schemas and hints
 * stay with the client and are not counted. At least 1; never throws for parsed JSON.
 */
export function definitionTokens({ name, description, inputSchema }: ToolDefinition): number {
  const passed = JSON.stringify({ name, description, input_schema: inputSchema ?? {} });
  return Math.ceil(passed.length / CHARACTERS_PER_TOKEN);
}

/** The same for several tools: a server's cost, or what hiding these tools would save. */
export function totalTokens(definitions: readonly ToolDefinition[]): number {
  return definitions.reduce((sum, definition) => sum + definitionTokens(definition), 0);
}
