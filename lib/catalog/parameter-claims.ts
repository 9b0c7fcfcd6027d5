import type { Category } from "#lib/policy/types.ts";
import type { Claim } from "./claim.ts";
import { quoteAround } from "./hidden-text.ts";
import { PLAIN_SELECTOR_WORDS, SELECTOR_WORDS } from "./lexicon.ts";
import type { Parameter } from "./parameters.ts";
import { nameTerm, severity, type Term, wordSet } from "./vocabulary.ts";
import { splitWords } from "./words.ts";

const selectors = wordSet(SELECTOR_WORDS);
const plainSelectors = wordSet(PLAIN_SELECTOR_WORDS);

/**
 * What an argument that selects the operation admits: the worst of its enumerated values, or of the
 * words its own description lists ("create, drop, list").
 */
export function parameterClaim(
  parameters: readonly Parameter[],
  description: string,
): Claim | undefined {
  let worst: Claim | undefined;
  for (const parameter of parameters) {
    if (!isSelector(parameter)) continue;
    const claim = worstOperation(parameter, description);
    if (claim && (!worst || severity(claim.category) > severity(worst.category))) worst = claim;
  }
  return worst;
}

/** Whether an argument, by its name, decides which of several operations runs. */
export function isSelector(parameter: Parameter): boolean {
  if (/^\W*(?:optional\W+)?filter/i.test(parameter.description)) return false;
  const words = splitWords(parameter.name);
  if (words.length === 1 && parameter.required && plainSelectors.has(words[0] ?? "")) return true;
  return (words.length === 1 || parameter.required) && selectors.has(words.at(-1) ?? "");
}

/** What an operation does, by the first verb of its name; undefined where no word of it is known. */
export function operationCategory(value: string): Category | undefined {
  return operationTerm(value)?.category;
}

function operationTerm(value: string): Term | undefined {
  return splitWords(value)
    .map(nameTerm)
    .find((candidate) => candidate !== undefined && !candidate.light);
}

function worstOperation(parameter: Parameter, description: string): Claim | undefined {
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
    if (term === undefined || (worst && severity(term.category) <= severity(worst.category)))
      continue;
    worst = {
      category: term.category,
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
