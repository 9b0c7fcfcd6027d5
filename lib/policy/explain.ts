import type { CompiledAccessRule, CompiledRule } from "./compile.ts";
import { type Judgement, kindOf } from "./conditions.ts";
import { describeCondition } from "./describe.ts";
import type { Action } from "./document.ts";
import type { AccessTarget } from "./types.ts";
import type { Verdict } from "./verdict.ts";

/** A rule held against one call. */
export interface Applied {
  readonly rule: CompiledRule;
  readonly verdict: Verdict;
  /** One for each condition, up to the first that is false. */
  readonly judgements: readonly Judgement[];
}

/** "tools.pay[0] denies this call because amount is more than 1000 (it is a number)." */
export function explainRule(applied: Applied): string {
  const { rule } = applied;
  const causes = rule.conditions.flatMap((_, index) => explainCondition(applied, index));
  const because = causes.length === 0 ? "" : ` because ${causes.join(" and ")}`;
  return `${rule.name} ${verbs[rule.action]} this call${because}.`;
}

/**
 * For a call that only the default speaks of: which permission was nearest and what it lacked, so
 * that a developer can see what to change.
 */
export function explainDefault(
  fallback: "deny" | "allow",
  hasRules: boolean,
  nearest: Applied | null,
): string {
  const outcome = fallbackOutcomes[fallback];
  if (!hasRules) return `No rule speaks of this tool, so ${outcome}.`;
  const failed = nearest?.judgements.findIndex(({ verdict }) => verdict !== true) ?? -1;
  const condition = nearest?.rule.conditions[failed];
  const judgement = nearest?.judgements[failed];
  if (fallback === "allow" || nearest === null || !condition || !judgement) {
    return `No rule of this tool applies to this call, so ${outcome}.`;
  }
  const wanted = describeCondition(condition.source, "allow");
  const type = kindOf(judgement);
  return `${nearest.rule.name} allows this tool only when ${wanted} (it is ${type}), so ${outcome}.`;
}

/** "resources.file:///etc/* denies this resource." */
export function explainAccess(
  kind: AccessTarget["kind"],
  decider: "deny" | "allow" | CompiledAccessRule,
): string {
  if (typeof decider !== "string") {
    const verb = { allow: "allows", deny: "denies", hide: "hides" }[decider.action];
    return `${decider.name} ${verb} this ${kind}.`;
  }
  return `No rule speaks of this ${kind}, so ${fallbackOutcomes[decider]}.`;
}

const fallbackOutcomes = { deny: "the default denies it", allow: "the default allows it" } as const;

const verbs: Readonly<Record<Action, string>> = {
  hide: "hides this tool for",
  deny: "denies",
  require_approval: "requires approval of",
  allow: "allows",
};

function explainCondition({ rule, judgements }: Applied, index: number): string[] {
  const condition = rule.conditions[index];
  const judgement = judgements[index];
  if (condition === undefined || judgement === undefined) return [];
  const stated = `${describeCondition(condition.source, rule.action)} (it is ${kindOf(judgement)})`;
  return [judgement.verdict === true ? stated : `it cannot be ruled out that ${stated}`];
}
