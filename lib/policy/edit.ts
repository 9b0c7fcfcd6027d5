import { asList, type PolicyDocument, type Rule } from "./document.ts";
import type { Choice } from "./effective.ts";
import { parseToolKey, toolKeyOf } from "./tool-key.ts";
import type { RateLimit } from "./types.ts";

export interface ToolChoice {
  choice: Choice;
  /** Used by "limit" and "approve". */
  rateLimit?: RateLimit;
  reason?: string;
}

/** What choosing "limit" starts from. */
export const defaultRateLimit: RateLimit = { max: 10, window: 60, per: "session" };

/**
 * Sets one choice for every tool named; null takes the choice back, so that class and default
 * speak again. Rules with conditions and rules of `*` keys stay. Returns a new document; it may
 * exceed a cap, so check it with `parsePolicyValue` before storing it.
 */
export function setToolChoice(
  document: PolicyDocument,
  toolNames: readonly string[],
  choice: ToolChoice | null,
): PolicyDocument {
  const tools = new Map(Object.entries(document.tools ?? {}));
  const named = new Set(toolNames);
  const kept = new Map<string, Rule[]>(toolNames.map((name) => [name, []]));
  for (const [text, rules] of [...tools]) {
    const key = parseToolKey(text);
    if (key?.kind !== "name" || !named.has(key.name)) continue;
    kept.get(key.name)?.push(...asList<Rule>(rules).filter((rule) => rule.when !== undefined));
    tools.delete(text);
  }
  for (const [name, conditional] of kept) {
    const rules = choice === null ? conditional : [...conditional, toRule(choice)];
    const [only] = rules;
    if (only === undefined) continue;
    tools.set(toolKeyOf(name), rules.length === 1 ? only : rules);
  }
  return { ...document, tools: Object.fromEntries(tools) };
}

function toRule({ choice, rateLimit, reason }: ToolChoice): Rule {
  const because = reason === undefined ? {} : { reason };
  const limit = rateLimit === undefined ? {} : { rate_limit: rateLimit };
  switch (choice) {
    case "allow":
      return { action: "allow", ...because };
    case "limit":
      return { action: "allow", rate_limit: rateLimit ?? defaultRateLimit, ...because };
    case "approve":
      return { action: "require_approval", ...limit, ...because };
    case "deny":
      return { action: "deny", ...because };
    case "hide":
      return { action: "hide", ...because };
  }
}
