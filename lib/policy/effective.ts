import { combineApprovals } from "./approval.ts";
import { byPrecedence } from "./compile.ts";
import {
  type Action,
  asList,
  type ClassName,
  type ClassRule,
  type PolicyDocument,
  type Rule,
} from "./document.ts";
import { isCatchAll } from "./split/rules.ts";
import { parseToolKey } from "./tool-key.ts";
import type { ApprovalOptions, RateLimit, ToolFacts } from "./types.ts";

/** The everyday choices for a tool: the positions of the one control in the interface. */
export type Choice = "allow" | "limit" | "approve" | "deny" | "hide";

export interface EffectiveRule {
  choice: Choice;
  source: "tool" | "class" | "default";
  /** Where it is written: `tools.create_*`, `classes.critical`, `default`. */
  rule: string;
  rateLimit?: RateLimit;
  reason?: string;
  /** With "approve": what all rules that ask for it demand together. */
  approval?: ApprovalOptions;
  /** How many conditions the tool's own rules have; calls that meet them may be decided otherwise. */
  conditionCount: number;
}

/**
 * What the policy says of a tool when no condition is met. With `conditionCount` 0 that is what
 * every call gets. Rules of matching `*` keys count as the tool's own.
 */
export function effectiveRule(document: PolicyDocument, tool: ToolFacts): EffectiveRule {
  const own = ownRules(document, tool.name);
  const conditions = own.flatMap((each) => (isBase(each) ? [] : (each.rule.when ?? [])));
  const classes = classRules(document, [tool.category, tool.riskClass]);
  const conditionCount = conditions.length;
  return (
    summarise("tool", own.filter(isBase), conditionCount) ??
    summarise("class", classes, conditionCount) ?? {
      choice: document.default,
      source: "default",
      rule: "default",
      conditionCount,
    }
  );
}

interface Named<T> {
  name: string;
  rule: T;
}

/** With the rules that it is written beside: those of the tool's name, or of one pattern. */
interface OwnRule extends Named<Rule> {
  siblings: readonly Rule[];
}

/** What is left when no condition is met: a rule without any, or for all commands but those beside it. */
function isBase({ rule, siblings }: OwnRule): boolean {
  return rule.when === undefined || isCatchAll(rule, siblings);
}

function ownRules(document: PolicyDocument, toolName: string): OwnRule[] {
  const named: Rule[] = [];
  return Object.entries(document.tools ?? {}).flatMap(([text, rules]) => {
    const key = parseToolKey(text);
    const isName = key?.kind === "name";
    const matches = isName ? key.name === toolName : key?.matches(toolName) === true;
    if (!matches) return [];
    const listed = asList<Rule>(rules);
    // Filled as further spellings of the name are met.
    if (isName) named.push(...listed);
    const siblings = isName ? named : listed;
    return listed.map((rule) => ({ name: `tools.${text}`, rule, siblings }));
  });
}

function classRules(document: PolicyDocument, names: readonly ClassName[]): Named<ClassRule>[] {
  return names.flatMap((name) => {
    const rule = document.classes?.[name];
    return rule === undefined ? [] : [{ name: `classes.${name}`, rule }];
  });
}

function summarise(
  source: "tool" | "class",
  rules: readonly Named<Rule | ClassRule>[],
  conditionCount: number,
): EffectiveRule | null {
  const [strictest] = rules.toSorted((left, right) => byPrecedence(left.rule, right.rule));
  if (strictest === undefined) return null;
  const { reason } = strictest.rule;
  const demands = combineApprovals(
    rules.flatMap(({ rule }) => (rule.action === "require_approval" ? [rule.approval ?? {}] : [])),
  );
  // Rules that name different people leave nobody who could approve.
  const action =
    demands === null && strictest.rule.action !== "hide" ? "deny" : strictest.rule.action;
  const limits = rules.flatMap(({ rule }) =>
    "rate_limit" in rule ? asList<RateLimit>(rule.rate_limit) : [],
  );
  const [rateLimit] = action === "allow" || action === "require_approval" ? limits : [];
  return {
    choice: action === "allow" && rateLimit !== undefined ? "limit" : choices[action],
    source,
    rule: strictest.name,
    ...(rateLimit !== undefined && { rateLimit }),
    ...(reason !== undefined && { reason }),
    ...(action === "require_approval" && demands !== null && { approval: demands }),
    conditionCount,
  };
}

const choices: Readonly<Record<Action, Exclude<Choice, "limit">>> = {
  allow: "allow",
  deny: "deny",
  hide: "hide",
  require_approval: "approve",
};
