import { withoutInvisible } from "./hidden-text.ts";
import {
  ATTACHED_WORDS,
  CONTAINER_WORDS,
  ELEMENT_WORDS,
  READ_ONLY_PHRASES,
} from "./lexicon-context.ts";
import { type MoneyContext, speaksOfMoney } from "./money.ts";
import { type Parameter, parameterSummary } from "./parameters.ts";
import { type DefinitionText, ORDER_WORDS } from "./poisoning.ts";
import { schemaTexts } from "./schema-texts.ts";
import { TEXT_RULE_WORDS } from "./signal-patterns.ts";
import { type TextScan, textScanner } from "./text-scan.ts";
import type { ToolDefinition } from "./types.ts";
import { wordSet } from "./vocabulary.ts";
import { splitWords } from "./words.ts";

/** A definition prepared for reading: texts without invisible characters, schema as rows. */
export interface Subject {
  /** Every text of the definition as it came, for the search for hidden orders. */
  texts: DefinitionText[];
  /** The same, a line each. */
  whole: string;
  scan: TextScan;
  nameWords: string[];
  description: string;
  /** What the tool takes directly, and with everything nested in it. */
  topLevel: Parameter[];
  parameters: Parameter[];
  moneyContext: MoneyContext;
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
  `(?<!non-|not |un)\\b(?:${READ_ONLY_PHRASES.join("|")})\\b(?![ -]?(?:mode|permission|access|flag))`,
  "i",
);
const triggers = [...ORDER_WORDS, ...TEXT_RULE_WORDS];
const allTriggers = new Set(triggers);
const scanText = textScanner(triggers);
const elementWords = wordSet(ELEMENT_WORDS);
const attachedWords = wordSet(ATTACHED_WORDS);
const containerWords = wordSet(CONTAINER_WORDS);

/** Reads a definition once, for all that judge it. Never throws; every text is bounded. */
export function readSubject(definition: ToolDefinition): Subject {
  const topLevel = parameterSummary(definition.inputSchema).list;
  const parameters = flatten(topLevel);
  const texts = textsOf(definition);
  const whole = joined(texts);
  const scan = scanText(whole);
  const visible = (text: string) => (scan.hides ? withoutInvisible(text) : text);
  const description = visible((definition.description ?? "").slice(0, MAX_DESCRIPTION)).trim();
  const nameWords = splitWords(visible(definition.name.slice(0, MAX_NAME)));
  return {
    texts,
    whole,
    // What is hidden may split words: then every pattern is tried.
    scan: scan.hides ? { hides: true, words: allTriggers } : scan,
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
    readOnlyWords: READ_ONLY_PROMISE.test(description.slice(0, MAX_PROMISE)),
  };
}

function textsOf(definition: ToolDefinition): DefinitionText[] {
  const parameters = [
    ...schemaTexts(definition.inputSchema),
    ...schemaTexts(definition.outputSchema),
  ];
  const hints = Object.values(definition.annotations ?? {}).filter(
    (value) => typeof value === "string",
  );
  return [
    { source: "name", text: definition.name },
    { source: "name", text: definition.title ?? "" },
    { source: "description", text: definition.description ?? "" },
    ...parameters.map((text): DefinitionText => ({ source: "parameter", text })),
    ...hints.map((text): DefinitionText => ({ source: "annotation", text })),
  ];
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

function joined(texts: readonly DefinitionText[]): string {
  let whole = "";
  for (const { text } of texts) {
    whole += text.length > MAX_SCANNED ? text.slice(0, MAX_SCANNED) : text;
    whole += "\n";
  }
  return whole;
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
