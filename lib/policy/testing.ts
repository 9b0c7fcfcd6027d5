import { compilePolicy } from "./compile.ts";
import type { PolicyDocument } from "./document.ts";
import { evaluate } from "./evaluate.ts";
import { parsePolicy } from "./parse.ts";
import type { Decision, JsonObject, ToolFacts } from "./types.ts";

/** Test support: a policy from its text, and the decision on one call. */

export function documentOf(text: string): PolicyDocument {
  const parsed = parsePolicy(text);
  if (!parsed.ok) throw new Error(parsed.errors.map(({ message }) => message).join("\n"));
  return parsed.document;
}

export function toolOf(name: string, facts: Partial<ToolFacts> = {}): ToolFacts {
  return { name, category: "write", riskClass: "medium", ...facts };
}

export function decide(text: string, tool: ToolFacts, args: JsonObject = {}): Decision {
  return evaluate(compilePolicy(documentOf(text)), { tool, arguments: args });
}

/** The decision in one word, as the interface's control would call it. */
export function outcomeOf({ effect, obligations }: Decision): string {
  if (effect !== "allow") return effect;
  const kinds = new Set(obligations.map(({ kind }) => kind));
  if (kinds.has("approval")) return "approve";
  return kinds.has("rate_limit") ? "limit" : "allow";
}

/** A policy with one rule for `pay`, the opposite of what the rule does as its default. */
export function oneRule(action: string, condition: string): string {
  const fallback = action === "allow" ? "deny" : "allow";
  return `{version: 1, default: ${fallback}, tools: {pay: {action: ${action}, when: [${condition}]}}}`;
}
