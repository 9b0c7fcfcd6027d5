import {
  ATTACHED_WORDS,
  OFFERING_WORDS,
  OWN_ANSWER_WORDS,
  PREPOSITIONS,
} from "./lexicon-context.ts";
import { type InflectedTerm, inflectedTerms, wordSet } from "./vocabulary.ts";

/** A word of a sentence in lower case, or a mark that separates words. */
export interface Token extends KnownWord {
  word: string;
  /** Position in the sentence, for quoting. */
  at: number;
}

/** What is known of a word: one look-up tells all. */
interface KnownWord {
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
} as const;

const MAX_SENTENCE = 400;
/** Identifiers stay whole: the words of another tool's name are no verbs of this one. */
const TOKEN = /[\p{L}\d][\p{L}\d_'-]*|[,;:()/&]/gu;
const NOT_ASCII = /[^\0-\x7f]/;
/** For each ASCII character: whether a word may begin with it, go on with it, or it is a token itself. */
const BEGINS = 1;
const GOES_ON = 2;
const ALONE = 4;
const ASCII_KIND = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[a-z\d]/.test(character)) return BEGINS | GOES_ON;
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
];
const knownWords = new Map<string, KnownWord>();
for (const [word, found] of inflectedTerms) knownWords.set(word, { found, roles: 0 });
for (const { role, words } of ROLES) {
  for (const word of wordSet(words)) {
    const known = knownWords.get(word) ?? UNKNOWN;
    knownWords.set(word, { ...known, roles: known.roles | role });
  }
}

/** Whether a token, if there is one, has one of these roles. */
export function is(token: KnownWord | undefined, role: number): boolean {
  return token !== undefined && (token.roles & role) !== 0;
}

/** The words and marks of a sentence, of its first 400 characters. */
export function tokenise(sentence: string): Token[] {
  const cut = sentence.length > MAX_SENTENCE ? sentence.slice(0, MAX_SENTENCE) : sentence;
  const lower = cut.toLowerCase();
  if (!NOT_ASCII.test(lower)) return tokeniseAscii(lower);
  const text = lower.replaceAll("’", "'");
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    tokens.push(token(match[0], match.index));
  }
  return tokens;
}

/** The same without a pattern, for what nearly all texts are; most of the reading's time is spent here. */
function tokeniseAscii(text: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const kind = ASCII_KIND[text.charCodeAt(at)] ?? 0;
    if (kind === ALONE) tokens.push(token(text.charAt(at), at));
    if ((kind & BEGINS) === 0) continue;
    const start = at;
    while (((ASCII_KIND[text.charCodeAt(at + 1)] ?? 0) & GOES_ON) !== 0) at += 1;
    tokens.push(token(text.slice(start, at + 1), start));
  }
  return tokens;
}

function token(word: string, at: number): Token {
  const { found, roles } = knownWords.get(word) ?? UNKNOWN;
  return { word, at, found, roles };
}
