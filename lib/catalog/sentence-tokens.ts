import {
  ATTACHED_WORDS,
  OFFERING_WORDS,
  OWN_ANSWER_WORDS,
  PREPOSITIONS,
} from "./lexicon-context.ts";
import { type InflectedTerm, inflectedTerms, wordSet } from "./vocabulary.ts";

/** A word of a sentence, or a mark that separates words. */
export class Token {
  readonly found: InflectedTerm | undefined;
  readonly roles: number;
  /** Position in the sentence, for quoting. */
  readonly at: number;
  readonly #sentence: string;
  readonly #end: number;

  constructor(sentence: string, at: number, end: number, known: KnownWord) {
    this.found = known.found;
    this.roles = known.roles;
    this.at = at;
    this.#sentence = sentence;
    this.#end = end;
  }

  /** In lower case; cut out when it is asked for, which it is of few. */
  get word(): string {
    return this.#sentence.slice(this.at, this.#end).toLowerCase();
  }
}

/** What is known of a word: one look-up tells all. */
interface KnownWord {
  found: InflectedTerm | undefined;
  /** A set of the roles below. */
  roles: number;
}

interface Entry extends KnownWord {
  word: string;
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
} as const;

const MAX_SENTENCE = 400;
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

const UNKNOWN: KnownWord = { found: undefined, roles: 0 };
const ROLES: readonly { role: number; words: string }[] = [
  {
    // Words before the verb that do not change it: “This tool can permanently delete …”.
    role: ROLE.filler,
    words:
      "this tool the a an use used to for it can will you your allows allow lets enables enable helps function that which " +
      "may api mcp we user users them agent bulk batch also and both endpoint method operation utility command",
  },
  { role: ROLE.offering, words: OFFERING_WORDS },
  { role: ROLE.preposition, words: PREPOSITIONS },
  { role: ROLE.attached, words: ATTACHED_WORDS },
  // “Cleans prompt text from returned output” speaks of the tool's own answer.
  { role: ROLE.ownAnswer, words: OWN_ANSWER_WORDS },
  {
    role: ROLE.negation,
    words:
      "not never without cannot can't won't doesn't don't no nor neither isn't prevent prevents blocked instead avoid unless",
  },
  { role: ROLE.elsewhere, words: "before after when if unless" },
  { role: ROLE.joiner, words: ", / and or then & also ( by" },
  { role: ROLE.listing, words: ": include includes including suggestions such" },
  {
    role: ROLE.determiner,
    words:
      "a an the all any its it this that these one some existing new your each every them multiple",
  },
  { role: ROLE.announcing, words: "will can also it" },
  { role: ROLE.break, words: ", ;" },
];
const knownWords = new Map<string, Entry>();
for (const [word, found] of inflectedTerms) knownWords.set(word, { word, found, roles: 0 });
for (const { role, words } of ROLES) {
  for (const word of wordSet(words)) {
    const known = knownWords.get(word) ?? UNKNOWN;
    knownWords.set(word, { ...known, word, roles: known.roles | role });
  }
}
/** Found by a hash of the letters, so that no word is cut out of a text before it is known to be one of these. */
const byHash = new Map<number, Entry>();
for (const entry of knownWords.values()) byHash.set(hashOf(entry.word), entry);
const MAYBE = 0x7fff;
const maybe = new Uint8Array(MAYBE + 1);
for (const hash of byHash.keys()) maybe[hash & MAYBE] = 1;

/** Whether a token, if there is one, has one of these roles. */
export function is(token: Token | undefined, role: number): boolean {
  return token !== undefined && (token.roles & role) !== 0;
}

/** The words and marks of a sentence, of its first 400 characters. */
export function tokenise(sentence: string): Token[] {
  const text = sentence.length > MAX_SENTENCE ? sentence.slice(0, MAX_SENTENCE) : sentence;
  return tokeniseAscii(text) ?? tokeniseAny(text);
}

function tokeniseAny(sentence: string): Token[] {
  const text = sentence.toLowerCase().replaceAll("’", "'");
  const tokens: Token[] = [];
  for (const { 0: word, index } of text.matchAll(TOKEN)) {
    tokens.push(new Token(text, index, index + word.length, knownWords.get(word) ?? UNKNOWN));
  }
  return tokens;
}

/** The same without a pattern, for what nearly all texts are; most of the reading's time is spent here. */
function tokeniseAscii(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const start = at;
    let code = text.charCodeAt(at);
    let kind = ASCII_KIND[code];
    if (kind === undefined) return undefined;
    at += 1;
    if (kind === ALONE) {
      tokens.push(new Token(text, start, at, knownWords.get(text.charAt(start)) ?? UNKNOWN));
    }
    if ((kind & BEGINS) === 0) continue;
    let hash = step(0, code);
    for (; at < text.length; at += 1) {
      code = text.charCodeAt(at);
      kind = ASCII_KIND[code];
      if (kind === undefined) return undefined;
      if ((kind & GOES_ON) === 0) break;
      hash = step(hash, code);
    }
    const known = maybe[hash & MAYBE] === 1 ? lookUp(hash, text, start, at) : UNKNOWN;
    tokens.push(new Token(text, start, at, known));
  }
  return tokens;
}

function lookUp(hash: number, text: string, start: number, end: number): KnownWord {
  const entry = byHash.get(hash);
  if (entry === undefined) return UNKNOWN;
  const word = text.slice(start, end).toLowerCase();
  return entry.word === word ? entry : (knownWords.get(word) ?? UNKNOWN);
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
