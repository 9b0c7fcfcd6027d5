import { findHiddenText, withoutInvisible } from "./hidden-text.ts";
import { DESCRIBED_WORDS } from "./lexicon/arguments.ts";
import {
  ATTACHED_WORDS,
  CONTAINER_WORDS,
  ELEMENT_WORDS,
  READ_ONLY_PHRASES,
  READ_ONLY_SUBJECTS,
  READ_ONLY_WORDS,
} from "./lexicon/context.ts";
import { OFFERING_WORDS } from "./lexicon/grammar.ts";
import { ORDER_WORDS } from "./lexicon/orders.ts";
import { TEXT_RULE_WORDS } from "./lexicon/statements.ts";
import { type MoneyContext, speaksOfMoney } from "./money.ts";
import { type Parameter, parameterSummary } from "./parameters.ts";
import type { DefinitionText } from "./poisoning.ts";
import { schemaTexts } from "./schema-texts.ts";
import { SURFACE_WORDS } from "./surface-words.ts";
import { type TextScan, textScanner } from "./text-scan.ts";
import type { ToolDefinition } from "./types.ts";
import { wordSet } from "./vocabulary.ts";
import { splitWords } from "./words.ts";

/** A definition prepared for reading: texts without invisible characters, schema as rows. */
export interface Subject {
  /** Every text of the definition as it came, for the search for hidden orders. */
  texts: () => DefinitionText[];
  /** The same, a line each. */
  whole: string;
  scan: TextScan;
  /** Where in `whole` the description ends; only name and title stand before it. */
  descriptionEnd: number;
  nameWords: string[];
  description: string;
  /** What the tool takes directly, and with everything nested in it. */
  topLevel: Parameter[];
  parameters: Parameter[];
  moneyContext: MoneyContext;
  /** Whether its description may have one of these words, which are among those that were scanned for. */
  mentions: (words: readonly string[]) => boolean;
  hints: { readOnly: boolean | undefined; destructive: boolean | undefined };
  /** Its own hint says that it reaches beyond the server. */
  openWorld: boolean;
  /** Its own words promise that nothing changes. */
  readOnlyWords: boolean;
}

const MAX_NAME = 256;
const MAX_DESCRIPTION = 20_000;
const MAX_SCANNED = 100_000;
/** A promise stands at the beginning; further down, “read-only” speaks of modes and of single operations. */
const MAX_PROMISE = 300;
const READ_ONLY_PROMISE = new RegExp(
  `(?<!non-|not |un)\\b(?:${READ_ONLY_PHRASES.join("|")})\\b(?![ -]?(?:${READ_ONLY_SUBJECTS.replaceAll(" ", "|")}))`,
  "i",
);
const promiseWords = [...wordSet(READ_ONLY_WORDS)];
const triggers = [
  ...ORDER_WORDS,
  ...TEXT_RULE_WORDS,
  ...DESCRIBED_WORDS,
  ...promiseWords,
  ...SURFACE_WORDS,
  ...wordSet(OFFERING_WORDS),
];
const allTriggers = new Map(triggers.map((word) => [word, 0]));
const scanText = textScanner(triggers);
const elementWords = wordSet(ELEMENT_WORDS);
const attachedWords = wordSet(ATTACHED_WORDS);
const containerWords = wordSet(CONTAINER_WORDS);

