import type { Claim } from "./claim.ts";
import { quoteAround } from "./hidden-text.ts";
import { type MoneyContext, moneyObject } from "./money.ts";
import { is, ROLE, type Token, tokenise } from "./sentence-tokens.ts";
import {
  actionNouns,
  type InflectedTerm,
  meaningWithObject,
  resultNouns,
  settlesAsWork,
  severity,
} from "./vocabulary.ts";

export interface DescriptionReading {
  /** What the first sentence says the tool does first; undefined where it has no verb in front. */
  head: Claim | undefined;
  /** Further actions: the verbs joined to the head, and what later sentences say that it does. */
  further: Claim[];
  /** What stands where the verb belongs and is none that is known, in its base form. */
  unknownVerb: string | undefined;
}

/** The verb a sentence turns on. */
interface Head {
  index: number;
  found: InflectedTerm;
}

const MAX_READ = 4_000;
/** Of later sentences only the beginning matters: they are read for their predicate. */
const MAX_LATER = 160;
/** Sections of doc strings and advice to the agent, which do not say what the tool does. */
const SECTION =
  /^[^\w\n]{0,8}(?:args|arguments|parameters|params|returns?|raises|examples?|notes?|see also|usage|output|input)\b[^\n]{0,20}:/im;

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

function readFirst(sentence: string, moneyContext: MoneyContext): DescriptionReading {
  const tokens = tokenise(sentence);
  const head = findHead(tokens);
  const further: Claim[] = [];
  for (let index = (head?.index ?? 0) + 1; index < tokens.length; index += 1) {
    // “Get advice, including: create index, drop index”: what follows lists things, not actions.
    if (is(tokens[index], ROLE.listing) && head?.found.term.light !== true) break;
    const found = tokens[index]?.found;
    if (found === undefined || !isJoined(tokens, index, found, head)) continue;
    if (isNegated(tokens, index)) continue;
    further.push(claimAt(sentence, tokens, index, found, moneyContext));
  }
  if (head === undefined) {
    return { head: resultClaim(sentence, tokens), further, unknownVerb: unknownVerb(tokens) };
  }
  const claim = claimAt(sentence, tokens, head.index, head.found, moneyContext);
  return { head: claim, further, unknownVerb: undefined };
}

/** “Drowns a member”: a word of its own before an article. */
function unknownVerb(tokens: readonly Token[]): string | undefined {
  const [first, second] = tokens;
  if (first === undefined || !is(second, ROLE.determiner)) return undefined;
  return first.word.replace(/(?<=[^s])s$/, "");
}

/** “Length of a string”, “The current weather …”: a description that names a result. */
function resultClaim(sentence: string, tokens: readonly Token[]): Claim | undefined {
  const first = tokens.slice(0, 5).find((token) => !is(token, ROLE.filler));
  if (first === undefined || !resultNouns.has(first.word)) return undefined;
  return {
    category: "read",
    weight: 0.65,
    strength: "firm",
    element: false,
    evidence: {
      source: "description",
      quote: quoteAround(sentence.slice(first.at, first.at + 110), 0),
      meaning: "names a result and no action",
    },
  };
}

/** Later sentences: only what they say in the third person, announce (“will delete”) or offer. */
function readLater(
  sentence: string,
  moneyContext: MoneyContext,
  offers: boolean,
  claims: Claim[],
): void {
  const tokens = tokenise(sentence.slice(0, MAX_LATER));
  const head = findHead(tokens);
  if (head !== undefined && predicts(tokens, head)) {
    claims.push(claimAt(sentence, tokens, head.index, head.found, moneyContext));
  }
  if (offers) readOffers(sentence, tokens, moneyContext, claims);
}

function predicts(tokens: readonly Token[], { index, found }: Head): boolean {
  if (found.form !== "third" && !is(tokens[index - 1], ROLE.announcing)) return false;
  if (found.term.noun !== "never" || found.term.light || isNegated(tokens, index)) return false;
  return !tokens.slice(index + 1, index + 9).some((token) => is(token, ROLE.ownAnswer));
}

/** “Supports adding, updating, and deleting rules”, “operations for creating and deleting tables”. */
function readOffers(
  sentence: string,
  tokens: readonly Token[],
  moneyContext: MoneyContext,
  claims: Claim[],
): void {
  const from = tokens.findIndex((token) => is(token, ROLE.offering));
  // “Run this before operations that …” speaks of others.
  if (from === -1 || tokens.slice(0, from).some((token) => is(token, ROLE.elsewhere))) return;
  for (let index = from + 1; index < tokens.length; index += 1) {
    const found = tokens[index]?.found;
    if (found?.form !== "gerund" || found.term.noun !== "never" || found.term.light) continue;
    if (isNegated(tokens, index)) continue;
    claims.push(claimAt(sentence, tokens, index, found, moneyContext));
  }
}

