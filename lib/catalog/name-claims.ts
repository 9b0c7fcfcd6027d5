import type { Claim } from "./claim.ts";
import {
  ASKING_WORDS,
  PART_NOUNS,
  READ_OBJECTS,
  READ_THINGS,
  STRUCTURE_NOUNS,
} from "./lexicon/context.ts";
import { CLAUSE_ENDS, CLAUSE_JOINERS, PREPOSITIONS } from "./lexicon/grammar.ts";
import { type MoneyContext, moneyObject } from "./money.ts";
import {
  actionNouns,
  meaningWithObject,
  nameTerm,
  type Phrase,
  phrases,
  resultNouns,
  settlesAsWork,
  severity,
  type Term,
  thingNouns,
  wordSet,
} from "./vocabulary.ts";
import { phraseAt } from "./words.ts";

/**
 * Which nouns at the end of a name without a verb say that it is read. “stock_price” may be, and “drown_member”
 * looks the same: where no description says more only names of results count, and none where the
 * description uses the name's first word as a verb.
 */
export type TrustedNouns = "all" | "results" | "none";

/** What is known beside the name. */
export interface Around {
  nouns: TrustedNouns;
  /** No description says what it does: then of two ways to read a name the worse counts. */
  alone: boolean;
}

/**
 * What a tool's name claims. `words` is the name in lower-case words, `moneyContext` whether the rest
 * of the definition speaks of money. Returns the worst claim of its clauses ("get_and_delete" has
 * two), or undefined when no word of it is known.
 */
export function nameClaim(
  words: readonly string[],
  moneyContext: MoneyContext,
  around: Around,
): Claim | undefined {
  let worst: Claim | undefined;
  const parts = clauses(words);
  // "check_and_set": a verb alone in front makes verbs of what is joined to it.
  const verbFirst = parts[0]?.length === 1;
  parts.forEach((clause, position) => {
    const claim = clauseClaim(clause, moneyContext, around);
    // "get_user_or_post": after a first clause only a certain verb opens another.
    const isAction = claim?.strength === "firm" || verbFirst;
    if (claim === undefined || (position > 0 && worst !== undefined && !isAction)) return;
    if (worst === undefined || severity(claim.category) > severity(worst.category)) worst = claim;
  });
  return worst;
}

const structureNouns = wordSet(STRUCTURE_NOUNS);
const partNouns = wordSet(PART_NOUNS);
const readThings = wordSet(READ_THINGS);
const readObjects = wordSet(READ_OBJECTS);
const askingWords = wordSet(ASKING_WORDS);
const prepositions = wordSet(PREPOSITIONS);
const clauseJoiners = wordSet(CLAUSE_JOINERS);
const clauseEnds = wordSet(CLAUSE_ENDS);

function clauses(words: readonly string[]): string[][] {
  const result: string[][] = [[]];
  for (const word of words) {
    // “set_if_not_exists”: a condition is no action.
    if (clauseEnds.has(word)) break;
    if (clauseJoiners.has(word)) result.push([]);
    else result.at(-1)?.push(word);
  }
  return result.filter((clause) => clause.length > 0);
}

function clauseClaim(
  clause: string[],
  moneyContext: MoneyContext,
  { nouns, alone }: Around,
): Claim | undefined {
  const phrase = findPhrase(clause, verbalPhrases);
  if (phrase?.category && !isObject(phrase, clause)) {
    return {
      ...base,
      category: phrase.category,
      weight: 0.95,
      evidence: { source: "name", quote: phrase.words.join(" "), meaning: phrase.reason },
    };
  }
  const words = withoutNeutralPhrases(clause);
  const part = alone ? partClaim(words) : undefined;
  if (part !== undefined) return part;
  const head = (alone ? worseHead(words) : undefined) ?? headVerb(words);
  const [verb = "", ...object] = words.slice(head?.index ?? 0);
  const meaning = meaningWithObject(verb, object);
  if (meaning !== undefined) {
    const { category, reason, element } = meaning;
    const evidence = {
      source: "name",
      quote: `${verb} ${meaning.object}`,
      meaning: reason,
    } as const;
    return { ...base, category, weight: 0.95, element, evidence };
  }
  if (head === undefined) return nounClaim(words, nouns);
  if (head.term.light) return lightClaim(head.term, object) ?? verbClaim(head);
  const money =
    severity(head.term.category) > 0
      ? moneyObject([head.term.word, ...object], moneyContext)
      : undefined;
  // Deleting an invoice removes it; creating, sending or cancelling one commits money.
  if (money !== undefined && head.term.category !== "destructive") {
    return {
      ...base,
      category: "financial",
      weight: 0.95,
      evidence: {
        source: "name",
        quote: money === head.term.word ? money : `${head.term.word} ${money}`,
        meaning: "moves or commits money",
      },
    };
  }
  return verbClaim(head);
}

const base = { strength: "firm", element: false } as const;

interface Head {
  term: Term;
  index: number;
  strength: "doubtful" | "firm";
}

/**
 * The verb that governs a clause: its first word where that is a verb (verb_object), otherwise the
 * first certain verb (object_verb_detail), otherwise an uncertain one, at the end if there.
 */
function headVerb(words: readonly string[]): Head | undefined {
  const found: { term: Term; index: number }[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const term = nameTerm(words[index] ?? "");
    if (term !== undefined) found.push({ term, index });
  }
  const first = found[0];
  if (first === undefined) return undefined;
  const next = found.find(({ index }) => index === 1);
  if (first.index === 0) {
    if (first.term.noun === "never") return { ...first, strength: "firm" };
    // "list_append", "set_add": the container's name stands before the verb.
    if (next?.term.noun === "never") return { ...next, strength: "firm" };
    // "transfer_status", "trade_history": two nouns, where a sentence says so.
    const names = words.length === 2 && resultNouns.has(words[1] ?? "");
    const strength = first.term.noun === "sometimes" && !names ? "firm" : "doubtful";
    return { ...first, strength };
  }
  const certain = found.find(({ term }) => term.noun === "never");
  if (certain !== undefined) return { ...certain, strength: "firm" };
  const last = found.find(({ index }) => index === words.length - 1);
  return { ...(last ?? first), strength: "doubtful" };
}

