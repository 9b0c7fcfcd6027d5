import { combineApprovals } from "./approval.ts";
import { byPrecedence, type CompiledPolicy, type CompiledRule } from "./compile.ts";
import { type Judgement, judge, type Quantifier } from "./conditions.ts";
import { type Applied, explainDefault, explainRule } from "./explain.ts";
import { strictestLimits } from "./limits.ts";
import {
  categories,
  type Decision,
  type Obligation,
  type PolicyCall,
  type RateLimitObligation,
  riskClasses,
  type ToolFacts,
} from "./types.ts";
import { both, type Verdict } from "./verdict.ts";
import { type Work, WorkExceeded, workPerCall } from "./work.ts";

/**
 * Decides one call. Total and synchronous, without clock or I/O; whatever goes wrong inside is a
 * denial.
 *
 * 1. Among the tool's own rules that apply, the first action of hide, deny, require_approval,
 *    allow decides; file order means nothing.
 * 2. If none of them decides, the rules of the tool's category and risk class do, likewise.
 * 3. If neither has one, the default does.
 *
 * A condition that cannot be judged makes a restriction (deny, hide, approval, limit) apply and a
 * permission not. The limits of every rule that applies add up, those of all tools always.
 */
export function evaluate(policy: CompiledPolicy, call: PolicyCall): Decision {
  try {
    return decide(policy, call, { left: workPerCall });
  } catch (error) {
    return refuse(
      error instanceof WorkExceeded
        ? "The arguments are too large for this policy's conditions, so the call is denied."
        : "The policy could not be evaluated for this call, so it is denied.",
    );
  }
}

/**
 * Whether `tools/list` shows the tool: not when every answer would be "hidden", and not when only
 * `default: deny` speaks of it. A tool that is denied by a rule stays, so that an agent can read
 * the reason.
 */
export function isListed(policy: CompiledPolicy, tool: ToolFacts): boolean {
  if (!policy.readable) return false;
  const own = policy.rulesFor(tool.name);
  if (own.some((rule) => rule.action === "hide" && rule.conditions.length === 0)) return false;
  if (own.some((rule) => rule.action !== "hide")) return true;
  const classRules = classRulesFor(policy, tool);
  if (classRules === null) return false;
  const [strictest] = classRules;
  return strictest === undefined ? policy.fallback === "allow" : strictest.action !== "hide";
}

function decide(policy: CompiledPolicy, call: PolicyCall, work: Work): Decision {
  if (!policy.readable) return refuse("The stored policy cannot be read, so every call is denied.");
  const limits: RateLimitObligation[] = [...policy.limits];
  const approvals: CompiledRule[] = [];
  const rules = policy.rulesFor(call.tool.name);
  let nearest: Applied | null = null;
  let deciding: Applied | null = null;

  for (const rule of rules) {
    const applied = apply(rule, call, rule.action === "allow" ? "every" : "any", work);
    if (speaks(applied)) {
      if (rule.action === "hide" || rule.action === "deny") return conclude(applied, [], []);
      if (rule.action === "require_approval") approvals.push(rule);
      deciding ??= applied;
      limits.push(...rule.limits);
    } else {
      if (rule.action === "allow") nearest ??= applied;
      // What does not suffice for the permission may still suffice for its limit.
      const restricts = rule.limits.length > 0 && apply(rule, call, "any", work).verdict !== false;
      if (restricts) limits.push(...rule.limits);
    }
  }
  if (deciding !== null) return conclude(deciding, limits, approvals);

  const classRules = classRulesFor(policy, call.tool);
  if (classRules === null) return refuse("The tool's class is unknown, so the call is denied.");
  const [strictest] = classRules;
  if (strictest !== undefined) {
    for (const rule of classRules) limits.push(...rule.limits);
    return conclude({ rule: strictest, verdict: true, judgements: [] }, limits, classRules);
  }
  return {
    effect: policy.fallback,
    rule: "default",
    reason: null,
    explanation: explainDefault(policy.fallback, rules.length > 0, nearest),
    obligations: policy.fallback === "allow" ? strictestLimits(limits) : [],
  };
}

/** The one place where doubt is settled: for a restriction, against a permission. */
function speaks({ rule, verdict }: Applied): boolean {
  return rule.action === "allow" ? verdict === true : verdict !== false;
}

function apply(rule: CompiledRule, call: PolicyCall, quantifier: Quantifier, work: Work): Applied {
  let verdict: Verdict = true;
  const judgements: Judgement[] = [];
  for (const condition of rule.conditions) {
    const judgement = judge(condition, call.arguments, quantifier, work);
    judgements.push(judgement);
    verdict = both(verdict, judgement.verdict);
    if (verdict === false) break;
  }
  return { rule, verdict, judgements };
}

/** The rules of the tool's category and risk class, the strictest first; null for unknown ones. */
export function classRulesFor(policy: CompiledPolicy, tool: ToolFacts): CompiledRule[] | null {
  if (!categories.includes(tool.category) || !riskClasses.includes(tool.riskClass)) return null;
  return [tool.category, tool.riskClass]
    .flatMap((name) => policy.classes.get(name) ?? [])
    .sort(byPrecedence);
}

function conclude(
  applied: Applied,
  limits: readonly RateLimitObligation[],
  asking: readonly CompiledRule[],
): Decision {
  const { action, name, reason } = applied.rule;
  const explanation = explainRule(applied);
  const decided = { rule: name, reason, explanation };
  switch (action) {
    case "hide":
    case "deny":
      return { effect: action, ...decided, obligations: [] };
    case "allow":
      return { effect: "allow", ...decided, obligations: strictestLimits(limits) };
    case "require_approval": {
      const options = combineApprovals(
        asking.flatMap((rule) => (rule.action === "require_approval" ? [rule.approval] : [])),
      );
      if (options === null)
        return { effect: "deny", ...decided, explanation: nobodyMayApprove(name), obligations: [] };
      const approval: Obligation = { kind: "approval", rule: name, reason, options };
      return { effect: "allow", ...decided, obligations: [...strictestLimits(limits), approval] };
    }
  }
}

function nobodyMayApprove(rule: string): string {
  return `${rule} and another rule require approval by different people, so nobody may approve this call.`;
}

function refuse(explanation: string): Decision {
  return { effect: "deny", rule: "policy", reason: null, explanation, obligations: [] };
}
