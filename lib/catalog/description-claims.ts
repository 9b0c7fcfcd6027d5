import type { Claim } from "./claim.ts";
import { quoteAround } from "./hidden-text.ts";
import {
  ATTACHED_WORDS,
  OFFERING_WORDS,
  OWN_ANSWER_WORDS,
  PREPOSITIONS,
} from "./lexicon-context.ts";
import { type MoneyContext, moneyObject } from "./money.ts";
import {
  actionNouns,
  type InflectedTerm,
  inflectedTerm,
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

interface Token {
  word: string;
  /** Position in the sentence, for quoting. */
  at: number;
}

/** The verb a sentence turns on. */
interface Head {
  index: number;
  found: InflectedTerm;
}

const MAX_READ = 4_000;
const MAX_SENTENCE = 400;
/** Of later sentences only the beginning matters: they are read for their predicate. */
const MAX_LATER = 160;
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

/** Words before the verb that do not change it: “This tool can permanently delete …”. */
const FILLER = new Set(
  (
    "this tool the a an use used to for it can will you your allows allow lets enables enable helps function that which " +
    "may api mcp we user users them agent bulk batch also and both endpoint method operation utility command"
  ).split(" "),
);
/** “Cleans prompt text from returned output” speaks of the tool's own answer. */
const offering = wordSet(OFFERING_WORDS);
const prepositions = wordSet(PREPOSITIONS);
const attached = wordSet(ATTACHED_WORDS);
const ownAnswer = wordSet(OWN_ANSWER_WORDS);
const NEGATION = new Set(
  "not never without cannot can't won't doesn't don't no nor neither isn't prevent prevents blocked instead avoid unless".split(
    " ",
  ),
);
const ELSEWHERE = new Set(["before", "after", "when", "if", "unless"]);
const JOINER = new Set([",", "/", "and", "or", "then", "&", "also", "(", "by"]);
const LISTING = new Set([":", "include", "includes", "including", "suggestions", "such"]);
const DETERMINER = new Set(
  "a an the all any its it this that these one some existing new your each every them multiple".split(
    " ",
  ),
);
/** Sections of doc strings and advice to the agent, which do not say what the tool does. */
const SECTION =
  /^[^\w\n]{0,8}(?:args|arguments|parameters|params|returns?|raises|examples?|notes?|see also|usage|output|input)\b[^\n]{0,20}:/im;

/**
 * What a description claims the tool does. `description` must be free of invisible characters. Reads
 * verbs only where an English sentence has its predicate: elsewhere most of them are nouns.
 */
export function readDescription(
  description: string,
  moneyContext: MoneyContext,
): DescriptionReading {
  const read = description.slice(0, MAX_READ).trimStart();
  const main = read.slice(0, SECTION.exec(read)?.index || MAX_READ);
  const sentences = main
    .split(/(?<=[.!?])\s+|\n[ \t]*\n|\n(?=[ \t]*[-*•\d])/)
    .filter((sentence) => /\p{L}/u.test(sentence));
  const [opening, ...later] = sentences;
  // “Notion | Delete a block”: what stands before the bar is whose tool it is.
  const first = opening?.replace(/^[\w .-]{1,30} \| /, "");
  if (first === undefined) return { head: undefined, further: [], unknownVerb: undefined };
  const reading = readFirst(first, moneyContext);
  for (const sentence of later.slice(0, 40)) {
    reading.further.push(...readLater(sentence, moneyContext));
  }
  return reading;
}

function readFirst(sentence: string, moneyContext: MoneyContext): DescriptionReading {
  const tokens = tokenise(sentence);
  const head = findHead(tokens);
  const further: Claim[] = [];
  for (let index = (head?.index ?? 0) + 1; index < tokens.length; index += 1) {
    // “Get advice, including: create index, drop index”: what follows lists things, not actions.
    if (LISTING.has(tokens[index]?.word ?? "") && head?.found.term.light !== true) break;
    const found = termAt(tokens, index);
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
  if (first === undefined || !DETERMINER.has(second?.word ?? "")) return undefined;
  return first.word.replace(/(?<=[^s])s$/, "");
}

/** “Length of a string”, “The current weather …”: a description that names a result. */
function resultClaim(sentence: string, tokens: readonly Token[]): Claim | undefined {
  const first = tokens.slice(0, 5).find(({ word }) => !FILLER.has(word));
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
function readLater(sentence: string, moneyContext: MoneyContext): Claim[] {
  const tokens = tokenise(sentence.slice(0, MAX_LATER));
  const offers = readOffers(sentence, tokens, moneyContext);
  const head = findHead(tokens);
  if (head === undefined || isNegated(tokens, head.index)) return offers;
  const announced = ["will", "can", "also", "it"].includes(tokens[head.index - 1]?.word ?? "");
  if (head.found.form !== "third" && !announced) return offers;
  if (head.found.term.noun !== "never" || head.found.term.light) return offers;
  const object = tokens.slice(head.index + 1, head.index + 9);
  if (object.some(({ word }) => ownAnswer.has(word))) return offers;
  return [claimAt(sentence, tokens, head.index, head.found, moneyContext), ...offers];
}

/** “Supports adding, updating, and deleting rules”, “operations for creating and deleting tables”. */
function readOffers(
  sentence: string,
  tokens: readonly Token[],
  moneyContext: MoneyContext,
): Claim[] {
  const from = tokens.findIndex(({ word }) => offering.has(word));
  // “Run this before operations that …” speaks of others.
  if (from === -1 || tokens.slice(0, from).some(({ word }) => ELSEWHERE.has(word))) return [];
  return tokens.flatMap((_, index) => {
    const found = index > from ? termAt(tokens, index) : undefined;
    if (found?.form !== "gerund" || found.term.noun !== "never" || found.term.light) return [];
    if (isNegated(tokens, index)) return [];
    return [claimAt(sentence, tokens, index, found, moneyContext)];
  });
}

function findHead(tokens: readonly Token[]): Head | undefined {
  let index = 0;
  while (index < Math.min(tokens.length, 9)) {
    const word = tokens[index]?.word ?? "";
    const found = termAt(tokens, index);
    // “Use this tool to …”: a verb among the fillers says nothing about the tool itself.
    const isVerb = found !== undefined && found.form !== "past" && !FILLER.has(word);
    if (isVerb && hasItsObject(tokens, index, found)) return { index, found };
    if (!FILLER.has(word) && !word.endsWith("ly")) break;
    index += 1;
  }
  return findPurpose(tokens);
}

/** “Order a pizza”, but “Orders of a customer”. */
function hasItsObject(tokens: readonly Token[], index: number, { term }: InflectedTerm): boolean {
  if (!term.prose || DETERMINER.has(tokens[index + 1]?.word ?? "")) return true;
  const near = tokens.slice(index + 1, index + 4).map(({ word }) => word);
  return meaningWithObject(term.word, near) !== undefined;
}

/** “A tool for deleting …”, “Service that removes …”, “Tool to send …”. */
function findPurpose(tokens: readonly Token[]): Head | undefined {
  for (let index = 1; index < Math.min(tokens.length, 12); index += 1) {
    const before = tokens[index - 1]?.word ?? "";
    const found = termAt(tokens, index);
    if (found === undefined) continue;
    if (!hasItsObject(tokens, index, found)) continue;
    const fits =
      (before === "to" && found.form === "base") ||
      (before === "for" && found.form === "gerund") ||
      ((before === "that" || before === "which") && found.form === "third");
    if (fits && !isNegated(tokens, index)) return { index, found };
  }
  return undefined;
}

function isJoined(
  tokens: readonly Token[],
  index: number,
  found: InflectedTerm,
  head: Head | undefined,
): boolean {
  const before = tokens[index - 1]?.word ?? "";
  if (!JOINER.has(before) || tokens[index - 2]?.word === "optionally") return false;
  if (found.form === "past" || found.term.light || found.term.prose) return false;
  // “…, discarding the rest” says what else happens.
  if (found.form === "gerund") return found.term.noun === "never";
  if (found.form !== head?.found.form || before === "by" || before === "(") return false;
  const after = tokens[index + 1];
  if (found.term.noun === "never") return !changesMark(tokens, index, found, head);
  // “Compare and set.”: two verbs and no object.
  if (after === undefined) return index - 2 === head.index;
  return DETERMINER.has(after.word);
}

/** “Add or remove labels” changes marks; “remove a label” alone takes one away. */
function changesMark(
  tokens: readonly Token[],
  index: number,
  { term }: InflectedTerm,
  head: Head,
): boolean {
  if (term.word !== "remove" || head.found.term.word !== "add") return false;
  return tokens.slice(index + 1, index + 5).some(({ word }) => attached.has(word));
}

function isNegated(tokens: readonly Token[], index: number): boolean {
  for (let back = index - 1; back >= Math.max(0, index - 4); back -= 1) {
    const word = tokens[back]?.word ?? "";
    if (word === "," || word === ";") return false;
    if (NEGATION.has(word)) return true;
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
  const object = tokens.slice(index + 1, index + 14).map(({ word }) => word);
  const quote = quoteAround(sentence.slice(at, at + 110), 0);
  const claim: Claim = {
    category: term.category,
    weight: term.weight * 0.95,
    strength: term.light ? "light" : term.noun === "often" ? "doubtful" : "firm",
    element: term.element,
    evidence: { source: "description", quote, meaning: term.reason },
  };
  if (term.light) return lightClaim(claim, object);
  const end = object.findIndex((word) => prepositions.has(word));
  const near = object.slice(0, end === -1 ? 4 : Math.min(end, 4));
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
function lightClaim(claim: Claim, object: readonly string[]): Claim {
  if (settlesAsWork(object)) return claim;
  let worst = claim;
  let said = false;
  let readOnly = false;
  object.forEach((word, index) => {
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

function isBlocked(words: readonly string[], index: number): boolean {
  return words.slice(Math.max(0, index - 3), index + 4).some((word) => NEGATION.has(word));
}

function termAt(tokens: readonly Token[], index: number): InflectedTerm | undefined {
  return inflectedTerm(tokens[index]?.word ?? "");
}

function tokenise(sentence: string): Token[] {
  const text = sentence.slice(0, MAX_SENTENCE).toLowerCase().replaceAll("’", "'");
  if (!NOT_ASCII.test(text)) return tokeniseAscii(text);
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    tokens.push({ word: match[0], at: match.index });
  }
  return tokens;
}

/** The same without a pattern, for what nearly all texts are; most of the reading's time is spent here. */
function tokeniseAscii(text: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const kind = ASCII_KIND[text.charCodeAt(at)] ?? 0;
    if (kind === ALONE) tokens.push({ word: text.charAt(at), at });
    if ((kind & BEGINS) === 0) continue;
    const start = at;
    while (((ASCII_KIND[text.charCodeAt(at + 1)] ?? 0) & GOES_ON) !== 0) at += 1;
    tokens.push({ word: text.slice(start, at + 1), at: start });
  }
  return tokens;
}
