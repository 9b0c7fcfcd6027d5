import type { Condition } from "./condition-schema.ts";
import { type CompiledCondition, compileCondition } from "./conditions.ts";
import {
  type AccessRule,
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
import type { AccessTarget, ApprovalOptions, RateLimit, RateLimitObligation } from "./types.ts";

/** A rule that speaks of a call decides before every rule of a later action. */
export const precedence = ["hide", "deny", "require_approval", "allow"] as const;

/** A rule for a prompt or a resource. */
export interface CompiledAccessRule {
  /** Its place in the document: `resources.file:///etc/*`. */
  readonly name: string;
  readonly action: AccessRule["action"];
  readonly reason: string | null;
}

export interface CompiledRule {
  /** Its place in the document: `tools.valkey_write[0]`. */
  readonly name: string;
  readonly action: Action;
  readonly reason: string | null;
  readonly conditions: readonly CompiledCondition[];
  readonly limits: readonly RateLimitObligation[];
  /** Only with `require_approval`. */
  readonly approval: ApprovalOptions;
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
  /** The rules whose key matches a prompt's name or a resource's URI, by precedence. */
  readonly accessFor: (target: AccessTarget) => readonly CompiledAccessRule[];
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
  const prompts = indexRules(compileAccess("prompts", document.prompts));
  const resources = indexRules(compileAccess("resources", document.resources));
  return {
    readable: true,
    fallback: document.default,
    rulesFor: indexRules(tools),
    classes: new Map(classes),
    limits: limitObligations("all_tools", "all_tools", [], limits),
    accessFor: ({ kind, name }) => (kind === "prompt" ? prompts(name) : resources(name)),
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
  accessFor: () => [],
};

interface KeyedRules<R> {
  key: ToolKey | null;
  rules: readonly R[];
}

/** Names whose matching rules are remembered; beyond it the memory starts anew. */
const rememberedNames = 4_096;
/** An agent chooses the URIs it asks for, so long ones are looked up each time. */
const rememberedLength = 256;

function indexRules<R extends { action: Action }>(
  keyed: readonly KeyedRules<R>[],
): (name: string) => readonly R[] {
  const exact = new Map<string, readonly R[]>();
  const globs: { matches: (name: string) => boolean; rules: readonly R[] }[] = [];
  for (const { key, rules } of keyed) {
    if (key === null) throw new Error("A key cannot be read.");
    if (key.kind === "glob") globs.push({ matches: key.matches, rules });
    else exact.set(key.name, [...(exact.get(key.name) ?? []), ...rules]);
  }
  const remembered = new Map<string, readonly R[]>();
  return (name) => {
    const known = remembered.get(name);
    if (known !== undefined) return known;
    const matching = globs.filter(({ matches }) => matches(name)).flatMap(({ rules }) => rules);
    const found = [...(exact.get(name) ?? []), ...matching].sort(byPrecedence);
    if (name.length > rememberedLength) return found;
    if (remembered.size === rememberedNames) remembered.clear();
    remembered.set(name, found);
    return found;
  };
}

/** Sorts rules by what wins: hide, deny, require_approval, allow. */
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
    approval: rule.action === "require_approval" ? (rule.approval ?? {}) : {},
  };
}

function compileAccess(
  section: "prompts" | "resources",
  entries: PolicyDocument["prompts"],
): KeyedRules<CompiledAccessRule>[] {
  return Object.entries(entries ?? {}).map(([key, entry]) => ({
    key: parseToolKey(key),
    rules: asList<AccessRule>(entry).map(({ action, reason }, index) => ({
      name: `${section}.${key}${Array.isArray(entry) ? `[${index}]` : ""}`,
      action,
      reason: reason ?? null,
    })),
  }));
}
