import { ATTACHED_WORDS, OWN_ANSWER_WORDS } from "./lexicon/context.ts";
import {
  ANNOUNCING_WORDS,
  BREAKS,
  CONDITIONS,
  DETERMINERS,
  FILLERS,
  JOINERS,
  LISTING_WORDS,
  NEGATIONS,
  OFFERING_WORDS,
  PREPOSITIONS,
  PURPOSE_WORDS,
} from "./lexicon/grammar.ts";
import { type InflectedTerm, inflectedTerms, wordSet } from "./vocabulary.ts";

/** A word of a sentence, or a mark that separates words. */
export class Token {
  readonly found: InflectedTerm | undefined;
  readonly roles: number;
  /** Position in the sentence, for quoting. */
  readonly at: number;
  readonly #sentence: string;
  readonly #end: number;
  readonly #known: string;

  constructor(sentence: string, at: number, end: number, known: KnownWord) {
    this.found = known.found;
    this.roles = known.roles;
    this.at = at;
    this.#sentence = sentence;
    this.#end = end;
    this.#known = known.word;
  }

  /** In lower case; one that is not known is cut out when it is asked for, which it is of few. */
  get word(): string {
    return this.#known || this.#sentence.slice(this.at, this.#end).toLowerCase();
  }
}

/** What is known of a word: one look-up tells all. */
interface KnownWord {
  /** Empty for one that is not known. */
  word: string;
  found: InflectedTerm | undefined;
  /** A set of the roles below. */
  roles: number;
}

/** What a word may be to the verb of its sentence, each a bit. */
export const ROLE = {
  filler: 1,
  offering: 2,
  preposition: 4,
  attached: 8,
  ownAnswer: 16,
  negation: 32,
  elsewhere: 64,
  joiner: 128,
  listing: 256,
  determiner: 512,
  announcing: 1024,
  break: 2048,
  beforeBase: 4096,
  beforeGerund: 8192,
  beforeThird: 16384,
} as const;

const MAX_SENTENCE = 400;
const SPACE = 32;
/** Identifiers stay whole: the words of another tool's name are no verbs of this one. */
const TOKEN = /[\p{L}\d][\p{L}\d_'-]*|[,;:()/&]/gu;
/** For each ASCII character: whether a word may begin with it, go on with it, or it is a token itself. */
const BEGINS = 1;
const GOES_ON = 2;
const ALONE = 4;
const ASCII_KIND = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[A-Za-z\d]/.test(character)) return BEGINS | GOES_ON;
  if (/[_'-]/.test(character)) return GOES_ON;
  return /[,;:()/&]/.test(character) ? ALONE : 0;
});

const UNKNOWN: KnownWord = { word: "", found: undefined, roles: 0 };
const ROLES: readonly { role: number; words: string }[] = [
  { role: ROLE.filler, words: FILLERS },
  { role: ROLE.offering, words: OFFERING_WORDS },
  { role: ROLE.preposition, words: PREPOSITIONS },
  { role: ROLE.attached, words: ATTACHED_WORDS },
  { role: ROLE.ownAnswer, words: OWN_ANSWER_WORDS },
  { role: ROLE.negation, words: NEGATIONS },
  { role: ROLE.elsewhere, words: CONDITIONS },
  { role: ROLE.joiner, words: JOINERS },
  { role: ROLE.listing, words: LISTING_WORDS },
  { role: ROLE.determiner, words: DETERMINERS },
  { role: ROLE.announcing, words: ANNOUNCING_WORDS },
  { role: ROLE.break, words: BREAKS },
  { role: ROLE.beforeBase, words: PURPOSE_WORDS.base },
  { role: ROLE.beforeGerund, words: PURPOSE_WORDS.gerund },
  { role: ROLE.beforeThird, words: PURPOSE_WORDS.third },
];
const knownWords = new Map<string, KnownWord>();
for (const [word, found] of inflectedTerms) knownWords.set(word, { word, found, roles: 0 });
for (const { role, words } of ROLES) {
  for (const word of wordSet(words)) {
    const known = knownWords.get(word) ?? UNKNOWN;
    knownWords.set(word, { ...known, word, roles: known.roles | role });
  }
}
/**
 * Known words by a hash of their letters, so that no word is cut out of a text to be looked up: 0 where there is
 * none, otherwise a place in `entries`. Where two words share a hash, the first is found by the other way.
 */
