import { combineApprovals } from "../approval.ts";
import type { CompiledPolicy, CompiledRule } from "../compile.ts";
import type { CompiledCondition } from "../conditions.ts";
import { classRulesFor } from "../evaluate.ts";
import { strictestLimits } from "../limits.ts";
import { parsePath } from "../path.ts";
import type { RateLimitObligation, ToolFacts } from "../types.ts";
import { workPerCall } from "../work.ts";
import { allOf, possibleVerdicts, spellingOf, type Verdicts, valuesAt } from "./possible.ts";
import type { ArgumentsShape, Shape } from "./shape.ts";

/** What a call ends in; limits are still to be counted. */
export interface Foreseen {
  effect: "hide" | "deny" | "approve" | "allow";
  rule: string;
  limits: readonly RateLimitObligation[];
}

/**
 * The decision on a call of which only the arguments' shape is known. Not null only when every
 * argument of that shape gets this decision; so null may also mean that too little was looked at.
 * Total and synchronous, as the evaluator is.
 */
export function foresee(
  policy: CompiledPolicy,
  tool: ToolFacts,
  shape: ArgumentsShape,
): Foreseen | null {
  const denied: Foreseen = { effect: "deny", rule: "policy", limits: [] };
  if (!policy.readable) return denied;
  const rules = policy.rulesFor(tool.name);
  const possible: Foreseen[] = mayExceedWork(rules, shape) ? [denied] : [];
  const deciders = rules.map((rule) => ({ rule, speaks: whetherSpeaks(rule, shape) }));
  const limits = limitsOf(policy, rules, shape);
  const taken = settle(limits);

  for (const { rule, speaks } of deciders) {
    if (speaks === "no") continue;
    const outcome = outcomeOf(rule, deciders, taken);
    if (outcome === null) return null;
    possible.push(outcome);
    if (speaks === "yes") return same(possible);
  }
  const classRules = classRulesFor(policy, tool);
  const [strictest] = classRules ?? [];
  if (classRules === null) {
    possible.push(denied);
  } else if (strictest !== undefined) {
    const asked = classRules.map((rule) => ({ rule, speaks: "yes" as const }));
    const added = classRules.flatMap((rule) => rule.limits);
    const outcome = outcomeOf(
      strictest,
      asked,
      settle({ sure: [...limits.sure, ...added], perhaps: limits.perhaps }),
    );
    if (outcome === null) return null;
    possible.push(outcome);
  } else {
    const allowed = policy.fallback === "allow" ? taken : [];
    if (allowed === null) return null;
    possible.push({ effect: policy.fallback, rule: "default", limits: allowed });
  }
  return same(possible);
}

/** Every limit of which a call of this tool may take a slot. */
export function possibleLimits(policy: CompiledPolicy, tool: ToolFacts): RateLimitObligation[] {
  const rules = [...policy.rulesFor(tool.name), ...(classRulesFor(policy, tool) ?? [])];
  return strictestLimits([...policy.limits, ...rules.flatMap((rule) => rule.limits)]);
}

/** Whether any decision on this tool depends on the arguments. */
export function readsArguments(policy: CompiledPolicy, toolName: string): boolean {
  return policy.rulesFor(toolName).some(({ conditions }) => conditions.length > 0);
}

type Speaks = "yes" | "no" | "perhaps";

interface Decider {
  rule: CompiledRule;
  speaks: Speaks;
}

function whetherSpeaks(rule: CompiledRule, shape: ArgumentsShape): Speaks {
  const permits = rule.action === "allow";
  const verdicts = ruleVerdicts(rule, shape, permits ? "every" : "any");
  const speaking = verdicts.filter((each) => (permits ? each === true : each !== false));
  if (speaking.length === 0) return "no";
  return speaking.length === verdicts.length ? "yes" : "perhaps";
}

function ruleVerdicts(
  rule: CompiledRule,
  shape: ArgumentsShape,
  quantifier: "any" | "every",
): Verdicts {
  return allOf(rule.conditions.map((each) => possibleVerdicts(each, shape, quantifier)));
}

interface Limits {
  sure: readonly RateLimitObligation[];
  perhaps: readonly RateLimitObligation[];
}

