import { classifyTool } from "#lib/catalog/classify.ts";
import type { ToolFacts } from "#lib/policy/types.ts";
import { compareDefinitions } from "./compare.ts";
import { parseDefinition } from "./definition.ts";
import { lateMembers } from "./digest.ts";
import { doubtsOf, signsOfPoisoning } from "./doubts.ts";

/**
 * Whether a server that is set so may change this without a person: the tool is Read and Low before and
 * after, the new definition carries no sign of poisoning and gives a call nothing more to carry.
 * A new tool's arguments are all new, so only one that takes none is harmless.
 *
 * @param before what the tool was and counted as; null for a new tool
 */
export function isHarmless(
  before: { definition: unknown; facts: ToolFacts } | null,
  after: unknown,
): boolean {
  // Untrusted, whatever the server is otherwise: its own hints must not open this door.
  const { category, riskClass, signals } = classifyTool(parseDefinition(after), {
    trustedAnnotations: false,
  });
  if (category !== "read" || riskClass !== "low") return false;
  if (signsOfPoisoning(signals).length > 0 || doubtsOf(after).length > 0) return false;
  if (before && (before.facts.category !== "read" || before.facts.riskClass !== "low"))
    return false;
  if (before === null) return takesNothing(after);
  return compareDefinitions(before.definition, after).every(
    ({ place, effect }) => effect !== "more" || place.startsWith("Result"),
  );
}

/** Whatever else a schema says may let arguments in, and what clients do with the rest is theirs. */
function takesNothing(definition: unknown): boolean {
  if (lateMembers.some((member) => Object.hasOwn(Object(definition), member))) return false;
  const { inputSchema = {} } = parseDefinition(definition);
  return Object.entries(inputSchema).every(([key, value]) => {
    if (key === "type") return value === "object";
    if (key === "additionalProperties") return value === false;
    if (key === "properties" || key === "required") return Object.keys(value ?? {}).length === 0;
    return key === "$schema" || key === "title" || key === "description";
  });
}
