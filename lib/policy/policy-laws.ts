import fc from "fast-check";
import { evaluateAccess, isAccessListed } from "./access.ts";
import {
  accessTargets,
  approvalRules,
  choices,
  documents,
  facts,
  pairs,
  restrictions,
  toolNames,
} from "./arbitraries.ts";
import { compilePolicy, compileStored } from "./compile.ts";
import { asList, type PolicyDocument, type Rule } from "./document.ts";
import { setToolChoice } from "./edit.ts";
import { effectiveRule } from "./effective.ts";
import { evaluate, isListed } from "./evaluate.ts";
import { formatPolicy } from "./format.ts";
import { parsePolicy, parsePolicyValue } from "./parse.ts";
import { referenceAccess, referenceDecision } from "./reference.ts";
import type { ApprovalOptions, Decision, JsonObject, PolicyCall } from "./types.ts";

/** Test support: what holds for every policy and every call, checked over generated ones. */

export interface Law {
  /** A promise in the customer's words. */
  title: string;
  /** Throws, naming seed and counterexample, when one of `runs` generated cases breaks the law. */
  check: (runs: number, seed: number) => void;
}

/** Holds the evaluator against its naive twin over `runs` generated pairs of policy and call. */
export function differentialRuns(runs: number, seed: number): void {
  const agree = fc.property(pairs, ({ document, call }) => {
    const { explanation, ...decision } = evaluate(compilePolicy(document), call);
    expectSame(decision, referenceDecision(document, call));
    if (!/^[^\n]+\.$/.test(explanation)) throw new Error(`no sentence: ${explanation}`);
  });
  fc.assert(agree, { numRuns: runs, seed });
}

export const policyLaws: readonly Law[] = [
  { title: "two independent evaluators agree on every call", check: differentialRuns },
  law("two independent evaluators agree on every prompt and resource", () =>
    fc.property(documents, accessTargets, (document, target) => {
      const policy = compilePolicy(document);
      const { explanation, ...decision } = evaluateAccess(policy, target);
      const listed = isAccessListed(policy, target);
      expectSame({ ...decision, listed }, referenceAccess(document, target));
      return /^[^\n]+\.$/.test(explanation);
    }),
  ),
  law("a further demand for approval never makes an approval easier", () =>
    fc.property(pairs, approvalRules, fc.nat(3), ({ document, call }, added, index) => {
      const changed = withRules(document, "*", (rules) => rules.toSpliced(index, 0, added));
      const before = evaluate(compilePolicy(document), call);
      const after = evaluate(compilePolicy(changed), call);
      // Where no rule of the tool decided, the new one speaks instead of class and default.
      if (!before.rule.startsWith("tools.")) return true;
      return widthOf(after) <= widthOf(before) && demandsAtLeast(after, before);
    }),
  ),
  law("no arguments make the evaluator throw, and only what is allowed has obligations", () =>
    fc.property(documents, facts, fc.anything(), (document, tool, args) => {
      // Deliberately not the promised type: totality must not rest on it.
      const call = { tool, arguments: args as JsonObject };
      const decision = evaluate(compilePolicy(document), call);
      return decision.effect === "allow" || decision.obligations.length === 0;
    }),
  ),
  law("the order of rules and of tools means nothing", () =>
    fc.property(pairs, ({ document, call }) => {
      const turned = evaluate(compilePolicy(reversed(document)), call);
      expectSame(essence(turned), essence(evaluate(compilePolicy(document), call)));
    }),
  ),
  law("adding a rule that denies or hides never lets more through", () =>
    fc.property(pairs, restrictions, fc.nat(3), ({ document, call }, added, index) => {
      const changed = withRules(document, "*", (rules) => rules.toSpliced(index, 0, added));
      return width(changed, call) <= width(document, call);
    }),
  ),
  law("removing a rule that allows never lets more through", () =>
    fc.property(pairs, fc.nat(5), ({ document, call }, index) => {
      const keys = Object.keys(document.tools ?? {});
      const key = keys[index % keys.length];
      if (key === undefined) return true;
      const changed = withRules(document, key, (rules) => {
        return rules.filter((rule) => rule.action !== "allow");
      });
      return width(changed, call) <= width(document, call);
    }),
  ),
  law("a tool that is not listed is never allowed, and a hidden one is never listed", () =>
    fc.property(pairs, ({ document, call }) => {
      const policy = compilePolicy(document);
      const { effect } = evaluate(policy, call);
      const own = effectiveRule(document, call.tool);
      if (own.choice === "hide" && own.conditionCount === 0 && isListed(policy, call.tool))
        return false;
      return isListed(policy, call.tool) || effect !== "allow";
    }),
  ),
  law("a stored rule that can no longer be read never lets more through", () =>
    fc.property(pairs, fc.nat(5), ({ document, call }, index) => {
      const keys = Object.keys(document.tools ?? {});
      const key = keys[index % keys.length];
      if (key === undefined) return true;
      const broken = withRules(document, key, (rules) =>
        rules.map((rule) => ({ ...rule, allow_if_v2: true })),
      );
      const decision = evaluate(compileStored(broken), call);
      return widthOf(decision) <= width(document, call);
    }),
  ),
  law(
    "reading what was written gives the same policy, and writing it again the same text",
    () =>
      fc.property(documents, fc.constantFrom("yaml", "json"), (document, form) => {
        const text = formatPolicy(document, form);
        const parsed = parsePolicy(text);
        if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
        expectSame(parsed.document, document);
        expectSame(formatPolicy(parsed.document, form), text);
        expectSame(parsePolicyValue(JSON.parse(JSON.stringify(document))), parsed);
      }),
    1 / 20,
  ),
  law("what the control shows for a tool without conditions is what every call gets", () =>
    fc.property(pairs, ({ document, call }) => {
      const shown = effectiveRule(document, call.tool);
      if (shown.conditionCount > 0) return true;
      const decision = evaluate(compilePolicy(document), call);
      return (
        widthOf(decision) === { hide: 0, deny: 0, approve: 1, limit: 2, allow: 2 }[shown.choice]
      );
    }),
  ),
  law("a choice made for one tool shows, and touches neither conditions nor other tools", () =>
    fc.property(documents, toolNames, choices, facts, (document, name, choice, other) => {
      const changed = setToolChoice(document, [name], { choice });
      const parsed = parsePolicyValue(changed);
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
      if (other.name !== name) {
        expectSame(effectiveRule(changed, other), effectiveRule(document, other));
      }
      const tool = { ...other, name };
      const before = effectiveRule(document, tool);
      const after = effectiveRule(changed, tool);
      if (after.conditionCount !== before.conditionCount) return false;
      const globs = Object.keys(document.tools ?? {}).some((key) => key.includes("*"));
      return globs || (after.choice === choice && after.source === "tool");
    }),
  ),
];

