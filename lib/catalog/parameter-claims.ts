import type { Category } from "#lib/policy/types.ts";
import type { Claim } from "./claim.ts";
import { quoteAround } from "./hidden-text.ts";
import {
  ATTACHED_WORDS,
  PLAIN_SELECTOR_WORDS,
  SELECTOR_SUFFIXES,
  SELECTOR_WORDS,
} from "./lexicon-context.ts";
import type { Parameter } from "./parameters.ts";
import { nameTerm, severity, type Term, wordSet } from "./vocabulary.ts";
import { nameParts } from "./words.ts";

const selectors = wordSet(SELECTOR_WORDS);
const suffixes = wordSet(SELECTOR_SUFFIXES);
const attachedWords = wordSet(ATTACHED_WORDS);
const plainSelectors = wordSet(PLAIN_SELECTOR_WORDS);

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
  return selectsByName(parameter) && !/^\W*(?:optional\W+)?filter/i.test(parameter.description);
}

function selectsByName({ name, required }: Parameter): boolean {
  const words = nameParts(name);
  if (words.length > 1 && !required) return false;
  if (words.length === 1 && required && plainSelectors.has(words[0] ?? "")) return true;
  const last = words.length > 1 && suffixes.has(words.at(-1) ?? "") ? words.at(-2) : words.at(-1);
  return selectors.has(last ?? "");
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
