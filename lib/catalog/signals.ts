import { quoteAround } from "./hidden-text.ts";
import {
  ARGUMENT_RULES,
  type ArgumentRule,
  DESCRIBED_ARGUMENTS,
  DESCRIBED_FILLERS,
  DESCRIBED_WORDS,
  type DescribedArgument,
  FORMATS,
  LISTED_THINGS,
} from "./lexicon/arguments.ts";
import { DENIED, NAME_RULES, TEXT_RULES } from "./lexicon/statements.ts";
import { namesOperation, selectsOpenly } from "./parameter-claims.ts";
import type { Parameter } from "./parameters.ts";
import { ruleGuard, type TextScan } from "./text-scan.ts";
import type { Evidence, Signal, SignalFinding } from "./types.ts";
import { wordSet } from "./vocabulary.ts";
import { nameParts } from "./words.ts";

/** What the signal rules look at; texts are free of invisible characters. */
export interface SignalInput {
  nameWords: readonly string[];
  description: string;
  /** Every parameter, nested ones included. */
  parameters: readonly Parameter[];
  /** Where the description ends in the text that was scanned for words. */
  descriptionEnd: number;
  openWorld: boolean;
}

/** What a parameter's meaning depends on. */
interface Surroundings extends Pick<SignalInput, "nameWords" | "description"> {
  /** Whether descriptions of arguments may say what they are: the words for it stand somewhere. */
  says: boolean;
}

/** What one parameter reveals, before it is quoted. */
export interface ParameterSignal {
  signal: Signal;
  meaning: string;
}

/** What each parameter of one definition reveals; each is looked at once. */
export type RevealedSignals = (parameter: Parameter) => readonly ParameterSignal[];

export function revealSignals(
  { nameWords, description }: SignalInput,
  { words }: TextScan,
): RevealedSignals {
  const says = DESCRIBED_WORDS.some((word) => words.has(word));
  const input = { nameWords, description, says };
  const known = new Map<Parameter, readonly ParameterSignal[]>();
  return (parameter) => {
    let found = known.get(parameter);
    if (found === undefined) {
      found = signalsOfParameter(parameter, input);
      known.set(parameter, found);
    }
    return found;
  };
}

/** Signals of a definition with their evidence, at most one finding per signal. */
export function findSignals(
  input: SignalInput,
  scan: TextScan,
  revealed: RevealedSignals,
): SignalFinding[] {
  const findings = new Map<Signal, SignalFinding>();
  const add = (finding: SignalFinding | undefined) => {
    if (finding !== undefined && !findings.has(finding.signal))
      findings.set(finding.signal, finding);
  };
  for (const parameter of input.parameters) {
    for (const { signal, meaning } of revealed(parameter)) {
      if (!findings.has(signal)) add(finding(signal, "parameter", parameter.name, meaning));
    }
  }
  for (const found of textSignals(input, scan)) add(found);
  if (input.openWorld) {
    add(
      finding(
        "reaches_outside",
        "annotation",
        "openWorldHint: true",
        "says that it talks to systems outside",
      ),
    );
  }
  return [...findings.values()];
}

/**
 * The signals that leave open what a call does: code, SQL, a command line or an operation that the tool takes
 * directly. One nested in an optional setting does not open the whole tool.
 */
export function openSignals(
  topLevel: readonly Parameter[],
  revealed: RevealedSignals,
): ReadonlySet<Signal> {
  const open = new Set<Signal>();
  for (const parameter of topLevel) {
    for (const { signal } of revealed(parameter)) {
      if (signal !== "selects_operation" || parameter.required) open.add(signal);
    }
  }
  return open;
}

const possibleTextRules = ruleGuard(TEXT_RULES.map(({ needs }) => [needs]));
const possibleNameRules = ruleGuard(NAME_RULES.map(({ needs }) => [needs]));

function* textSignals(
  { nameWords, description, descriptionEnd }: SignalInput,
  { words }: TextScan,
): Generator<SignalFinding> {
  const named = picked(NAME_RULES, possibleNameRules(nameWords));
  const name = named.length === 0 ? "" : nameWords.join(" ");
  for (const { signal, pattern, meaning } of named) {
    const match = pattern.exec(name);
    if (match !== null) yield finding(signal, "name", match[0], meaning);
  }
  const said: string[] = [];
  for (const [word, at] of words) if (at <= descriptionEnd) said.push(word);
  const described = picked(TEXT_RULES, possibleTextRules(said));
  const text = described.length === 0 ? "" : description.slice(0, 4_000);
  for (const { signal, pattern, meaning } of described) {
    const match = pattern.exec(text);
    if (match === null || isDenied(text, match.index, signal)) continue;
    yield finding(signal, "description", quoteAround(text, match.index), meaning);
  }
}

