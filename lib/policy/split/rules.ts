import type { Rule } from "../document.ts";
import type { CommandCondition } from "../words.ts";

/** A rule for some commands: its only condition names them. */
export function commandsOf(rule: Rule): CommandCondition | null {
  return only(rule, "command_in");
}

/**
 * The rule for every other command, among all rules of its tool: its only condition excludes
 * exactly the commands that have rules of their own, read in the same place.
 */
export function isCatchAll(rule: Rule, rules: readonly Rule[]): boolean {
  const excluding = only(rule, "command_not_in");
  if (excluding === null) return false;
  const named = rules.flatMap((each) => commandsOf(each) ?? []);
  if (named.length === 0 || !named.every((each) => isSamePlace(each, excluding))) return false;
  const ruled = new Set(named.flatMap(({ value }) => value));
  const excluded = new Set(excluding.value);
  return ruled.size === excluded.size && [...ruled].every((command) => excluded.has(command));
}

/** The condition under which a call names none of these commands. */
export function otherThan(commandRules: readonly CommandCondition[]): CommandCondition | null {
  const [first] = commandRules;
  if (first === undefined || !commandRules.every((each) => isSamePlace(each, first))) return null;
  const value = [...new Set(commandRules.flatMap((each) => each.value))].sort();
  return { ...first, op: "command_not_in", value };
}

/** Whether two command conditions read the same arguments, and case in the same way. */
export function isSamePlace(
  left: Omit<CommandCondition, "op" | "value">,
  right: Omit<CommandCondition, "op" | "value">,
): boolean {
  return (
    left.path === right.path &&
    left.joined_with === right.joined_with &&
    (left.ignore_case === true) === (right.ignore_case === true)
  );
}

function only(rule: Rule, op: CommandCondition["op"]): CommandCondition | null {
  const [condition, ...others] = rule.when ?? [];
  if (condition === undefined || others.length > 0 || condition.op !== op) return null;
  return condition;
}
