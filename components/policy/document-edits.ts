import {
  type AccessRule,
  asList,
  type ClassName,
  type ClassRule,
  type PolicyDocument,
  type Rule,
} from "#lib/policy/document.ts";
import type { RateLimit } from "#lib/policy/types.ts";

export interface SectionRules {
  tools: Rule;
  prompts: AccessRule;
  resources: AccessRule;
}
export type Section = keyof SectionRules;

/** Replaces the rules of one key; none removes the key, and a section without keys goes too. */
export function setRules<S extends Section>(
  document: PolicyDocument,
  section: S,
  key: string,
  rules: readonly SectionRules[S][],
): PolicyDocument {
  const entries = new Map<string, unknown>(Object.entries(document[section] ?? {}));
  const [only] = rules;
  if (only === undefined) entries.delete(key);
  else entries.set(key, rules.length === 1 ? only : [...rules]);
  return withSection(document, section, entries);
}

/** Gives the rules of one key to another; null when that one has rules already. */
export function renameKey(
  document: PolicyDocument,
  section: Section,
  from: string,
  to: string,
): PolicyDocument | null {
  const entries = Object.entries(document[section] ?? {});
  if (entries.some(([key]) => key === to)) return null;
  const renamed = entries.map(([key, rules]): [string, unknown] => [
    key === from ? to : key,
    rules,
  ]);
  return withSection(document, section, new Map(renamed));
}

/** The rules of a section by key, each as a list, in the order of the document. */
export function entriesOf<S extends Section>(
  document: PolicyDocument,
  section: S,
): { key: string; rules: readonly SectionRules[S][] }[] {
  return Object.entries(document[section] ?? {}).map(([key, rules]) => ({
    key,
    // Every section holds one rule of its kind or a list of them.
    rules: asList(rules as SectionRules[S] | SectionRules[S][]),
  }));
}

/** Sets or, with null, removes the rule of a class. */
export function setClassRule(
  document: PolicyDocument,
  name: ClassName,
  rule: ClassRule | null,
): PolicyDocument {
  const { [name]: _, ...others } = document.classes ?? {};
  const classes = rule === null ? others : { ...others, [name]: rule };
  const { classes: __, ...rest } = document;
  return Object.keys(classes).length === 0 ? rest : { ...rest, classes };
}

/** The limits that hold for all tools together; none removes the section. */
export function setAllTools(
  document: PolicyDocument,
  limits: readonly RateLimit[],
): PolicyDocument {
  const { all_tools: _, ...rest } = document;
  const [only] = limits;
  if (only === undefined) return rest;
  return { ...rest, all_tools: { rate_limit: limits.length === 1 ? only : [...limits] } };
}

function withSection(
  document: PolicyDocument,
  section: Section,
  entries: ReadonlyMap<string, unknown>,
): PolicyDocument {
  const { [section]: _, ...rest } = document;
  if (entries.size === 0) return rest;
  // The entries come from this section or from a caller that knows its kind of rule.
  return { ...rest, [section]: Object.fromEntries(entries) } as PolicyDocument;
}
