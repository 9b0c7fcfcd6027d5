import { INVISIBLE_RANGES } from "./hidden-text.ts";

/** What one pass over a text finds out; it spares most texts the patterns that search for details. */
export interface TextScan {
  /** False only where nothing is hidden: no invisible characters, long runs of spaces or encoded blocks, no comment. */
  hides: boolean;
  /** Which of the scanner's words may stand in the text; a word that is missing here does not. */
  words: ReadonlySet<string>;
}

const ENCODED_RUN = 160;
const SPACE_RUN = 60;
const NEWLINE = 10;
const MAYBE = 0x3fff;

/** For each UTF-16 unit: 0 where something may be hidden, otherwise a set of the flags below. */
const USUAL = 1;
const ENCODED = 2;
const SPACE = 4;
const WORD = 8;
const JOINER = 0x200d;
/** Opens the code points from U+E0000 on: tags and variation selectors. */
const TAG_SURROGATE = 0xdb40;
const KIND = new Uint8Array(0x1_0000).fill(USUAL);
for (const [first, last] of INVISIBLE_RANGES) if (first <= 0xffff) KIND.fill(0, first, last + 1);
KIND.fill(0, JOINER, JOINER + 1);
KIND.fill(0, TAG_SURROGATE, TAG_SURROGATE + 1);
for (let code = 32; code < 127; code += 1) {
  const character = String.fromCharCode(code);
  const encoded = /[A-Za-z0-9+/_-]/.test(character) ? ENCODED : 0;
  const word = /[A-Za-z0-9]/.test(character) ? WORD : 0;
  KIND[code] = USUAL | encoded | word | (character === " " ? SPACE : 0);
}

/**
 * A scanner for these words, given in lower case, letters and digits only. It looks for whole words in any
 * casing; words are compared by a hash, so that it may name one that is not there.
 */
export function textScanner(words: readonly string[]): (text: string) => TextScan {
  const byHash = new Map(words.map((word) => [hashOf(word), word]));
  // Nearly every word of a text is none of these, which one array look-up tells.
  const maybe = new Uint8Array(MAYBE + 1);
  for (const hash of byHash.keys()) maybe[hash & MAYBE] = 1;
  return (text) => {
    const found = new Set<string>();
    let hides = text.includes("<!--");
    let hash = 0;
    // Positions instead of counters, so that nothing but the hash is touched inside a word.
    let encodedBreak = -1;
    let lastSpace = -1;
    let spaces = 0;
    for (let at = 0; at <= text.length; at += 1) {
      const code = at < text.length ? text.charCodeAt(at) : NEWLINE;
      const kind = KIND[code] ?? 0;
      if ((kind & WORD) !== 0) {
        hash = step(hash, code);
        continue;
      }
      if (hash !== 0) {
        const word = maybe[hash & MAYBE] === 1 ? byHash.get(hash) : undefined;
        if (word !== undefined) found.add(word);
        hash = 0;
      }
      if ((kind & ENCODED) !== 0) continue;
      if (kind === 0 || at - encodedBreak > ENCODED_RUN) hides = true;
      encodedBreak = at;
      if ((kind & SPACE) === 0) continue;
      spaces = lastSpace === at - 1 ? spaces + 1 : 1;
      lastSpace = at;
      if (spaces >= SPACE_RUN) hides = true;
    }
    return { hides, words: found };
  };
}

/** Upper and lower case differ by one bit; on digits that bit is always set. */
function step(hash: number, code: number): number {
  return (Math.imul(hash, 31) + (code | 32)) | 0;
}

function hashOf(word: string): number {
  let hash = 0;
  for (let at = 0; at < word.length; at += 1) hash = step(hash, word.charCodeAt(at));
  return hash;
}