/** `share` keeps slow laws to a part of the runs. */
function law<T>(title: string, property: () => fc.IProperty<T>, share = 1 / 4): Law {
  const check = (runs: number, seed: number) =>
    fc.assert(property(), { numRuns: Math.ceil(runs * share), seed });
  return { title, check };
}

/** Whether everything the weaker decision asks of an approval, the stronger asks as well. */
function demandsAtLeast(stronger: Decision, weaker: Decision): boolean {
  const [more, less] = [optionsOf(stronger), optionsOf(weaker)];
  if (more === null || less === null) return less === null || stronger.effect !== "allow";
  const within = (inner: readonly string[] = [], outer: readonly string[] = []) =>
    inner.every((each) => outer.includes(each));
  const { approvers } = less;
  return (
    (more.count ?? 1) >= (less.count ?? 1) &&
    (more.request_expires ?? 1e9) <= (less.request_expires ?? 1e9) &&
    (more.approval_expires ?? 1e9) <= (less.approval_expires ?? 1e9) &&
    within(less.exclude, more.exclude) &&
    (approvers === undefined ||
      (more.approvers !== undefined &&
        within(more.approvers.roles, approvers.roles) &&
        within(more.approvers.members, approvers.members)))
  );
}

function optionsOf({ obligations }: Decision): ApprovalOptions | null {
  const approval = obligations.find(({ kind }) => kind === "approval");
  return approval?.kind === "approval" ? approval.options : null;
}

/** 2 passes at once, 1 needs a person, 0 does not pass. */
function widthOf({ effect, obligations }: Decision): number {
  if (effect !== "allow") return 0;
  return obligations.some(({ kind }) => kind === "approval") ? 1 : 2;
}

function width(document: PolicyDocument, call: PolicyCall): number {
  return widthOf(evaluate(compilePolicy(document), call));
}

/** A decision without what names a position in the file. */
function essence({ effect, obligations }: Decision) {
  const parts = obligations.map((obligation) => {
    if (obligation.kind === "rate_limit") return [obligation.limitKey, obligation.max];
    const { message, ...demands } = obligation.options;
    return ["approval", demands, message !== undefined];
  });
  return [effect, ...parts];
}

function reversed(document: PolicyDocument): PolicyDocument {
  const entries = Object.entries(document.tools ?? {}).map(([key, rules]) => {
    return [key, Array.isArray(rules) ? rules.toReversed() : rules] as const;
  });
  return { ...document, tools: Object.fromEntries(entries.toReversed()) };
}

function withRules(
  document: PolicyDocument,
  key: string,
  change: (rules: readonly Rule[]) => readonly Rule[],
): PolicyDocument {
  const { [key]: before, ...others } = document.tools ?? {};
  const rules = [...change(asList<Rule>(before))];
  return { ...document, tools: rules.length === 0 ? others : { ...others, [key]: rules } };
}

function expectSame(actual: unknown, expected: unknown): void {
  const [left, right] = [actual, expected].map((value) => JSON.stringify(sortKeys(value)));
  if (left !== right) throw new Error(`${left}\n  is not\n${right}`);
}

function sortKeys(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sortKeys);
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return entries.map(([key, item]) => [key, sortKeys(item)]);
}