/** A limit applies unless it is certain that its conditions do not hold. */
function limitsOf(
  policy: CompiledPolicy,
  rules: readonly CompiledRule[],
  shape: ArgumentsShape,
): Limits {
  const sure = [...policy.limits];
  const perhaps: RateLimitObligation[] = [];
  for (const rule of rules) {
    if (rule.limits.length === 0) continue;
    const verdicts = ruleVerdicts(rule, shape, "any");
    if (!verdicts.includes(false)) sure.push(...rule.limits);
    else if (verdicts.length > 1) perhaps.push(...rule.limits);
  }
  return { sure, perhaps };
}

/** What the call ends in when this rule decides; null when that is not certain either. */
function outcomeOf(
  { action, name }: CompiledRule,
  deciders: readonly Decider[],
  taken: readonly RateLimitObligation[] | null,
): Foreseen | null {
  if (action === "hide" || action === "deny") return { effect: action, rule: name, limits: [] };
  if (taken === null) return null;
  if (action === "allow") return { effect: "allow", rule: name, limits: taken };
  const asking = deciders.filter(({ rule }) => rule.action === "require_approval");
  const all = asking.filter(({ speaks }) => speaks !== "no").map(({ rule }) => rule.approval);
  if (combineApprovals(all) !== null) return { effect: "approve", rule: name, limits: taken };
  const sure = asking.filter(({ speaks }) => speaks === "yes").map(({ rule }) => rule.approval);
  // Whether anybody is left to approve depends on values that are not known.
  return combineApprovals(sure) === null ? { effect: "deny", rule: name, limits: [] } : null;
}

/** The limits that are counted; null when that depends on values that are not known. */
function settle({ sure, perhaps }: Limits): readonly RateLimitObligation[] | null {
  const least = strictestLimits(sure);
  if (perhaps.length === 0) return least;
  return sameLimits(least, strictestLimits([...sure, ...perhaps])) ? least : null;
}

function same(possible: readonly Foreseen[]): Foreseen | null {
  const last = possible.at(-1);
  if (last === undefined) return null;
  const agreed = possible.every(({ effect, limits }) => {
    return effect === last.effect && sameLimits(limits, last.limits);
  });
  return agreed ? last : null;
}

function sameLimits(
  left: readonly RateLimitObligation[],
  right: readonly RateLimitObligation[],
): boolean {
  return (
    left.length === right.length &&
    left.every((each, index) => {
      return each.limitKey === right[index]?.limitKey && each.max === right[index]?.max;
    })
  );
}

/**
 * No condition costs more for one character, or one element: see lookCost, patternMaxSize. Nor for
 * the names of what is on record, at most 64 of them: see isMisspelled.
 */
const mostUnits = { text: 8, pattern: 16_000, names: 2 * 64 * 7 } as const;

/** Whether judging arguments of this shape could use up the work that one call may cost. */
function mayExceedWork(rules: readonly CompiledRule[], shape: ArgumentsShape): boolean {
  let units = 0;
  for (const condition of rules.flatMap((rule) => rule.conditions)) {
    const size = sizeRead(condition, shape);
    if (size === null || spellingOf(condition, shape) === "unknown") return true;
    units += 2 * mostUnits.names;
    // A rule with a limit is judged twice.
    units += 2 * size * (condition.source.op === "matches" ? mostUnits.pattern : mostUnits.text);
  }
  return units > workPerCall;
}

/** Characters and elements that a condition may read; null when that is not known. */
function sizeRead({ source, path }: CompiledCondition, shape: ArgumentsShape): number | null {
  const found = valuesAt(shape, path);
  const more = "joined_with" in source ? parsePath(source.joined_with ?? "") : null;
  const joined = more === null ? [] : valuesAt(shape, more);
  if (found === null || joined === null) return null;
  const values = [...found, ...joined];
  let size = values.length;
  for (const value of values.flatMap(itemsOf)) {
    if (value?.type === "anything") return null;
    size += 1 + (value?.type === "string" ? value.length : 0);
  }
  return size;
}

function itemsOf(value: Shape | undefined): (Shape | undefined)[] {
  if (value?.type !== "array") return [value];
  const rest: Shape[] = value.items.length < value.length ? [{ type: "anything" }] : [];
  return [value, ...value.items, ...rest];
}
