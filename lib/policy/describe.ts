import type { Condition } from "./condition-schema.ts";
import { type AccessRule, type Action, asList, type ClassRule, type Rule } from "./document.ts";
import { describeDuration } from "./duration.ts";
import type { ApprovalExclusion, ApprovalOptions, ApproverRole, RateLimit } from "./types.ts";

/**
 * One English sentence for one rule: "Allow up to 10 calls per minute per session when command is
 * one of "DEL" or "UNLINK", ignoring case."
 */
export function describeRule(rule: Rule | ClassRule | AccessRule): string {
  const limits = "rate_limit" in rule ? asList<RateLimit>(rule.rate_limit) : [];
  const conditions = "when" in rule ? (rule.when ?? []) : [];
  const parts = [verbs[rule.action]];
  if (limits.length > 0) {
    const joint = rule.action === "allow" ? "up to" : "of up to";
    parts.push(joint, limits.map(describeLimit).join(" and "));
  }
  if ("approval" in rule && rule.approval !== undefined) {
    parts[parts.length - 1] += describeApproval(rule.approval);
  }
  if (conditions.length > 0) {
    parts.push(
      "when",
      conditions.map((each) => describeCondition(each, rule.action)).join(" and "),
    );
  }
  return `${parts.join(" ")}.`;
}

const verbs: Readonly<Record<Action, string>> = {
  allow: "Allow",
  deny: "Deny",
  hide: "Hide",
  require_approval: "Require approval",
};

/** " by 2 people, each an admin or dana@example.test, but not the agent's owner, within 1 hour" */
function describeApproval(options: ApprovalOptions): string {
  const { approvers, count = 1, request_expires, approval_expires, exclude } = options;
  const named = [...(approvers?.roles ?? []).map(roleName), ...(approvers?.members ?? [])];
  const each = count > 1 ? ", each " : "";
  return [
    count > 1 ? ` by ${count} people` : named.length > 0 ? " by " : "",
    named.length > 0 ? each + orList(named) : "",
    exclude === undefined ? "" : `, but not ${orList(exclude.map(exclusionName))}`,
    request_expires === undefined ? "" : `, within ${describeDuration(request_expires)}`,
    approval_expires === undefined ? "" : `, good for ${describeDuration(approval_expires)}`,
  ].join("");
}

function roleName(role: ApproverRole): string {
  return {
    owner: "an owner",
    admin: "an admin",
    policy_manager: "a policy manager",
    viewer: "a viewer",
  }[role];
}

function exclusionName(exclusion: ApprovalExclusion): string {
  return { requester: "the agent's owner", editor: "whoever last edited the rule" }[exclusion];
}

/** "10 calls per minute per session" */
function describeLimit({ max, window, per }: RateLimit): string {
  const calls = max === 1 ? "1 call" : `${max} calls`;
  return `${calls} per ${describeSeconds(window)} per ${per}`;
}

/**
 * "amount is more than 1000". Under a permission every element of `[*]` has to hold, under a
 * restriction any one. Shows the policy's own values, shortened; never an argument's.
 */
export function describeCondition(condition: Condition, action: Action): string {
  const quantifier = action === "allow" ? "every " : "any ";
  const place =
    "joined_with" in condition && condition.joined_with !== undefined
      ? `${condition.path} joined with ${condition.joined_with}`
      : condition.path;
  const subject = condition.path.includes("[*]") ? quantifier + place : place;
  return `${subject} ${describeTest(condition)}${describeOptions(condition)}`;
}

function describeTest(condition: Condition): string {
  switch (condition.op) {
    case "eq":
      return `is ${quote(condition.value)}`;
    case "neq":
      return `is not ${quote(condition.value)}`;
    case "in":
      return `is one of ${list(condition.value)}`;
    case "not_in":
      return `is none of ${list(condition.value)}`;
    case "lt":
      return `is less than ${condition.value}`;
    case "lte":
      return `is at most ${condition.value}`;
    case "gt":
      return `is more than ${condition.value}`;
    case "gte":
      return `is at least ${condition.value}`;
    case "exists":
      return condition.value ? "is given" : "is not given";
    case "contains":
      return `contains ${quote(condition.value)}`;
    case "starts_with":
      return `starts with ${quote(condition.value)}`;
    case "ends_with":
      return `ends with ${quote(condition.value)}`;
    case "matches":
      return `matches the pattern ${quote(condition.value)}`;
    case "length":
      return describeLength(condition.value);
    case "command_in":
      return `begins with the command ${list(condition.value)}`;
    case "command_not_in":
      return `begins with none of the commands ${list(condition.value)}`;
  }
}

function describeLength(range: { of: "text" | "list"; min?: number; max?: number }): string {
  const unit = range.of === "text" ? "characters" : "elements";
  if (range.max === undefined) return `has at least ${range.min} ${unit}`;
  if (range.min === undefined) return `has at most ${range.max} ${unit}`;
  return `has ${range.min} to ${range.max} ${unit}`;
}

function describeOptions(condition: Condition): string {
  const ignored = [
    "ignore_case" in condition && condition.ignore_case ? ["case"] : [],
    "trim" in condition && condition.trim ? ["spaces around it"] : [],
  ].flat();
  return ignored.length === 0 ? "" : `, ignoring ${ignored.join(" and ")}`;
}

/** "minute", "90 seconds" */
function describeSeconds(seconds: number): string {
  const duration = describeDuration(seconds);
  return duration.startsWith("1 ") ? duration.slice(2) : duration;
}

const shownValues = 4;

function list(values: readonly (string | number | boolean)[]): string {
  const shown = values.slice(0, shownValues).map(quote);
  const more = values.length - shown.length;
  return more > 0 ? `${shown.join(", ")} or ${more} more` : orList(shown);
}

function orList(parts: readonly string[]): string {
  const last = parts.at(-1) ?? "";
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(", ")} or ${last}`;
}

function quote(value: string | number | boolean): string {
  const text = typeof value === "string" && value.length > 60 ? `${value.slice(0, 59)}…` : value;
  return JSON.stringify(text);
}
