import type { Category } from "#lib/policy/types.ts";
import type { Claim } from "./claim.ts";
import { quoteAround } from "./hidden-text.ts";
import {
  FILTERS,
  OPEN_SELECTOR_WORDS,
  PLAIN_SELECTOR_WORDS,
  SELECTOR_NAMES,
  SELECTOR_SUFFIXES,
  SELECTOR_WORDS,
} from "./lexicon/arguments.ts";
import { ATTACHED_WORDS } from "./lexicon/context.ts";
import type { Parameter } from "./parameters.ts";
import { nameTerm, severity, type Term, wordSet } from "./vocabulary.ts";
import { nameParts } from "./words.ts";

const selectors = wordSet(SELECTOR_WORDS);
const suffixes = wordSet(SELECTOR_SUFFIXES);
const attachedWords = wordSet(ATTACHED_WORDS);
const plainSelectors = wordSet(PLAIN_SELECTOR_WORDS);
const openSelectors = wordSet(OPEN_SELECTOR_WORDS);
const selectorNames = wordSet(SELECTOR_NAMES);

/**
 * What an argument that selects the operation admits: the worst of its enumerated values, or of the
 * words its own description lists ("create, drop, list"). `tool.reads`: name and description both
 * call it reading; then a “method” is what is asked about, unless the schema itself enumerates it.
 */
export function parameterClaim(
  parameters: readonly Parameter[],
  tool: { nameWords: readonly string[]; description: string; reads: boolean },
): Claim | undefined {
  const isMark = tool.nameWords.some((word) => attachedWords.has(word));
  let worst: Claim | undefined;
  for (const parameter of parameters) {
    if (!isSelector(parameter)) continue;
    if (tool.reads && plainSelectors.has(parameter.name) && parameter.enumValues.length === 0)
      continue;
    const claim = worstOperation(parameter, tool.description, isMark);
    if (claim && (!worst || severity(claim.category) > severity(worst.category))) worst = claim;
  }
  return worst;
}

/** Whether an argument, by its name, decides which of several operations runs. */
export function isSelector(parameter: Parameter): boolean {
  return selectsByName(parameter) && !FILTERS.test(parameter.description);
}

function selectsByName({ name, required }: Parameter): boolean {
  const words = nameParts(name);
  if (words.length > 1) return required && endsInSelector(words);
  const [word = ""] = words;
  return selectors.has(word) || (required && plainSelectors.has(word));
}

/** “api_operation”, “operation_name”, “tool_name”. */
function endsInSelector(words: readonly string[]): boolean {
  const last = words.at(-1) ?? "";
  if (!suffixes.has(last)) return selectors.has(last);
  return selectors.has(words.at(-2) ?? "") || selectorNames.has(words.slice(-2).join("_"));
}

/** Whether a name may be one by which an operation is selected. */
export function namesOperation(words: readonly string[]): boolean {
  return words.length === 1 ? openSelectors.has(words[0] ?? "") : endsInSelector(words);
}

/**
 * Whether an open text, by its name, decides what runs. A tool that reads is filtered by it where it is optional,
 * and looks it up where it speaks of that thing itself: “get_operation” by “operation_name”.
 */
export function selectsOpenly(parameter: Parameter, toolWords: readonly string[]): boolean {
  const words = nameParts(parameter.name);
  const [first = "", last = ""] = words;
  const { required, description } = parameter;
  if (!namesOperation(words) || FILTERS.test(description)) return false;
  if (words.length === 1) return true;
  // “retry_action” only where it is required; “action_type” is nothing else than a choice.
  const chooses = required || (words.length === 2 && suffixes.has(last));
  if (!chooses) return false;
  const verb = nameTerm(toolWords[0] ?? "");
  if (verb === undefined || verb.light || verb.category === "execute") return true;
  if (verb.category === "read") return required && !toolWords.includes(words.at(-2) ?? "");
  return required || selectors.has(first);
}

/** What an operation does, by the first verb of its name; undefined where no word of it is known. */
export function operationCategory(value: string): Category | undefined {
  return operationTerm(value)?.category;
}

function operationTerm(value: string): Term | undefined {
  for (const word of nameParts(value)) {
    const term = nameTerm(word);
    if (term !== undefined && !term.light) return term;
  }
  return undefined;
}

function worstOperation(
  parameter: Parameter,
  description: string,
  isMark: boolean,
): Claim | undefined {
  const values =
    parameter.enumValues.length > 0
      ? parameter.enumValues
      : [
          ...listedIn(parameter.description),
          ...listedIn(documentedIn(description, parameter.name)),
          ...bulletsIn(description),
        ];
  let worst: Claim | undefined;
  for (const value of values) {
    const term = operationTerm(value);
    if (term === undefined) continue;
    // Taking a label off as well as putting it on changes a mark and loses nothing.
    const category = isMark && term.word === "remove" ? "write" : term.category;
    if (worst && severity(category) <= severity(worst.category)) continue;
    worst = {
      category,
      weight: 0.85,
      strength: "firm",
      element: term.element,
      evidence: {
        source: "parameter",
        quote: quoteAround(`${parameter.name}: ${value}`, 0),
        meaning: `one of its operations ${term.reason}`,
      },
    };
  }
  return worst;
}

/** What a doc string says of an argument: servers in Python often leave it out of the schema. */
function documentedIn(description: string, name: string): string {
  if (!/^\w{1,64}$/.test(name)) return "";
  const line = new RegExp(`^[ \\t]*[-*]?[ \\t]*${name}\\b[^:\\n]{0,40}:([^\\n]*)`, "m");
  return line.exec(description)?.[1] ?? "";
}

/** Operations that a description lists line by line: “- CreateCluster”, “- **delete-table**: …”. */
function bulletsIn(description: string): string[] {
  const lines = description.matchAll(
    /^[ \t]*[-*•][ \t]+[*`"']*([A-Za-z][a-z]+(?:[-_][a-z]+|[A-Z][a-z]+)+)/gm,
  );
  return [...lines].map(([, value]) => value ?? "");
}

/** Values a description enumerates: quoted, or separated by commas, bars or slashes after a colon. */
function listedIn(description: string): string[] {
  const quoted = [...description.matchAll(/["'`]([a-z][a-z_ .-]{1,30})["'`]/gi)].map(
    ([, value]) => value ?? "",
  );
  const list = /[:(]\s?([a-z_-]+(?:\s?(?:,|\||\/|\bor\b)\s?[a-z_-]+)+)/i.exec(description);
  const listed = list?.[1]?.split(/\s?(?:,|\||\/|\bor\b)\s?/i) ?? [];
  return quoted.length > 1 ? [...quoted, ...listed] : listed;
}
