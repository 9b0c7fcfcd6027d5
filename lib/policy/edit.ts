import { asList, type PolicyDocument, type Rule } from "./document.ts";
import type { Choice } from "./effective.ts";
import { commandsOf, isCatchAll, otherThan } from "./split/rules.ts";
import { parseToolKey, toolKeyOf } from "./tool-key.ts";
import type { ApprovalOptions, RateLimit } from "./types.ts";

export interface ToolChoice {
  choice: Choice;
  /** Used by "limit" and "approve". */
  rateLimit?: RateLimit;
  reason?: string;
  /** Used by "approve". */
  approval?: ApprovalOptions;
}

/** What choosing "limit" starts from. */
export const defaultRateLimit: RateLimit = { max: 10, window: 60, per: "session" };

/**
 * Sets one choice for every tool named; null takes the choice back, so that class and default
 * speak again. Rules with conditions, those for single commands among them, and rules of `*` keys
 * stay. Returns a new document; it may
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
    kept.get(key.name)?.push(...asList<Rule>(rules));
    tools.delete(text);
  }
  for (const [name, own] of kept) {
    const conditional = own.filter((rule) => rule.when !== undefined && !isCatchAll(rule, own));
    const rules =
      choice === null ? conditional : [...conditional, { ...baseOf(own), ...toRule(choice) }];
    const [only] = rules;
    if (only === undefined) continue;
    tools.set(toolKeyOf(name), rules.length === 1 ? only : rules);
  }
  return { ...document, tools: Object.fromEntries(tools) };
}

/**
 * Where single commands of the tool have rules, the choice is for all others: without this
 * condition a denial would also take back what a command was allowed. A tool that is written
 * otherwise, with an unconditional rule beside them, stays so.
 */
function baseOf(own: readonly Rule[]): Pick<Rule, "when"> {
  if (own.some((rule) => rule.when === undefined)) return {};
  const rest = otherThan(own.flatMap((rule) => commandsOf(rule) ?? []));
  return rest === null ? {} : { when: [rest] };
}

/** The one unconditional rule that a choice stands for. */
export function toRule({ choice, rateLimit, reason, approval }: ToolChoice): Rule {
  const because = reason === undefined ? {} : { reason };
  const limit = rateLimit === undefined ? {} : { rate_limit: rateLimit };
  switch (choice) {
    case "allow":
      return { action: "allow", ...because };
    case "limit":
      return { action: "allow", rate_limit: rateLimit ?? defaultRateLimit, ...because };
    case "approve":
      return { action: "require_approval", ...limit, ...(approval && { approval }), ...because };
    case "deny":
      return { action: "deny", ...because };
    case "hide":
      return { action: "hide", ...because };
  }
}
