import type { Claim } from "./claim.ts";
import { quoteAround } from "./hidden-text.ts";
import { SURFACES } from "./lexicon/context.ts";
import type { Subject } from "./subject.ts";
import { SURFACE_WORDS } from "./surface-words.ts";
import { nameTerm, wordSet } from "./vocabulary.ts";

const surfaces = SURFACES.map(({ words, verbs }) => ({
  words: wordSet(words),
  verbs: wordSet(verbs),
}));

const surfaceWords = new Set(SURFACE_WORDS);

/**
 * “Select an option in a dropdown”, “browser_close”: verbs that act on a screen as a person would. Undefined for
 * everything else, and for tools whose name says that they look (“get_open_tabs”).
 */
export function surfaceClaim({ nameWords, description, mentions }: Subject): Claim | undefined {
  if (!mentions(SURFACE_WORDS) && !nameWords.some((word) => surfaceWords.has(word)))
    return undefined;
  // “get_open_tabs”, “azure_get_page”: its first certain verb says that it looks.
  for (const word of nameWords) {
    const term = nameTerm(word);
    if (term?.noun !== "never") continue;
    if (term.category === "read") return undefined;
    break;
  }
  const opening = description.slice(0, 120).split(/[.!?]\s/, 1)[0] ?? "";
  const said = opening.toLowerCase().match(/[a-z]+/g) ?? [];
  const verbs = [...nameWords, ...said.slice(0, 7)];
  const around = [...nameWords, ...said];
  if (!around.some((word) => surfaceWords.has(word))) return undefined;
  for (const surface of surfaces) {
    const verb = verbs.find((word) => surface.verbs.has(word));
    if (verb === undefined || !around.some((word) => surface.words.has(word))) continue;
    const named = nameWords.includes(verb);
    return {
      category: "execute",
      weight: 0.85,
      strength: "exact",
      element: false,
      evidence: {
        source: named ? "name" : "description",
        quote: named ? verb : quoteAround(opening, 0),
        meaning: "acts on a screen as a person would",
      },
    };
  }
  return undefined;
}
