import type { Category } from "#lib/policy/types.ts";
import {
  ACTION_NOUNS,
  GLUED_OBJECTS,
  PHRASES,
  RESULT_NOUNS,
  THING_NOUNS,
  VERB_OBJECTS,
  WHOLE_WORDS,
} from "./lexicon/context.ts";
import { PROSE_VERBS, type TermGroup, VERBS } from "./lexicon/verbs.ts";
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
  /** A verb only in a sentence, with its object behind it. */
  prose: boolean;
}

export type VerbForm = "base" | "third" | "gerund" | "past";

export interface InflectedTerm {
  term: Term;
  form: VerbForm;
}

export interface Phrase {
  /** Its place in the lexicon. */
  order: number;
  words: readonly string[];
  category: Category | null;
  at: "anywhere" | "end";
  reason: string;
}

const listed = (words: string): string[] => words.split(" ").filter((word) => word !== "");

export const wordSet = (words: string): ReadonlySet<string> => new Set(listed(words));

export const resultNouns = wordSet(RESULT_NOUNS);

export const thingNouns = wordSet(THING_NOUNS);

export const phrases: readonly Phrase[] = PHRASES.flatMap(({ phrases, ...phrase }) =>
  phrases.map((words) => ({ ...phrase, words: listed(words) })),
).map((phrase, order) => ({ ...phrase, order }));

/** What a verb means with an object that stands close behind it. */
export interface ObjectMeaning {
  object: string;
  category: Category;
  reason: string;
  element: boolean;
}

const objectMeanings = new Map<string, Map<string, ObjectMeaning>>();
for (const { verbs, objects, category, reason, element = false } of VERB_OBJECTS) {
  for (const verb of listed(verbs)) {
    const known = objectMeanings.get(verb) ?? new Map<string, ObjectMeaning>();
    for (const object of listed(objects)) known.set(object, { object, category, reason, element });
    objectMeanings.set(verb, known);
  }
}

/** What the lexicon says of this verb with one of these objects; undefined for most. */
export function meaningWithObject(
  verb: string,
  objects: readonly string[],
): ObjectMeaning | undefined {
  const known = objectMeanings.get(verb);
  if (known === undefined) return undefined;
  for (const object of objects) {
    const meaning = known.get(object);
    if (meaning !== undefined) return meaning;
  }
  return undefined;
}

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
  for (const term of termsOf(group, false)) terms.set(term.word, term);
}
const proseTerms = PROSE_VERBS.flatMap((group) => termsOf(group, true));
for (const term of [...terms.values(), ...proseTerms]) {
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

function termsOf(group: TermGroup, prose: boolean): Term[] {
  return listed(group.words).map((word) => ({
    word,
    category: group.category,
    weight: group.weight,
    reason: group.reason,
    noun: group.noun ?? "never",
    light: group.light ?? false,
    element: group.element ?? false,
    prose,
  }));
}

/** The verb that each word of running text is a form of. */
export const inflectedTerms: ReadonlyMap<string, InflectedTerm> = inflected;

/**
 * The verb that a word of a name stands for: the base form, or two glued words of which the first is
 * always a verb ("deleteuser", "getandset" is not glued by this rule).
 */
export function nameTerm(word: string): Term | undefined {
  return terms.get(word) ?? gluedTerm(word);
}

function gluedTerm(word: string): Term | undefined {
  if (word.length < 6 || !termStarts.has(word.slice(0, 3)) || wholeWords.has(word))
    return undefined;
  for (let cut = 3; cut <= word.length - 3; cut += 1) {
    const head = terms.get(word.slice(0, cut));
    if (head === undefined || head.noun !== "never") continue;
    const tail = word.slice(cut);
    if (gluedObjects.has(tail)) return head;
    const second = terms.get(tail);
    if (second !== undefined) return worseTerm(head, second);
  }
  return undefined;
}

const termStarts = new Set([...terms.keys()].map((word) => word.slice(0, 3)));

const gluedObjects = wordSet(GLUED_OBJECTS);

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
