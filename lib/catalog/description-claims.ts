import type { Claim } from "./claim.ts";
import { quoteAround } from "./hidden-text.ts";
import { READ_ONLY_NOUNS } from "./lexicon/context.ts";
import { ARITHMETIC, SECTION } from "./lexicon/grammar.ts";
import { type MoneyContext, moneyObject } from "./money.ts";
import { is, ROLE, Sentence, type Token } from "./sentence-tokens.ts";
import {
  actionNouns,
  type InflectedTerm,
  meaningWithObject,
  resultNouns,
  settlesAsWork,
  severity,
  wordSet,
} from "./vocabulary.ts";

export interface DescriptionReading {
  /** What the first sentence says the tool does first; undefined where it has no verb in front. */
  head: Claim | undefined;
  /** Further actions: the verbs joined to the head, and what later sentences say that it does. */
  further: Claim[];
  /** What stands where the verb belongs and is none that is known, in its base form. */
  unknownVerb: string | undefined;
}

const readOnlyNouns = wordSet(READ_ONLY_NOUNS);

/** The verb a sentence turns on. */
interface Head {
  index: number;
  found: InflectedTerm;
}

const MAX_READ = 4_000;
/** Of later sentences only the beginning matters: they are read for their predicate. */
const MAX_LATER = 160;

/**
 * What a description claims the tool does. `description` must be free of invisible characters. Reads
 * verbs only where an English sentence has its predicate: elsewhere most of them are nouns. `offers`: words
 * such as “supports” stand in it, which list what a tool does.
 */
export function readDescription(
  description: string,
  moneyContext: MoneyContext,
  offers: boolean,
): DescriptionReading {
  const read = description.slice(0, MAX_READ).trimStart();
  const section = read.includes(":") ? SECTION.exec(read)?.index : undefined;
  const main = read.slice(0, section || MAX_READ);
  const sentences = main
    .split(/(?<=[.!?])\s+|\n[ \t]*\n|\n(?=[ \t]*[-*•\d])/)
    .filter((sentence) => /\p{L}/u.test(sentence));
  const opening = sentences[0];
  // “Notion | Delete a block”: what stands before the bar is whose tool it is.
  const first = opening?.includes(" | ") ? opening.replace(/^[\w .-]{1,30} \| /, "") : opening;
  if (first === undefined) return { head: undefined, further: [], unknownVerb: undefined };
  const reading = readFirst(first, moneyContext);
  for (const sentence of sentences.slice(1, 41)) {
    readLater(sentence, moneyContext, offers, reading.further);
  }
  return reading;
}

function readFirst(text: string, moneyContext: MoneyContext): DescriptionReading {
  const sentence = new Sentence(text);
  const head = findHead(sentence);
  const further: Claim[] = [];
  for (let index = (head?.index ?? 0) + 1; ; index += 1) {
    const token = sentence.token(index);
    if (token === undefined) break;
    // “Get advice, including: create index, drop index”: what follows lists things, not actions.
    if (is(token, ROLE.listing) && head?.found.term.light !== true) break;
    const { found } = token;
    if (found === undefined || !isJoined(sentence, index, found, head)) continue;
    if (isNegated(sentence, index)) continue;
    further.push(claimAt(sentence, index, found, moneyContext));
  }
  if (head === undefined) {
    return { head: resultClaim(sentence), further, unknownVerb: unknownVerb(sentence) };
  }
  const claim = claimAt(sentence, head.index, head.found, moneyContext);
  return { head: claim, further, unknownVerb: undefined };
}

/** “Drowns a member”: a word of its own before an article. */
function unknownVerb(sentence: Sentence): string | undefined {
  const first = sentence.token(0);
  if (first === undefined || !is(sentence.token(1), ROLE.determiner)) return undefined;
  return first.word.replace(/(?<=[^s])s$/, "");
}

/** “Length of a string”, “The current weather …”: a description that names a result. */
function resultClaim(sentence: Sentence): Claim | undefined {
  const first = sentence.tokens(0, 5).find((token) => !is(token, ROLE.filler));
  if (first === undefined || !resultNouns.has(first.word)) return undefined;
  return {
    category: "read",
    weight: 0.65,
    strength: "firm",
    element: false,
    evidence: {
      source: "description",
      quote: quoteAt(sentence, first.at),
      meaning: "names a result and no action",
    },
  };
}