function picked<Rule>(rules: readonly Rule[], bits: number): readonly Rule[] {
  return bits === 0 ? NO_RULES : rules.filter((_, index) => (bits & (1 << index)) !== 0);
}

const NO_RULES: readonly never[] = [];

/** What a description says it does not do is no signal; “cannot be undone” is one by itself. */
function isDenied(text: string, at: number, signal: Signal): boolean {
  if (signal === "irreversible") return false;
  return DENIED.test(text.slice(Math.max(0, at - 40), at));
}

/** What one parameter reveals; `input` is the definition it belongs to. */
export function signalsOfParameter(
  parameter: Parameter,
  input: Surroundings,
): readonly ParameterSignal[] {
  const { rules, listed, maySelect } = knownName(parameter.name);
  const isText = parameter.type === "any" || parameter.type.includes("string");
  const bulk: readonly ParameterSignal[] = listed && parameter.type.includes("array") ? BULK : NONE;
  // Of a text with listed values nobody passes anything else.
  if (!isText || parameter.enumValues.length > 0) return bulk;
  const { description, formats } = parameter;
  // Most are of no interest.
  const said = input.says ? describedArgument(description) : undefined;
  if (rules.length + formats.length === 0 && said === undefined && !maySelect) return bulk;
  let found = bulk;
  const add = (signal: Signal, meaning: string) => {
    if (!found.some((known) => known.signal === signal)) found = [...found, { signal, meaning }];
  };
  for (const rule of rules) if (isSaid(rule, parameter, input)) add(rule.signal, rule.meaning);
  if (maySelect && selectsOpenly(parameter, input.nameWords)) {
    add("selects_operation", "an open text decides which operation runs");
  }
  for (const format of formats) {
    for (const { signal, meaning } of formatSignals.get(format.toLowerCase()) ?? []) {
      add(signal, meaning);
    }
  }
  if (said !== undefined) add(said.signal, said.meaning);
  return found;
}

const describedPattern = new RegExp(
  `^(?:(?:${DESCRIBED_FILLERS.replaceAll(" ", "|")})[ -]){0,4}(?:${DESCRIBED_ARGUMENTS.map(
    ({ pattern }) => `(${pattern.source})`,
  ).join("|")})`,
  "i",
);

function describedArgument(description: string): DescribedArgument | undefined {
  if (description === "") return undefined;
  const found = describedPattern.exec(description);
  if (found === null) return undefined;
  return DESCRIBED_ARGUMENTS.find((_, index) => found[index + 1] !== undefined);
}

const NONE: readonly ParameterSignal[] = [];
const BULK = [{ signal: "bulk", meaning: "takes a list of things to act on" }] as const;
const listedThings = wordSet(LISTED_THINGS);
const formatSignals = Map.groupBy(
  FORMATS.flatMap(({ formats, ...said }) =>
    [...wordSet(formats)].map((format) => ({ format, ...said })),
  ),
  ({ format }) => format,
);

/** What a name alone decides; names come again and again. */
interface KnownName {
  rules: readonly ArgumentRule[];
  listed: boolean;
  maySelect: boolean;
}

const MAX_KNOWN = 4_096;
const MAX_KNOWN_LENGTH = 40;
const knownNames = new Map<string, KnownName>();

function knownName(name: string): KnownName {
  const known = knownNames.get(name);
  if (known !== undefined) return known;
  const words = nameParts(name);
  const joined = words.join(" ");
  const rules = ARGUMENT_RULES.filter(
    (rule) => rule.name.test(joined) && !rule.notName?.test(joined),
  );
  const fresh = {
    rules,
    listed: listedThings.has(words.at(-1) ?? ""),
    maySelect: namesOperation(words),
  };
  if (name.length > MAX_KNOWN_LENGTH) return fresh;
  if (knownNames.size >= MAX_KNOWN) knownNames.clear();
  knownNames.set(name, fresh);
  return fresh;
}

function isSaid({ near, said, unsaid }: ArgumentRule, parameter: Parameter, input: Surroundings) {
  if (near === undefined) return true;
  const text = textNear(near, parameter, input);
  return said?.test(text) !== false && unsaid?.test(text) !== true;
}

function textNear(
  near: NonNullable<ArgumentRule["near"]>,
  { description }: Parameter,
  input: Surroundings,
): string {
  if (near === "argument") return description;
  const read = near === "opening" ? 300 : 2_000;
  return `${input.nameWords.join(" ")} ${input.description.slice(0, read)} ${description}`;
}

function finding(
  signal: Signal,
  source: Evidence["source"],
  quote: string,
  meaning: string,
): SignalFinding {
  return { signal, evidence: { source, quote: quoteAround(quote, 0), meaning } };
}
