import type { Condition } from "../condition-schema.ts";
import { type CompiledCondition, compileCondition, judge } from "../conditions.ts";
import { asList, type PolicyDocument, type Rule } from "../document.ts";
import { type ToolChoice, toRule } from "../edit.ts";
import { type EffectiveRule, effectiveRule } from "../effective.ts";
import { parseToolKey, toolKeyOf } from "../tool-key.ts";
import type { Category, RiskClass, ToolFacts } from "../types.ts";
import type { CommandCondition } from "../words.ts";
import { workPerCall } from "../work.ts";
import { commandsOf, isCatchAll, isSamePlace, otherThan } from "./rules.ts";
import type { Split } from "./types.ts";
import { valkeyPackage, valkeySplits } from "./valkey.ts";

export type { Split, SplitCommand } from "./types.ts";

/** What holds for the calls of one command. */
export interface CommandRow {
  command: string;
  category: Category;
  riskClass: RiskClass;
  rule: EffectiveRule;
}

/** How a tool of a known server divides into commands; null for every other tool. */
export function splitOf(serverPackage: string, toolName: string): Split | null {
  return serverPackage === valkeyPackage ? (valkeySplits.get(toolName) ?? null) : null;
}

/**
 * What the policy says of each command, those that only the policy knows included (with the tool's
 * own class), and of all others together.
 */
export function commandRows(
  document: PolicyDocument,
  tool: ToolFacts,
  split: Split,
): { commands: CommandRow[]; others: EffectiveRule } {
  const known = new Map(split.commands.map((each) => [each.command, each]));
  const written = rulesOf(document, tool.name)
    .flatMap((rule) => rule.when ?? [])
    .filter((each) => isCommandCondition(each) && isSamePlace(each, placeOf(split)))
    .flatMap((each) => (isCommandCondition(each) ? each.value : []));
  for (const text of written) {
    const command = text.toUpperCase();
    const { category, riskClass } = tool;
    if (!known.has(command)) known.set(command, { command, category, riskClass });
  }
  const readFor = readerOf(document, tool.name, split);
  return {
    commands: [...known.values()]
      .sort((left, right) => (left.command < right.command ? -1 : 1))
      .map((each) => ({
        ...each,
        rule: effectiveRule(readFor(each.command), tool),
      })),
    // No words at all name no command.
    others: effectiveRule(readFor(""), tool),
  };
}

/**
 * Sets one choice for the commands named; null takes their rule back, so that the rule for all
 * other commands speaks. What held for the tool as a whole becomes the rule for all other
 * commands; rules with other conditions stay. Returns a new document; it may exceed a cap, so
 * check it with `parsePolicyValue` before storing it.
 */
export function setCommandRule(
  document: PolicyDocument,
  toolName: string,
  split: Split,
  commands: readonly string[],
  choice: ToolChoice | null,
): PolicyDocument {
  const tools = new Map(Object.entries(document.tools ?? {}));
  const own: Rule[] = [];
  for (const [text, entry] of [...tools]) {
    const key = parseToolKey(text);
    if (key?.kind !== "name" || key.name !== toolName) continue;
    own.push(...asList<Rule>(entry));
    tools.delete(text);
  }
  const isHere = (rule: Rule) => {
    const named = commandsOf(rule);
    return named !== null && isSamePlace(named, placeOf(split));
  };
  const base = own.filter((rule) => rule.when === undefined || isCatchAll(rule, own));
  const others = own.filter((rule) => !base.includes(rule) && !isHere(rule));
  const chosen = commands.map((command) => command.toUpperCase());
  const kept = own.filter(isHere).flatMap((rule) => withoutCommands(rule, chosen));
  const ruled = choice === null ? kept : addCommands(kept, split, chosen, toRule(choice));
  const rest = otherThan(ruled.flatMap((rule) => commandsOf(rule) ?? []));
  const rules = [
    ...ruled,
    ...others,
    ...base.map(({ when: _, ...rule }) => (rest === null ? rule : { ...rule, when: [rest] })),
  ];
  const [only] = rules;
  if (only !== undefined) tools.set(toolKeyOf(toolName), rules.length === 1 ? only : rules);
  return { ...document, tools: Object.fromEntries(tools) };
}

function addCommands(
  rules: readonly Rule[],
  split: Split,
  commands: readonly string[],
  rule: Rule,
): Rule[] {
  const joins = (each: Rule) => {
    // Commands that were limited apart keep counters of their own.
    if ("rate_limit" in each && each.rate_limit !== undefined) return false;
    const { when: _, ...consequence } = each;
    return JSON.stringify(sortKeys(consequence)) === JSON.stringify(sortKeys(rule));
  };
  const joined = rules.findIndex(joins);
  const value = [
    ...new Set([...(commandsOf(rules[joined] ?? rule)?.value ?? []), ...commands]),
  ].sort();
  const written = { when: [{ ...placeOf(split), op: "command_in" as const, value }], ...rule };
  return joined === -1 ? [...rules, written] : rules.toSpliced(joined, 1, written);
}

function withoutCommands(rule: Rule, commands: readonly string[]): Rule[] {
  const named = commandsOf(rule);
  if (named === null) return [rule];
  const value = named.value.filter((each) => !commands.includes(each.toUpperCase()));
  return value.length === 0 ? [] : [{ ...rule, when: [{ ...named, value }] }];
}

/** How the tool's part of the document reads for one command: what asks for it is answered. */
function readerOf(
  document: PolicyDocument,
  toolName: string,
  split: Split,
): (command: string) => PolicyDocument {
  const tools = Object.entries(document.tools ?? {})
    .filter(([text]) => matchesKey(text, toolName))
    .map(([text, entry]) => {
      const rules = asList<Rule>(entry).map(({ when = [], ...rest }) => {
        const isAsked = (each: Condition) =>
          isCommandCondition(each) && isSamePlace(each, placeOf(split));
        const left = when.filter((each) => !isAsked(each));
        return {
          asked: when.filter(isAsked).map(compileCondition),
          read: left.length === 0 ? rest : { ...rest, when: left },
        };
      });
      return [text, rules] as const;
    });
  return (command) => {
    const args = { [split.path]: command };
    const holds = (condition: CompiledCondition) =>
      judge(condition, args, "any", { left: workPerCall }).verdict === true;
    const read = tools.map(([text, rules]): [string, Rule[]] => [
      text,
      rules.filter(({ asked }) => asked.every(holds)).map((rule) => rule.read),
    ]);
    return { ...document, tools: Object.fromEntries(read.filter(([, rules]) => rules.length > 0)) };
  };
}

function rulesOf(document: PolicyDocument, toolName: string): Rule[] {
  return Object.entries(document.tools ?? {}).flatMap(([text, entry]) =>
    matchesKey(text, toolName) ? [...asList<Rule>(entry)] : [],
  );
}

function matchesKey(text: string, toolName: string): boolean {
  const key = parseToolKey(text);
  return key?.kind === "name" ? key.name === toolName : key?.matches(toolName) === true;
}

function isCommandCondition(condition: Condition): condition is CommandCondition {
  return condition.op === "command_in" || condition.op === "command_not_in";
}

function placeOf(split: Split): Omit<CommandCondition, "op" | "value"> {
  const { path, joinedWith } = split;
  return { path, ...(joinedWith !== null && { joined_with: joinedWith }), ignore_case: true };
}

function sortKeys(rule: object): [string, unknown][] {
  return Object.entries(rule).sort(([left], [right]) => (left < right ? -1 : 1));
}