/** Reads a definition once, for all that judge it. Never throws; every text is bounded. */
export function readSubject(definition: ToolDefinition): Subject {
  const topLevel = parameterSummary(definition.inputSchema).list;
  const parameters = flatten(topLevel);
  const parts = partsOf(definition);
  const [name = "", title = "", described = ""] = parts.texts;
  const whole = joined(parts.texts);
  const { hides, words } = scanText(whole);
  // Most of what looks so is an emoji. What is hidden may split words: then every pattern is tried.
  const scan =
    hides && findHiddenText(whole) !== undefined
      ? { hides: true, words: allTriggers }
      : { hides: false, words };
  const descriptionEnd = name.length + title.length + described.length + 2;
  const visible = (text: string) => (scan.hides ? withoutInvisible(text) : text);
  const description = visible((definition.description ?? "").slice(0, MAX_DESCRIPTION)).trim();
  const nameWords = splitWords(visible(definition.name.slice(0, MAX_NAME)));
  const mentions = (words: readonly string[]) =>
    words.some((word) => (scan.words.get(word) ?? descriptionEnd + 1) <= descriptionEnd);
  return {
    mentions,
    texts: () => parts.texts.map((text, at) => ({ source: parts.sourceOf(at), text })),
    whole,
    descriptionEnd,
    scan,
    nameWords,
    description: repeats(description, nameWords) ? "" : description,
    topLevel,
    parameters,
    moneyContext: once(() =>
      speaksOfMoney(
        `${nameWords.join(" ")} ${description.slice(0, 2_000)} ${parameters
          .map(({ name }) => name.replaceAll("_", " "))
          .join(" ")}`,
      ),
    ),
    hints: {
      readOnly: hint(definition, "readOnlyHint"),
      destructive: hint(definition, "destructiveHint"),
    },
    openWorld: hint(definition, "openWorldHint") === true,
    readOnlyWords:
      mentions(promiseWords) && READ_ONLY_PROMISE.test(description.slice(0, MAX_PROMISE)),
  };
}

/** Name, title, description, then what the schemas say, then the texts of the hints and of `_meta`. */
function partsOf(definition: ToolDefinition) {
  const texts = [definition.name, definition.title ?? "", definition.description ?? ""];
  schemaTexts(definition.inputSchema, texts);
  schemaTexts(definition.outputSchema, texts);
  const firstHint = texts.length;
  for (const value of Object.values(definition.annotations ?? {})) {
    if (typeof value === "string") texts.push(value);
  }
  schemaTexts(definition._meta, texts);
  const sourceOf = (at: number): DefinitionText["source"] => {
    if (at < 2) return "name";
    if (at === 2) return "description";
    return at < firstHint ? "parameter" : "annotation";
  };
  return { texts, sourceOf };
}

/** Whether the tool speaks of a part of a container, and of no more than that. */
export function touchesElement({ nameWords, description }: Subject): boolean {
  const opening = description
    .split(/[.!?]\s/, 1)[0]
    ?.slice(0, 300)
    .toLowerCase();
  const first = opening?.match(/[a-z]+/g) ?? [];
  const words = [...nameWords, ...first];
  if (words.includes("all") && !words.includes("default")) return false;
  if (!words.some((word) => containerWords.has(word))) return false;
  if (takesOutOfContainer(nameWords) || takesOutOfContainer(first)) return true;
  // A "consumer group" is a container, whatever its first word says alone.
  return words.some(
    (word, at) => elementWords.has(word) && !containerWords.has(words[at + 1] ?? ""),
  );
}

/** “Remove a label”, “remove a user from a group”: what is taken out need not be known. */
function takesOutOfContainer(words: readonly string[]): boolean {
  const verb = words.findIndex((word) => word === "remove" || word === "removes");
  const from = words.indexOf("from", verb + 1);
  if (verb === -1) return false;
  if (words.slice(verb + 1, verb + 4).some((word) => attachedWords.has(word))) return true;
  if (from === -1) return false;
  return words.slice(from + 1, from + 6).some((word) => containerWords.has(word));
}

/** A description that only repeats the name says nothing. */
function repeats(description: string, nameWords: readonly string[]): boolean {
  const name = nameWords.join(" ");
  return description.length <= name.length * 2 && splitWords(description).join(" ") === name;
}

function flatten(parameters: readonly Parameter[], into: Parameter[] = []): Parameter[] {
  for (const parameter of parameters) {
    into.push(parameter);
    if (parameter.children.length > 0) flatten(parameter.children, into);
  }
  return into;
}

function joined(texts: readonly string[]): string {
  const long = texts.some((text) => text.length > MAX_SCANNED);
  const read = long ? texts.map((text) => text.slice(0, MAX_SCANNED)) : texts;
  return `${read.join("\n")}\n`;
}

function once(ask: () => boolean): () => boolean {
  let answer: boolean | undefined;
  return () => {
    answer ??= ask();
    return answer;
  };
}

function hint(definition: ToolDefinition, key: string): boolean | undefined {
  const value = definition.annotations?.[key];
  return typeof value === "boolean" ? value : undefined;
}