/** Later sentences: only what they say in the third person, announce (“will delete”) or offer. */
function readLater(
  text: string,
  moneyContext: MoneyContext,
  offers: boolean,
  claims: Claim[],
): void {
  const sentence = new Sentence(text, MAX_LATER);
  const head = findHead(sentence);
  if (head !== undefined && predicts(sentence, head)) {
    claims.push(claimAt(sentence, head.index, head.found, moneyContext));
  }
  if (offers) readOffers(sentence, moneyContext, claims);
}

function predicts(sentence: Sentence, { index, found }: Head): boolean {
  if (found.form !== "third" && !is(sentence.token(index - 1), ROLE.announcing)) return false;
  if (found.term.noun !== "never" || found.term.light || isNegated(sentence, index)) return false;
  return !sentence.tokens(index + 1, index + 9).some((token) => is(token, ROLE.ownAnswer));
}

/** “Supports adding, updating, and deleting rules”, “operations for creating and deleting tables”. */
function readOffers(sentence: Sentence, moneyContext: MoneyContext, claims: Claim[]): void {
  const tokens = sentence.tokens(0, MAX_LATER);
  const from = tokens.findIndex((token) => is(token, ROLE.offering));
  // “Run this before operations that …” speaks of others.
  if (from === -1 || tokens.slice(0, from).some((token) => is(token, ROLE.elsewhere))) return;
  for (let index = from + 1; index < tokens.length; index += 1) {
    const found = tokens[index]?.found;
    if (found?.form !== "gerund" || found.term.noun !== "never" || found.term.light) continue;
    if (isNegated(sentence, index)) continue;
    claims.push(claimAt(sentence, index, found, moneyContext));
  }
}

function findHead(sentence: Sentence): Head | undefined {
  for (let index = 0; index < 9; index += 1) {
    const token = sentence.token(index);
    if (token === undefined) break;
    const { found } = token;
    const filler = is(token, ROLE.filler);
    // “Use this tool to …”: a verb among the fillers says nothing about the tool itself.
    const isVerb = found !== undefined && found.form !== "past" && !filler;
    if (isVerb && hasItsObject(sentence, index, found)) return { index, found };
    if (!filler && !token.word.endsWith("ly")) break;
  }
  return findPurpose(sentence);
}

/** “Order a pizza”, but “Orders of a customer”. */
function hasItsObject(sentence: Sentence, index: number, { term }: InflectedTerm): boolean {
  if (!term.prose || is(sentence.token(index + 1), ROLE.determiner)) return true;
  const near = sentence.tokens(index + 1, index + 4).map(({ word }) => word);
  return meaningWithObject(term.word, near) !== undefined;
}

const BEFORE = {
  base: ROLE.beforeBase,
  gerund: ROLE.beforeGerund,
  third: ROLE.beforeThird,
  past: 0,
};

/** “A tool for deleting …”, “Service that removes …”, “Tool to send …”. */
function findPurpose(sentence: Sentence): Head | undefined {
  for (let index = 1; index < 12; index += 1) {
    const token = sentence.token(index);
    if (token === undefined) break;
    const { found } = token;
    if (found === undefined) continue;
    const fits = is(sentence.token(index - 1), BEFORE[found.form]);
    if (fits && hasItsObject(sentence, index, found) && !isNegated(sentence, index)) {
      return { index, found };
    }
  }
  return undefined;
}

function isJoined(
  sentence: Sentence,
  index: number,
  found: InflectedTerm,
  head: Head | undefined,
): boolean {
  const joiner = sentence.token(index - 1);
  if (!is(joiner, ROLE.joiner) || sentence.token(index - 2)?.word === "optionally") return false;
  if (found.form === "past" || found.term.light || found.term.prose) return false;
  // “…, discarding the rest” says what else happens.
  if (found.form === "gerund") return found.term.noun === "never";
  const before = joiner?.word;
  if (found.form !== head?.found.form || before === "by" || before === "(") return false;
  const after = sentence.token(index + 1);
  if (found.term.noun === "never") return !changesMark(sentence, index, found, head);
  // “Compare and set.”: two verbs and no object.
  if (after === undefined) return index - 2 === head.index;
  return is(after, ROLE.determiner);
}

