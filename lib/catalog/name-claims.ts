import type { Claim } from "./claim.ts";
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
} from "./vocabulary.ts";
import { phraseAt } from "./words.ts";

/**
 * Which nouns at the end of a name without a verb say that it is read. “stock_price” may be, and “drown_member”
 * looks the same: where no description says more only names of results count, and none where the
 * description uses the name's first word as a verb.
 */
export type TrustedNouns = "all" | "results" | "none";

/**
 * What a tool's name claims. `words` is the name in lower-case words, `moneyContext` whether the rest
 * of the definition speaks of money. Returns the worst claim of its clauses ("get_and_delete" has
 * two), or undefined when no word of it is known.
 */
export function nameClaim(
  words: readonly string[],
  moneyContext: MoneyContext,
  nouns: TrustedNouns,
): Claim | undefined {
  let worst: Claim | undefined;
  const parts = clauses(words);
  // "check_and_set": a verb alone in front makes verbs of what is joined to it.
  const verbFirst = parts[0]?.length === 1;
  parts.forEach((clause, position) => {
    const claim = clauseClaim(clause, moneyContext, nouns);
    // "get_user_or_post": after a first clause only a certain verb opens another.
    const isAction = claim?.strength === "firm" || verbFirst;
    if (claim === undefined || (position > 0 && worst !== undefined && !isAction)) return;
    if (worst === undefined || severity(claim.category) > severity(worst.category)) worst = claim;
  });
  return worst;
}

function clauses(words: readonly string[]): string[][] {
  const result: string[][] = [[]];
  for (const word of words) {
    // “set_if_not_exists”: a condition is no action.
    if (word === "if" || word === "unless") break;
    if (word === "and" || word === "or" || word === "then") result.push([]);
    else result.at(-1)?.push(word);
  }
  return result.filter((clause) => clause.length > 0);
}

function clauseClaim(
  clause: string[],
  moneyContext: MoneyContext,
  nouns: TrustedNouns,
): Claim | undefined {
  const phrase = findPhrase(clause, verbalPhrases);
  if (phrase?.category) {
    return {
      ...base,
      category: phrase.category,
      weight: 0.95,
      evidence: { source: "name", quote: phrase.words.join(" "), meaning: phrase.reason },
    };
  }
  const words = withoutNeutralPhrases(clause);
  const head = headVerb(words);
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
  return {
    ...base,
    category: "read",
    weight: 0.45,
    strength: "doubtful",
    evidence: { source: "name", quote: last, meaning: "names a result and no action" },
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

const NO_PHRASES: readonly Phrase[] = [];

function withoutNeutralPhrases(words: string[]): string[] {
  const neutral = findPhrase(words, neutralPhrases);
  if (neutral === undefined) return words;
  const at = words.findIndex((_, index) => phraseAt(words, neutral.words, index));
  // One word stays in place of the phrase, so that "first word" and "last word" keep their meaning.
  return [...words.slice(0, at), "thing", ...words.slice(at + neutral.words.length)];
}