const SLOTS = 0x7fff;
const slots = new Uint16Array(SLOTS + 1);
const entries: KnownWord[] = [UNKNOWN];
for (const entry of knownWords.values()) {
  slots[hashOf(entry.word) & SLOTS] = entries.length;
  entries.push(entry);
}

/** Whether a token, if there is one, has one of these roles. */
export function is(token: Token | undefined, role: number): boolean {
  return token !== undefined && (token.roles & role) !== 0;
}

/**
 * The words and marks of a sentence, of its first 400 characters or fewer. They are read as far as somebody asks:
 * of most sentences only the beginning matters, and most of the reading's time is spent here.
 */
export class Sentence {
  readonly text: string;
  readonly #read: string;
  #tokens: Token[] = [];
  #at = 0;

  constructor(text: string, most = MAX_SENTENCE) {
    this.text = text;
    this.#read = text.length > most ? text.slice(0, most) : text;
  }

  /** The word or mark at this place, from 0; undefined behind the last. */
  token(index: number): Token | undefined {
    while (this.#tokens.length <= index && this.#at < this.#read.length) this.#readNext();
    return this.#tokens[index];
  }

  /** Those from `from` up to `to`, as far as there are any. */
  tokens(from: number, to: number): Token[] {
    this.token(to - 1);
    return this.#tokens.slice(from, to);
  }

  /** Without a pattern, for what nearly all texts are. */
  #readNext(): void {
    const text = this.#read;
    const start = this.#at;
    let at = start + 1;
    let code = text.charCodeAt(start);
    let kind = ASCII_KIND[code];
    if (kind === ALONE) {
      const known = knownWords.get(text.charAt(start)) ?? UNKNOWN;
      this.#tokens.push(new Token(text, start, at, known));
    } else if (kind !== undefined && (kind & BEGINS) !== 0) {
      let hash = 0;
      do {
        hash = step(hash, code);
        code = at < text.length ? text.charCodeAt(at) : SPACE;
        kind = ASCII_KIND[code];
        at += 1;
      } while (kind !== undefined && (kind & GOES_ON) !== 0);
      at -= 1;
      if (kind !== undefined)
        this.#tokens.push(new Token(text, start, at, lookUp(hash, text, start, at)));
    }
    if (kind === undefined) this.#readAny();
    else this.#at = at;
  }

  /** What holds other characters is read as a whole. */
  #readAny(): void {
    const text = this.#read.toLowerCase().replaceAll("’", "'");
    this.#tokens = [];
    for (const { 0: word, index } of text.matchAll(TOKEN)) {
      const known = knownWords.get(word) ?? UNKNOWN;
      this.#tokens.push(new Token(text, index, index + word.length, known));
    }
    this.#at = this.#read.length;
  }
}

function lookUp(hash: number, text: string, start: number, end: number): KnownWord {
  const slot = slots[hash & SLOTS] ?? 0;
  if (slot === 0) return UNKNOWN;
  const entry = entries[slot] ?? UNKNOWN;
  if (isWord(entry.word, text, start, end)) return entry;
  return knownWords.get(text.slice(start, end).toLowerCase()) ?? UNKNOWN;
}

/** Whether `word`, which is in lower case, stands there in any casing. */
function isWord(word: string, text: string, start: number, end: number): boolean {
  if (word.length !== end - start) return false;
  for (let at = 0; at < word.length; at += 1) {
    const code = text.charCodeAt(start + at);
    const lower = code >= 65 && code <= 90 ? code | 32 : code;
    if (word.charCodeAt(at) !== lower) return false;
  }
  return true;
}

/** Upper and lower case differ by one bit; on digits and marks within words it is of no use. */
function step(hash: number, code: number): number {
  return (Math.imul(hash, 31) + (code | 32)) | 0;
}

function hashOf(word: string): number {
  let hash = 0;
  for (let at = 0; at < word.length; at += 1) hash = step(hash, word.charCodeAt(at));
  return hash;
}