function findHead(tokens: readonly Token[]): Head | undefined {
  let index = 0;
  while (index < Math.min(tokens.length, 9)) {
    const token = tokens[index];
    const found = token?.found;
    const filler = is(token, ROLE.filler);
    // “Use this tool to …”: a verb among the fillers says nothing about the tool itself.
    const isVerb = found !== undefined && found.form !== "past" && !filler;
    if (isVerb && hasItsObject(tokens, index, found)) return { index, found };
    if (!filler && !token?.word.endsWith("ly")) break;
    index += 1;
  }
  return findPurpose(tokens);
}

/** “Order a pizza”, but “Orders of a customer”. */
function hasItsObject(tokens: readonly Token[], index: number, { term }: InflectedTerm): boolean {
  if (!term.prose || is(tokens[index + 1], ROLE.determiner)) return true;
  const near = tokens.slice(index + 1, index + 4).map(({ word }) => word);
  return meaningWithObject(term.word, near) !== undefined;
}

/** “A tool for deleting …”, “Service that removes …”, “Tool to send …”. */
function findPurpose(tokens: readonly Token[]): Head | undefined {
  for (let index = 1; index < Math.min(tokens.length, 12); index += 1) {
    const found = tokens[index]?.found;
    if (found === undefined) continue;
    const before = tokens[index - 1]?.word ?? "";
    const fits =
      (before === "to" && found.form === "base") ||
      (before === "for" && found.form === "gerund") ||
      ((before === "that" || before === "which") && found.form === "third");
    if (fits && hasItsObject(tokens, index, found) && !isNegated(tokens, index)) {
      return { index, found };
    }
  }
  return undefined;
}

function isJoined(
  tokens: readonly Token[],
  index: number,
  found: InflectedTerm,
  head: Head | undefined,
): boolean {
  if (!is(tokens[index - 1], ROLE.joiner) || tokens[index - 2]?.word === "optionally") return false;
  if (found.form === "past" || found.term.light || found.term.prose) return false;
  // “…, discarding the rest” says what else happens.
  if (found.form === "gerund") return found.term.noun === "never";
  const before = tokens[index - 1]?.word;
  if (found.form !== head?.found.form || before === "by" || before === "(") return false;
  const after = tokens[index + 1];
  if (found.term.noun === "never") return !changesMark(tokens, index, found, head);
  // “Compare and set.”: two verbs and no object.
  if (after === undefined) return index - 2 === head.index;
  return is(after, ROLE.determiner);
}

/** “Add or remove labels” changes marks; “remove a label” alone takes one away. */
function changesMark(
  tokens: readonly Token[],
  index: number,
  { term }: InflectedTerm,
  head: Head,
): boolean {
  if (term.word !== "remove" || head.found.term.word !== "add") return false;
  return tokens.slice(index + 1, index + 5).some((token) => is(token, ROLE.attached));
}

function isNegated(tokens: readonly Token[], index: number): boolean {
  for (let back = index - 1; back >= Math.max(0, index - 4); back -= 1) {
    const token = tokens[back];
    if (is(token, ROLE.break)) return false;
    if (is(token, ROLE.negation)) return true;
  }
  return false;
}

function claimAt(
  sentence: string,
  tokens: readonly Token[],
  index: number,
  found: InflectedTerm,
  moneyContext: MoneyContext,
): Claim {
  const { term } = found;
  const at = tokens[index]?.at ?? 0;
  const object = tokens.slice(index + 1, index + 14);
  const quote = quoteAround(sentence.slice(at, at + 110), 0);
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
    if (
      /^(?:adds?|subtracts?|multipl(?:y|ies)) (?:two|three|the given)? ?(?:numbers|integers)/i.test(
        quote,
      )
    ) {
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

/** The worst of what a light verb's words speak of; still light where they say nothing. */
function lightClaim(claim: Claim, object: readonly Token[]): Claim {
  if (settlesAsWork(object.map(({ word }) => word))) return claim;
  let worst = claim;
  let said = false;
  let readOnly = false;
  object.forEach(({ word }, index) => {
    const noun = actionNouns.get(word);
    if (noun === undefined || isBlocked(object, index)) return;
    readOnly ||= word === "read-only" || word === "readonly";
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
