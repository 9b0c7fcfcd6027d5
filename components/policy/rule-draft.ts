import type { Condition } from "#lib/policy/condition-schema.ts";
import { type Action, asList, type ClassRule, Rule } from "#lib/policy/document.ts";
import { defaultRateLimit } from "#lib/policy/edit.ts";
import type { Choice } from "#lib/policy/effective.ts";
import {
  type ApprovalExclusion,
  type ApproverRole,
  type LimitScope,
  longestWindowSeconds,
  mostCalls,
  type RateLimit,
} from "#lib/policy/types.ts";
import { type ConditionDraft, conditionOfDraft, draftOfCondition } from "./condition-draft.ts";

export interface LimitDraft {
  id: string;
  max: string;
  window: string;
  per: LimitScope;
}

export interface ApprovalDraft {
  roles: ApproverRole[];
  /** E-mail addresses, one on each line. */
  members: string;
  count: string;
  requestExpires: string;
  approvalExpires: string;
  message: string;
  exclude: ApprovalExclusion[];
}

/** One rule while it is edited. What a choice does not take is kept, so that going back brings it back. */
export interface RuleDraft {
  choice: Choice;
  /** A condition that only YAML can spell stays as it is. */
  conditions: (ConditionDraft | { id: string; kept: Condition })[];
  limits: LimitDraft[];
  reason: string;
  approval: ApprovalDraft;
}

export type ReadRule = { ok: true; rule: Rule } | { ok: false; problems: string[] };

/** The rule as a form shows it. */
export function draftOfRule(rule: Rule | ClassRule, newId: () => string): RuleDraft {
  const limits = "rate_limit" in rule ? asList<RateLimit>(rule.rate_limit) : [];
  const when = "when" in rule ? (rule.when ?? []) : [];
  const options = "approval" in rule ? (rule.approval ?? {}) : {};
  const secondsText = (value: number | undefined) => (value === undefined ? "" : String(value));
  return {
    choice: choiceOf(rule.action, limits.length > 0),
    conditions: when.map((condition) => {
      const id = newId();
      return draftOfCondition(condition, id) ?? { id, kept: condition };
    }),
    limits: limits.map((limit) => draftOfLimit(limit, newId())),
    reason: rule.reason ?? "",
    approval: {
      roles: [...(options.approvers?.roles ?? [])],
      members: (options.approvers?.members ?? []).join("\n"),
      count: secondsText(options.count),
      requestExpires: secondsText(options.request_expires),
      approvalExpires: secondsText(options.approval_expires),
      message: options.message ?? "",
      exclude: [...(options.exclude ?? [])],
    },
  };
}

export function draftOfLimit(limit: RateLimit, id: string): LimitDraft {
  return { id, max: String(limit.max), window: String(limit.window), per: limit.per };
}

/** The draft after another of the five choices; a limit begins with one. */
export function chooseIn(draft: RuleDraft, choice: Choice, newId: () => string): RuleDraft {
  const limits =
    choice === "limit" && draft.limits.length === 0
      ? [draftOfLimit(defaultRateLimit, newId())]
      : draft.limits;
  return { ...draft, choice, limits };
}

/** Reads a draft as the document's schema does; every problem as a sentence. */
export function ruleOfDraft(draft: RuleDraft): ReadRule {
  const problems: string[] = [];
  const when = draft.conditions.flatMap((each) => {
    if ("kept" in each) return [each.kept];
    const read = conditionOfDraft(each);
    if (read.ok) return [read.condition];
    problems.push(`${each.path === "" ? "A condition" : each.path}: ${read.problem}`);
    return [];
  });
  const limits = takesLimits(draft.choice) ? draft.limits : [];
  const rateLimits = limits.flatMap((each) => {
    const problem = limitProblem(each);
    if (problem !== null) problems.push(problem);
    return problem === null
      ? [{ max: Number(each.max), window: Number(each.window), per: each.per }]
      : [];
  });
  const approval = draft.choice === "approve" ? approvalOf(draft.approval) : undefined;
  const parsed = Rule.safeParse({
    action: actions[draft.choice],
    ...(when.length > 0 && { when }),
    ...(rateLimits.length > 0 && {
      rate_limit: rateLimits.length === 1 ? rateLimits[0] : rateLimits,
    }),
    ...(approval !== undefined && { approval }),
    ...(draft.reason !== "" && { reason: draft.reason }),
  });
  if (draft.choice === "limit" && limits.length === 0) problems.push("Add a limit.");
  if (parsed.success && problems.length === 0) return { ok: true, rule: parsed.data };
  const found = parsed.error?.issues.map(
    ({ path, message }) => `${String(path[0] ?? "rule")}: ${message}`,
  );
  return { ok: false, problems: [...problems, ...(found ?? [])] };
}

/** Why a limit cannot be used as it is typed; null when it can. */
export function limitProblem({ max, window }: LimitDraft): string | null {
  if (!/^\d+$/.test(max.trim()) || Number(max) > mostCalls) {
    return `Limit to a whole number of calls from 0 to ${mostCalls.toLocaleString("en")}.`;
  }
  const seconds = Number(window);
  if (!/^\d+$/.test(window.trim()) || seconds < 1 || seconds > longestWindowSeconds) {
    return `Count over a whole number of seconds from 1 to ${longestWindowSeconds.toLocaleString("en")}.`;
  }
  return null;
}

export function takesLimits(choice: Choice): boolean {
  return choice === "limit" || choice === "approve";
}

function approvalOf(draft: ApprovalDraft): object | undefined {
  const members = draft.members.split(/[\s,]+/).filter((each) => each !== "");
  const number = (text: string) => (text.trim() === "" ? undefined : Number(text));
  const approvers = {
    ...(draft.roles.length > 0 && { roles: draft.roles }),
    ...(members.length > 0 && { members }),
  };
  const options = Object.entries({
    approvers: Object.keys(approvers).length > 0 ? approvers : undefined,
    count: number(draft.count),
    request_expires: number(draft.requestExpires),
    approval_expires: number(draft.approvalExpires),
    message: draft.message === "" ? undefined : draft.message,
    exclude: draft.exclude.length > 0 ? draft.exclude : undefined,
  }).filter(([, value]) => value !== undefined);
  return options.length === 0 ? undefined : Object.fromEntries(options);
}

function choiceOf(action: Action, hasLimits: boolean): Choice {
  switch (action) {
    case "allow":
      return hasLimits ? "limit" : "allow";
    case "require_approval":
      return "approve";
    case "deny":
    case "hide":
      return action;
  }
}

const actions: Readonly<Record<Choice, Action>> = {
  allow: "allow",
  limit: "allow",
  approve: "require_approval",
  deny: "deny",
  hide: "hide",
};