/**
 * Where a name may be read in two ways, the worse one: “list_move” moves within a list, “view_delete” deletes a view,
 * “update_view” updates one, “list_items_delete” names what it does last. Undefined for clear names.
 */
function worseHead(words: readonly string[]): Head | undefined {
  const first = nameTerm(words[0] ?? "");
  if (first === undefined || askingWords.has(first.word)) return undefined;
  const second = nameTerm(words[1] ?? "");
  if (second !== undefined && isWorse(first, second) && readObjects.has(second.word)) {
    return first.noun === "never" ? undefined : { term: first, index: 0, strength: "doubtful" };
  }
  const index = words.length - 1;
  const last = nameTerm(words[index] ?? "");
  if (last === undefined || !isWorse(last, first) || last.light) return undefined;
  if (words.some((word) => prepositions.has(word))) return undefined;
  const isVerb =
    last.noun === "never"
      ? first.noun !== "never" || index === 1
      : last.noun === "sometimes" &&
        index === 1 &&
        (first.noun === "often" || readThings.has(first.word));
  return isVerb ? { term: last, index, strength: "doubtful" } : undefined;
}

function isWorse(term: Term, than: Term): boolean {
  return severity(term.category) > severity(than.category);
}

/** “hash_keys”, “sorted_set_range_by_score”: a structure and what is read of it. */
function partClaim(words: readonly string[]): Claim | undefined {
  const [structure = "", ...rest] = words;
  if (!(structureNouns.has(structure) || structure === THING)) return undefined;
  const end = rest.findIndex((word) => prepositions.has(word));
  const parts = end === -1 ? rest : rest.slice(0, end);
  const result = parts.find((word) => resultNouns.has(word) || thingNouns.has(word));
  const isPart = (word: string) =>
    resultNouns.has(word) || thingNouns.has(word) || partNouns.has(word);
  const changes = (word: string) => {
    const term = nameTerm(word);
    return term?.noun === "never" && severity(term.category) > 0;
  };
  if (result === undefined || !parts.every(isPart) || rest.some(changes)) return undefined;
  return nounsClaim(result);
}

function verbClaim({ term, strength }: Head): Claim {
  return {
    category: term.category,
    weight: strength === "firm" ? term.weight : term.weight * 0.7,
    strength: term.light ? "light" : strength,
    element: term.element,
    evidence: { source: "name", quote: term.word, meaning: term.reason },
  };
}

function lightClaim(term: Term, object: readonly string[]): Claim | undefined {
  if (settlesAsWork(object)) return undefined;
  for (const word of object) {
    const noun = actionNouns.get(word);
    if (noun === undefined) continue;
    return {
      ...base,
      category: noun.category,
      weight: 0.8,
      evidence: { source: "name", quote: `${term.word} ${word}`, meaning: noun.reason },
    };
  }
  return undefined;
}

function nounClaim(words: readonly string[], nouns: TrustedNouns): Claim | undefined {
  const last = words.at(-1);
  if (last === undefined || nouns === "none") return undefined;
  const trustsThings = nouns === "all" || words.length === 1;
  if (!resultNouns.has(last) && !(trustsThings && thingNouns.has(last))) return undefined;
  return nounsClaim(last);
}

function nounsClaim(noun: string): Claim {
  return {
    ...base,
    category: "read",
    weight: 0.45,
    strength: "doubtful",
    evidence: { source: "name", quote: noun, meaning: "names a result and no action" },
  };
}

/** Phrases by their first word. */
type Phrases = ReadonlyMap<string, readonly Phrase[]>;

const verbalPhrases = byFirstWord(phrases.filter(({ category }) => category !== null));
const neutralPhrases = byFirstWord(phrases.filter(({ category }) => category === null));

function byFirstWord(wanted: readonly Phrase[]): Phrases {
  return Map.groupBy(wanted, ({ words }) => words[0] ?? "");
}

/** The one that stands first in the lexicon of those that stand in the words. */
function findPhrase(words: readonly string[], among: Phrases): Phrase | undefined {
  let first: Phrase | undefined;
  for (let at = 0; at < words.length; at += 1) {
    for (const phrase of among.get(words[at] ?? "") ?? NO_PHRASES) {
      const fits =
        (phrase.at === "anywhere" || at + phrase.words.length === words.length) &&
        phraseAt(words, phrase.words, at);
      if (fits && (first === undefined || phrase.order < first.order)) first = phrase;
    }
  }
  return first;
}

/** “update_instructions”: what would only be read is what a verb in front of it is about. */
function isObject(phrase: Phrase, clause: readonly string[]): boolean {
  if (phrase.category !== "read") return false;
  return clause
    .slice(0, -phrase.words.length)
    .map(nameTerm)
    .some((term) => term && term.noun !== "often" && !term.light && severity(term.category) > 0);
}

const THING = "thing";
const NO_PHRASES: readonly Phrase[] = [];

function withoutNeutralPhrases(words: string[]): string[] {
  const neutral = findPhrase(words, neutralPhrases);
  if (neutral === undefined) return words;
  const at = words.findIndex((_, index) => phraseAt(words, neutral.words, index));
  // One word stays in place of the phrase, so that "first word" and "last word" keep their meaning.
  return [...words.slice(0, at), THING, ...words.slice(at + neutral.words.length)];
}
