/**
 * Splits an identifier in any casing into lower-case words: snake_case, kebab-case, dotted,
 * camelCase, PascalCase and runs of capitals ("getHTTPServerURL" → get http server url).
 * Digits stay with the letters before them ("oauth2"). Anything that is not a letter or digit separates.
 */
export function splitWords(name: string): string[] {
  if (ONE_WORD.test(name)) return [name];
  if (SNAKE.test(name)) return name.split("_");
  if (SNAKE_OR_KEBAB.test(name)) return name.split(SEPARATORS);
  return name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, "$1 $2")
    .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== "");
}

const ONE_WORD = /^[a-z\d]+$/;
/** What most names are; splitting them takes no Unicode. */
const SNAKE = /^[a-z\d]+(?:_[a-z\d]+)*$/;
const SNAKE_OR_KEBAB = /^[a-z\d]+(?:[_-]+[a-z\d]+)*$/;
const SEPARATORS = /[_-]+/;

export interface VerbForms {
  third: string[];
  gerund: string[];
  past: string[];
}

/**
 * Regular English inflections of a verb. Where spelling is uncertain both spellings are given
 * ("trim" → trimming, triming): a wrong extra form matches nothing.
 */
export function inflect(verb: string): VerbForms {
  const last = verb.slice(-1);
  const stem = verb.slice(0, -1);
  if (last === "e") {
    return { third: [`${verb}s`], gerund: [`${stem}ing`], past: [`${verb}d`] };
  }
  if (last === "y" && !/[aeiou]y$/.test(verb)) {
    return { third: [`${stem}ies`], gerund: [`${verb}ing`], past: [`${stem}ied`] };
  }
  const third = /(?:s|x|z|ch|sh)$/.test(verb) ? [`${verb}es`] : [`${verb}s`];
  const doubled = /[aeiou][bdglmnprt]$/.test(verb) ? `${verb}${last}` : verb;
  return {
    third,
    gerund: [...new Set([`${verb}ing`, `${doubled}ing`])],
    past: [...new Set([`${verb}ed`, `${doubled}ed`])],
  };
}

/** Whether `phrase` stands in `words` as consecutive words starting at `at`. */
export function phraseAt(words: readonly string[], phrase: readonly string[], at: number): boolean {
  return phrase.every((word, offset) => words[at + offset] === word);
}
