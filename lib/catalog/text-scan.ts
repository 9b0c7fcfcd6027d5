import { INVISIBLE_RANGES } from "./lexicon/characters.ts";

/** What one pass over a text finds out; it spares most texts the patterns that search for details. */
export interface TextScan {
  /** False only where nothing is hidden: no invisible characters, long runs of spaces or encoded blocks, no comment. */
  hides: boolean;
  /**
   * Which of the scanner's words may stand in the text, with the position behind the first that does; a word that is
   * missing here does not stand in it.
   */
  words: ReadonlyMap<string, number>;
}

const ENCODED_RUN = 160;
const SPACE_RUN = " ".repeat(60);
const NEWLINE = 10;
const MAYBE = 0x3fff;
/** Longer texts get an array of their own. */
const BUFFERED = 0x1_0000;

/** What a unit of text is read as that is no ASCII character: one that may hide something, or any other. */
const HIDING = 0;
const OTHER = 0x80;
const EMOJI_SELECTOR = 0xfe0f;
const ENDS_IN_EMOJI = /\p{Extended_Pictographic}$/u;
const MAY_HIDE = new Uint8Array(0x1_0000);
for (const [first, last] of INVISIBLE_RANGES) {
  if (first <= 0xffff) MAY_HIDE.fill(1, first, last + 1);
  // Those behind are two units each, of which the first tells enough.
  else MAY_HIDE.fill(1, leadUnit(first), leadUnit(last) + 1);
}

/** For each ASCII character, and for OTHER, what stands between words: 0 for what may go on in an encoded block. */
const ENDS_BLOCK = 1;
const MAY_HIDE_TEXT = 2;
const MARK = Uint8Array.from({ length: 256 }, (_, code) => {
  if (code < 128 && MAY_HIDE[code] === 1) return MAY_HIDE_TEXT;
  return /[A-Za-z0-9+/_-]/.test(String.fromCharCode(code)) ? 0 : ENDS_BLOCK;
});
/** Letters and digits of words, the letters in lower case; 0 for all else. */
const FOLDED = Uint8Array.from({ length: 256 }, (_, code) => {
  const character = String.fromCharCode(code);
  return /[A-Za-z0-9]/.test(character) ? character.toLowerCase().charCodeAt(0) : 0;
});

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
    const found = new Map<string, number>();
    let hides = text.includes("<!--") || text.includes(SPACE_RUN);
    const bytes = bytesOf(text);
    let blockBreak = -1;
    for (let at = 0; at <= text.length; at += 1) {
      let byte = bytes[at] ?? NEWLINE;
      let letter = FOLDED[byte] ?? 0;
      if (letter !== 0) {
        let hash = 0;
        do {
          hash = step(hash, letter);
          at += 1;
          byte = bytes[at] ?? NEWLINE;
          letter = FOLDED[byte] ?? 0;
        } while (letter !== 0);
        if (maybe[hash & MAYBE] === 1) {
          const word = byHash.get(hash);
          if (word !== undefined && !found.has(word)) found.set(word, at);
        }
      }
      const mark = MARK[byte] ?? 0;
      if (mark === 0) continue;
      if (mark === MAY_HIDE_TEXT || at - blockBreak > ENCODED_RUN) hides = true;
      blockBreak = at;
    }
    return { hides, words: found };
  };
}

/**
 * For rules that each need a word out of every one of their lists, at most 31 lists together: which of the rules may
 * match a text with these words, as a set of bits in their order.
 */
export function ruleGuard(
  rules: readonly (readonly (readonly string[])[])[],
): (words: Iterable<string>) => number {
  const bits = new Map<string, number>();
  let lists = 0;
  const wanted = rules.map((needs) =>
    needs.reduce((all, list) => {
      const bit = 1 << lists;
      lists += 1;
      for (const word of list) bits.set(word, (bits.get(word) ?? 0) | bit);
      return all | bit;
    }, 0),
  );
  return (words) => {
    let present = 0;
    for (const word of words) present |= bits.get(word) ?? 0;
    if (present === 0) return 0;
    let possible = 0;
    for (let index = 0; index < wanted.length; index += 1) {
      const all = wanted[index] ?? 0;
      if ((present & all) === all) possible |= 1 << index;
    }
    return possible;
  };
}

const encoder = new TextEncoder();
const buffer = new Uint8Array(BUFFERED);

/**
 * A byte for each unit of the text and a line break behind the last: an array is read several times as fast as a
 * string. Good until the next call.
 */
function bytesOf(text: string): Uint8Array {
  const bytes = text.length < BUFFERED ? buffer : new Uint8Array(text.length + 1);
  const { read, written } = encoder.encodeInto(text, bytes);
  // One short character too many for the array is not read at all.
  if (read !== text.length || written !== read) {
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      bytes[at] = code < 128 ? code : hidesAt(text, at, code) ? HIDING : OTHER;
    }
  }
  bytes[text.length] = NEWLINE;
  return bytes;
}

/** An emoji's selector behind its emoji is what invisible characters nearly always are. */
function hidesAt(text: string, at: number, code: number): boolean {
  if (MAY_HIDE[code] !== 1) return false;
  return code !== EMOJI_SELECTOR || !ENDS_IN_EMOJI.test(text.slice(Math.max(0, at - 2), at));
}

function leadUnit(codePoint: number): number {
  return String.fromCodePoint(codePoint).charCodeAt(0);
}

function step(hash: number, letter: number): number {
  return (Math.imul(hash, 31) + letter) | 0;
}

function hashOf(word: string): number {
  let hash = 0;
  for (let at = 0; at < word.length; at += 1) hash = step(hash, word.charCodeAt(at));
  return hash;
}