/** “Add or remove labels” changes marks; “remove a label” alone takes one away. */
function changesMark(
  sentence: Sentence,
  index: number,
  { term }: InflectedTerm,
  head: Head,
): boolean {
  if (term.word !== "remove" || head.found.term.word !== "add") return false;
  return sentence.tokens(index + 1, index + 5).some((token) => is(token, ROLE.attached));
}

function isNegated(sentence: Sentence, index: number): boolean {
  for (let back = index - 1; back >= Math.max(0, index - 4); back -= 1) {
    const token = sentence.token(back);
    if (is(token, ROLE.break)) return false;
    if (is(token, ROLE.negation)) return true;
  }
  return false;
}

function claimAt(
  sentence: Sentence,
  index: number,
  found: InflectedTerm,
  moneyContext: MoneyContext,
): Claim {
  const { term } = found;
  const object = sentence.tokens(index + 1, index + 14);
  const quote = quoteAt(sentence, sentence.token(index)?.at ?? 0);
  const claim: Claim = {
    category: term.category,
    weight: term.weight * 0.95,
    strength: term.light ? "light" : term.noun === "often" ? "doubtful" : "firm",
    element: term.element,
    evidence: { source: "description", quote, meaning: term.reason },
  };
  if (term.light) return lightClaim(claim, object);
  const end = object.findIndex((token) => is(token, ROLE.preposition));
  const near = object.slice(0, end === -1 ? 4 : Math.min(end, 4)).map(({ word }) => word);
  const meaning = meaningWithObject(term.word, near);
  if (meaning !== undefined) {
    const { category, reason, element } = meaning;
    return {
      ...claim,
      category,
      element,
      strength: "firm",
      evidence: { ...claim.evidence, meaning: reason },
    };
  }
  if (severity(term.category) > 0 && term.category !== "destructive") {
    if (moneyObject([term.word, ...near], moneyContext) !== undefined) {
      return {
        ...claim,
        category: "financial",
        evidence: { ...claim.evidence, meaning: "moves or commits money" },
      };
    }
    if (ARITHMETIC.test(quote)) {
      return {
        ...claim,
        category: "read",
        strength: "exact",
        evidence: { ...claim.evidence, meaning: "computes with its arguments only" },
      };
    }
  }
  return claim;
}

function quoteAt({ text }: Sentence, at: number): string {
  return quoteAround(text.slice(at, at + 110), 0);
}

/** The worst of what a light verb's words speak of; still light where they say nothing. */
function lightClaim(claim: Claim, object: readonly Token[]): Claim {
  if (settlesAsWork(object.map(({ word }) => word))) return claim;
  let worst = claim;
  let said = false;
  let readOnly = false;
  object.forEach(({ word }, index) => {
    const noun = actionNouns.get(word);
    if (noun === undefined || isBlocked(object, index)) return;
    readOnly ||= readOnlyNouns.has(word);
    if (said && severity(noun.category) <= severity(worst.category)) return;
    said = true;
    // A script or a pipeline says no more than the verb itself: a clear name may still overrule it.
    if (noun.category === "execute") return;
    worst = {
      ...claim,
      category: noun.category,
      strength: "firm",
      weight: 0.8,
      evidence: { ...claim.evidence, meaning: noun.reason },
    };
  });
  if (!readOnly || severity(worst.category) > severity("execute")) return worst;
  return {
    ...claim,
    category: "read",
    strength: "firm",
    weight: 0.85,
    evidence: { ...claim.evidence, meaning: "says that it is read-only" },
  };
}

function isBlocked(tokens: readonly Token[], index: number): boolean {
  return tokens.slice(Math.max(0, index - 3), index + 4).some((token) => is(token, ROLE.negation));
}
