/**
 * Splits an identifier in any casing into lower-case words: snake_case, kebab-case, dotted,
 * camelCase, PascalCase and runs of capitals ("getHTTPServerURL" → get http server url).
 * Digits stay with the letters before them ("oauth2"). Anything that is not a letter or digit separates.
 */
export function splitWords(name: string): string[] {
  const plain = splitPlain(name);
  if (plain !== undefined) return plain;
  return name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, "$1 $2")
    .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== "");
}

const MAX_KNOWN = 4_096;
const MAX_KNOWN_LENGTH = 40;
const knownParts = new Map<string, readonly string[]>();

/** The same for names that come again and again, as those of arguments do: a few thousand are remembered. */
export function nameParts(name: string): readonly string[] {
  const known = knownParts.get(name);
  if (known !== undefined) return known;
  const parts = splitWords(name);
  if (name.length > MAX_KNOWN_LENGTH) return parts;
  if (knownParts.size >= MAX_KNOWN) knownParts.clear();
  knownParts.set(name, parts);
  return parts;
}

const UNDERSCORE = 95;
const HYPHEN = 45;

/** What most names are, snake_case and kebab-case; splitting them takes neither pattern nor Unicode. */
function splitPlain(name: string): string[] | undefined {
  const words: string[] = [];
  let start = 0;
  for (let at = 0; at < name.length; at += 1) {
    const code = name.charCodeAt(at);
    if ((code >= 97 && code <= 122) || (code >= 48 && code <= 57)) continue;
    if (code !== UNDERSCORE && code !== HYPHEN) return undefined;
    if (at > start) words.push(name.slice(start, at));
    start = at + 1;
  }
  if (start === 0) return name === "" ? [] : [name];
  if (start < name.length) words.push(name.slice(start));
  return words;
}

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
