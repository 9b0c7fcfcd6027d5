import type { Category } from "#lib/policy/types.ts";
import { ACTION_NOUNS, PHRASES, RESULT_NOUNS, VERBS, WHOLE_WORDS } from "./lexicon.ts";
import { inflect } from "./words.ts";

/** A verb of the lexicon, ready for look-up. `noun` as in the lexicon; "never" where it is absent. */
export interface Term {
  word: string;
  category: Category;
  weight: number;
  reason: string;
  noun: "never" | "sometimes" | "often";
  light: boolean;
  element: boolean;
}

export type VerbForm = "base" | "third" | "gerund" | "past";

export interface InflectedTerm {
  term: Term;
  form: VerbForm;
}

export interface Phrase {
  words: readonly string[];
  category: Category | null;
  at: "anywhere" | "end";
  reason: string;
}

const listed = (words: string): string[] => words.split(" ").filter((word) => word !== "");

export const wordSet = (words: string): ReadonlySet<string> => new Set(listed(words));

export const resultNouns = wordSet(RESULT_NOUNS);

export const phrases: readonly Phrase[] = PHRASES.map((phrase) => ({
  ...phrase,
  words: listed(phrase.words),
}));

export interface ActionNoun {
  category: Category;
  reason: string;
  settles: boolean;
}

export const actionNouns: ReadonlyMap<string, ActionNoun> = new Map(
  ACTION_NOUNS.flatMap(({ words, category, reason, settles = false }) =>
    listed(words).map((word) => [word, { category, reason, settles }] as const),
  ),
);

/** Whether work is started by these words, and nothing worse: “run a deletion job” removes. */
export function settlesAsWork(object: readonly string[]): boolean {
  const nouns = object.flatMap((word) => actionNouns.get(word) ?? []);
  return (
    nouns.some(({ settles }) => settles) &&
    nouns.every(({ category }) => severity(category) <= severity("execute"))
  );
}

const wholeWords = wordSet(WHOLE_WORDS);
const terms = new Map<string, Term>();
const inflected = new Map<string, InflectedTerm>();

for (const group of VERBS) {
  for (const word of listed(group.words)) {
    const term: Term = {
      word,
      category: group.category,
      weight: group.weight,
      reason: group.reason,
      noun: group.noun ?? "never",
      light: group.light ?? false,
      element: group.element ?? false,
    };
    terms.set(word, term);
  }
}
for (const term of terms.values()) {
  const forms = inflect(term.word);
  for (const [form, words] of Object.entries({ ...forms, base: [term.word] })) {
    for (const word of words) {
      // The keys of this object are exactly the verb forms; a base form wins over an inflection.
      if (form === "base" || !terms.has(word)) {
        inflected.set(word, { term, form: form as VerbForm });
      }
    }
  }
}

/** The verb that a word of running text is a form of. */
export function inflectedTerm(word: string): InflectedTerm | undefined {
  return inflected.get(word);
}

/**
 * The verb that a word of a name stands for: the base form, or two glued words of which the first is
 * always a verb ("deleteuser", "getandset" is not glued by this rule).
 */
export function nameTerm(word: string): Term | undefined {
  return terms.get(word) ?? gluedTerm(word);
}

function gluedTerm(word: string): Term | undefined {
  if (word.length < 6 || wholeWords.has(word)) return undefined;
  for (let cut = 3; cut <= word.length - 3; cut += 1) {
    const head = terms.get(word.slice(0, cut));
    if (head === undefined || head.noun !== "never") continue;
    const tail = word.slice(cut);
    if (GLUED_OBJECTS.has(tail)) return head;
    const second = terms.get(tail);
    if (second !== undefined) return worseTerm(head, second);
  }
  return undefined;
}

/** What a verb is commonly glued to in names without separators. */
const GLUED_OBJECTS = wordSet(
  "all data database db document documents email entry event events field file files folder group image index info item " +
    "items issue key keys list message messages name note object page payment post project range record records " +
    "resource row rows schema service session table task tasks text time token user users value values",
);

const SEVERITY: Record<Category, number> = {
  read: 0,
  write: 1,
  execute: 2,
  financial: 3,
  destructive: 3,
};

/** Orders categories by what can go wrong; Destructive and Financial are equal. */
export function severity(category: Category): number {
  return SEVERITY[category];
}

function worseTerm(first: Term, second: Term): Term {
  return severity(second.category) > severity(first.category) ? second : first;
}
