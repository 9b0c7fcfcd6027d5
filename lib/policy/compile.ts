import type { Condition } from "./condition-schema.ts";
import { type CompiledCondition, compileCondition } from "./conditions.ts";
import {
  type Action,
  asList,
  type ClassName,
  type ClassRule,
  type PolicyDocument,
  type Rule,
} from "./document.ts";
import { limitObligations } from "./limits.ts";
import { readStored } from "./stored.ts";
import { parseToolKey, type ToolKey } from "./tool-key.ts";
import type { RateLimit, RateLimitObligation } from "./types.ts";

/** A rule that speaks of a call decides before every rule of a later action. */
export const precedence = ["hide", "deny", "require_approval", "allow"] as const;

export interface CompiledRule {
  /** Its place in the document: `tools.valkey_write[0]`. */
  readonly name: string;
  readonly action: Action;
  readonly reason: string | null;
  readonly conditions: readonly CompiledCondition[];
  readonly limits: readonly RateLimitObligation[];
}

/** A policy ready to decide. Made once per version; safe to share between calls. */
export interface CompiledPolicy {
  /** False when the stored policy could not be read: everything is denied and nothing listed. */
  readonly readable: boolean;
  readonly fallback: "deny" | "allow";
  /** The rules whose key matches a tool's name, by precedence. */
  readonly rulesFor: (toolName: string) => readonly CompiledRule[];
  readonly classes: ReadonlyMap<ClassName, CompiledRule>;
  readonly limits: readonly RateLimitObligation[];
}

/** Compiles a document that {@link PolicyDocument} has accepted. */
export function compilePolicy(document: PolicyDocument): CompiledPolicy {
  const classes = Object.entries(document.classes ?? {}).map(([name, rule]) => {
    const target = `classes.${name}`;
    return [name as ClassName, compileRule(rule, target, target)] as const; // keys of the schema
  });
  const tools = Object.entries(document.tools ?? {}).map(([key, entry]) => ({
    key: parseToolKey(key),
    rules: asList<Rule>(entry).map((rule, index) => {
      const target = `tools.${key}`;
      return compileRule(rule, target, Array.isArray(entry) ? `${target}[${index}]` : target);
    }),
  }));
  const limits = asList<RateLimit>(document.all_tools?.rate_limit);
  return {
    readable: true,
    fallback: document.default,
    rulesFor: indexTools(tools),
    classes: new Map(classes),
    limits: limitObligations("all_tools", "all_tools", [], limits),
  };
}

/**
 * Compiles what the database holds. Stored rules were valid when they were saved; one that no
 * longer is (a newer field, an operator this version does not know) denies its tool, and a
 * document whose frame cannot be read denies everything. Never throws.
 */
export function compileStored(value: unknown): CompiledPolicy {
  try {
    const document = readStored(value);
    return document === null ? unreadablePolicy : compilePolicy(document);
  } catch {
    return unreadablePolicy;
  }
}

const unreadablePolicy: CompiledPolicy = {
  readable: false,
  fallback: "deny",
  rulesFor: () => [],
  classes: new Map(),
  limits: [],
};

interface KeyedRules {
  key: ToolKey | null;
  rules: readonly CompiledRule[];
}

/** Names whose matching rules are remembered; beyond it the memory starts anew. */
const rememberedNames = 4_096;

function indexTools(tools: readonly KeyedRules[]): CompiledPolicy["rulesFor"] {
  const exact = new Map<string, readonly CompiledRule[]>();
  const globs: { matches: (name: string) => boolean; rules: readonly CompiledRule[] }[] = [];
  for (const { key, rules } of tools) {
    if (key === null) throw new Error("A tool key cannot be read.");
    if (key.kind === "glob") globs.push({ matches: key.matches, rules });
    else exact.set(key.name, [...(exact.get(key.name) ?? []), ...rules]);
  }
  const remembered = new Map<string, readonly CompiledRule[]>();
  return (name) => {
    const known = remembered.get(name);
    if (known !== undefined) return known;
    const matching = globs.filter(({ matches }) => matches(name)).flatMap(({ rules }) => rules);
    const found = [...(exact.get(name) ?? []), ...matching].sort(byPrecedence);
    if (remembered.size === rememberedNames) remembered.clear();
    remembered.set(name, found);
    return found;
  };
}

export function byPrecedence(left: { action: Action }, right: { action: Action }): number {
  return precedence.indexOf(left.action) - precedence.indexOf(right.action);
}

function compileRule(rule: Rule | ClassRule, target: string, name: string): CompiledRule {
  const when: readonly Condition[] = "when" in rule ? (rule.when ?? []) : [];
  const limits = "rate_limit" in rule ? asList<RateLimit>(rule.rate_limit) : [];
  return {
    name,
    action: rule.action,
    reason: rule.reason ?? null,
    conditions: when.map(compileCondition),
    limits: limitObligations(target, name, when, limits),
  };
}
