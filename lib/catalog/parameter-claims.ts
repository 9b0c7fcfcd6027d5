import type { Claim } from "./claim.ts";
import { quoteAround } from "./hidden-text.ts";
import type { Parameter } from "./parameters.ts";
import { nameTerm, severity } from "./vocabulary.ts";
import { splitWords } from "./words.ts";

const SELECTORS = new Set([
  "action",
  "operation",
  "op",
  "method",
  "command",
  "mode",
  "verb",
  "subcommand",
]);

/**
 * What an argument that selects the operation admits: the worst of its enumerated values, or of the
 * words its own description lists ("create, drop, list").
 */
export function parameterClaim(parameters: readonly Parameter[]): Claim | undefined {
  let worst: Claim | undefined;
  for (const parameter of parameters) {
    const last = splitWords(parameter.name).at(-1) ?? "";
    if (!SELECTORS.has(last)) continue;
    const claim = worstOperation(parameter);
    if (claim && (!worst || severity(claim.category) > severity(worst.category))) worst = claim;
  }
  return worst;
}

function worstOperation(parameter: Parameter): Claim | undefined {
  const values =
    parameter.enumValues.length > 0 ? parameter.enumValues : listedIn(parameter.description);
  let worst: Claim | undefined;
  for (const value of values) {
    const term = splitWords(value)
      .map(nameTerm)
      .find((candidate) => candidate !== undefined && !candidate.light);
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

/** Values a description enumerates: quoted, or separated by commas, bars or slashes after a colon. */
function listedIn(description: string): string[] {
  const quoted = [...description.matchAll(/["'`]([a-z][a-z_-]{1,30})["'`]/gi)].map(
    ([, value]) => value ?? "",
  );
  if (quoted.length > 1) return quoted;
  const list = /[:(]\s?([a-z_-]+(?:\s?(?:,|\||\/|\bor\b)\s?[a-z_-]+)+)/i.exec(description);
  return list?.[1]?.split(/\s?(?:,|\||\/|\bor\b)\s?/i) ?? [];
}
