import type { Category } from "#lib/policy/types.ts";
import type { Claim } from "./claim.ts";
import { CATEGORY_TEXT } from "./describe.ts";
import { type DescriptionReading, readDescription } from "./description-claims.ts";
import { withoutInvisible } from "./hidden-text.ts";
import { CONTAINER_WORDS, ELEMENT_WORDS, READ_ONLY_PHRASES } from "./lexicon.ts";
import { speaksOfMoney } from "./money.ts";
import { nameClaim } from "./name-claims.ts";
import { parameterClaim } from "./parameter-claims.ts";
import { type Parameter, parameterSummary } from "./parameters.ts";
import { type DefinitionText, findPoisoning } from "./poisoning.ts";
import { riskClass, startSentence } from "./risk-class.ts";
import { findSignals } from "./signals.ts";
import type {
  Classification,
  ClassificationContext,
  Evidence,
  SignalFinding,
  ToolDefinition,
} from "./types.ts";
import { severity, wordSet } from "./vocabulary.ts";
import { splitWords } from "./words.ts";

/**
 * Classifies a tool from its definition alone: pure, deterministic, never throws. Name, description,
 * parameters and hints are all untrusted; a hint lowers the class only in a trusted context. A tool
 * about which nothing can be read is Execute and High, with confidence 0.2.
 */
export function classifyTool(
  definition: ToolDefinition,
  context: ClassificationContext,
): Classification {
  const subject = readSubject(definition);
  const verdict = decide(subject);
  const findings = collectFindings(definition, subject, verdict);
  const signals = new Set(findings.map(({ signal }) => signal));
  const { riskClass: finalClass, moves } = riskClass({
    category: verdict.category,
    signals,
    elementOnly: verdict.element || touchesElement(subject),
    hints: subject.hints,
    trustedAnnotations: context.trustedAnnotations,
    certainChange: verdict.certainChange,
  });
  return {
    category: verdict.category,
    riskClass: finalClass,
    confidence: confidence(subject, verdict, signals.has("annotation_conflict")),
    signals: [...signals],
    rationale: rationale(subject, verdict, moves),
    evidence: distinct([
      ...verdict.claims.map(({ evidence }) => evidence),
      ...findings.map(({ evidence }) => evidence),
    ]),
  };
}

/** A definition prepared for reading: texts without invisible characters, schema as rows. */
interface Subject {
  nameWords: string[];
  description: string;
  parameters: Parameter[];
  moneyContext: boolean;
  hints: { readOnly: boolean | undefined; destructive: boolean | undefined; openWorld: boolean };
  readOnlyWords: boolean;
}

interface Verdict {
  category: Category;
  /** What it rests on, most telling first; empty when nothing could be read. */
  claims: Claim[];
  element: boolean;
  /** A certain verb says that it changes something. */
  certainChange: boolean;
  agreement: "both" | "one" | "differ" | "none";
}

const MAX_NAME = 256;
const elementWords = wordSet(ELEMENT_WORDS);
const containerWords = wordSet(CONTAINER_WORDS);

function readSubject(definition: ToolDefinition): Subject {
  const description = withoutInvisible(definition.description ?? "")
    .slice(0, 20_000)
    .trim();
  const nameWords = splitWords(withoutInvisible(definition.name.slice(0, MAX_NAME)));
  const parameters = flatten(parameterSummary(definition.inputSchema).list);
  const lower = description.toLowerCase();
  return {
    nameWords,
    description: repeats(description, nameWords) ? "" : description,
    parameters,
    moneyContext: speaksOfMoney(
      `${nameWords.join(" ")} ${description.slice(0, 2_000)} ${parameters
        .map(({ name }) => name.replaceAll("_", " "))
        .join(" ")}`,
    ),
    hints: {
      readOnly: hint(definition, "readOnlyHint"),
      destructive: hint(definition, "destructiveHint"),
      openWorld: hint(definition, "openWorldHint") === true,
    },
    readOnlyWords: READ_ONLY_PHRASES.some((phrase) => lower.includes(phrase)),
  };
}

/** The worst believable claim of name, description and parameters. */
function decide(subject: Subject): Verdict {
  const reading = readDescription(subject.description, subject.moneyContext);
  const named = believableName(nameClaim(subject.nameWords, subject.moneyContext), reading);
  const described = believableDescription(named, reading);
  const selected = parameterClaim(subject.parameters);
  const claims = [named, ...described, selected].filter((claim) => claim !== undefined);
  const worst = claims.reduce<Claim | undefined>(
    (found, claim) => (found === undefined || isWorse(claim, found) ? claim : found),
    undefined,
  );
  if (worst === undefined) {
    return {
      category: "execute",
      claims: [],
      element: false,
      certainChange: false,
      agreement: "none",
    };
  }
  // "Run a read-only query": its own words narrow what a general verb would allow.
  const category = subject.readOnlyWords && worst.strength === "light" ? "read" : worst.category;
  const supporting = claims.filter((claim) => claim.category === category);
  return {
    category,
    claims: [worst, ...claims.filter((claim) => claim !== worst)],
    element: supporting.length > 0 && supporting.some(({ element }) => element),
    certainChange: severity(category) > 0 && worst.strength === "firm" && worst.weight >= 0.75,
    agreement: agreement(named, described, category),
  };
}

/** A name's uncertain verb ("set_members") gives way to a description with a clear one. */
function believableName(named: Claim | undefined, reading: DescriptionReading): Claim | undefined {
  const { head } = reading;
  if (named === undefined || head === undefined || head.strength === "light") return named;
  if (head.strength === "exact") return undefined;
  if (
    named.strength === "doubtful" &&
    head.strength === "firm" &&
    named.category !== head.category
  ) {
    return undefined;
  }
  // "run_report": the description says what is run.
  if (named.strength === "light" && severity(head.category) !== severity("execute"))
    return undefined;
  return named;
}

function believableDescription(
  named: Claim | undefined,
  { head, further }: DescriptionReading,
): Claim[] {
  const certain = further.filter(({ weight }) => weight >= 0.75);
  if (head === undefined) return certain;
  if (named === undefined || named.category === head.category) return [head, ...certain];
  if (head.strength === "light" && named.strength !== "light") return certain;
  const doubtful = head.strength === "doubtful" || head.weight < 0.6;
  if (doubtful && named.strength === "firm" && severity(head.category) > severity(named.category)) {
    return certain;
  }
  return [head, ...certain];
}

function isWorse(claim: Claim, than: Claim): boolean {
  const difference = severity(claim.category) - severity(than.category);
  return difference > 0 || (difference === 0 && claim.weight > than.weight);
}

function agreement(
  named: Claim | undefined,
  described: readonly Claim[],
  category: Category,
): Verdict["agreement"] {
  const head = described[0];
  if (named === undefined || head === undefined) return "one";
  return named.category === category && head.category === category ? "both" : "differ";
}

function collectFindings(
  definition: ToolDefinition,
  subject: Subject,
  verdict: Verdict,
): SignalFinding[] {
  const { category, certainChange } = verdict;
  const found = findSignals({
    nameWords: subject.nameWords,
    description: subject.description,
    parameters: subject.parameters,
    openWorld: subject.hints.openWorld,
  }).filter(({ signal }) => {
    // Reading keys does not create them, and creating them is not reading them out.
    if (signal === "exposes_secrets") return category === "read";
    if (signal === "bulk") return category !== "read";
    if (signal === "creates_credentials") return category !== "read" && category !== "destructive";
    if (signal === "irreversible") return category !== "read";
    return true;
  });
  if (category === "financial" && !found.some(({ signal }) => signal === "costs_money")) {
    const evidence = verdict.claims[0]?.evidence;
    if (evidence !== undefined) found.push({ signal: "costs_money", evidence });
  }
  if (subject.description === "") {
    const evidence = quote("description", "", "it has none beyond its name");
    found.push({ signal: "no_description", evidence });
  }
  if (subject.hints.readOnly === true && certainChange) {
    const evidence = quote(
      "annotation",
      "readOnlyHint: true",
      "contradicts what the definition says",
    );
    found.push({ signal: "annotation_conflict", evidence });
  } else if (subject.hints.destructive === false && category === "destructive") {
    const evidence = quote(
      "annotation",
      "destructiveHint: false",
      "contradicts what the definition says",
    );
    found.push({ signal: "annotation_conflict", evidence });
  }
  return [...found, ...findPoisoning(definition.name, textsOf(definition, subject))];
}

function textsOf(definition: ToolDefinition, subject: Subject): DefinitionText[] {
  return [
    { source: "name", text: definition.name },
    { source: "name", text: definition.title ?? "" },
    { source: "description", text: definition.description ?? "" },
    ...subject.parameters.flatMap(({ name, description, enumValues }): DefinitionText[] => [
      { source: "parameter", text: name },
      { source: "parameter", text: description },
      ...enumValues.map((text): DefinitionText => ({ source: "parameter", text })),
    ]),
  ];
}

function touchesElement(subject: Subject): boolean {
  const first = splitWords(subject.description.split(/[.!?]\s/, 1)[0]?.slice(0, 300) ?? "");
  const words = [...subject.nameWords, ...first];
  if (words.includes("all") && !words.includes("default")) return false;
  if (!words.some((word) => containerWords.has(word))) return false;
  // A "consumer group" is a container, whatever its first word says alone.
  return words.some(
    (word, at) => elementWords.has(word) && !containerWords.has(words[at + 1] ?? ""),
  );
}

function confidence(subject: Subject, verdict: Verdict, conflict: boolean): number {
  const strongest = verdict.claims[0];
  if (strongest === undefined) return 0.2;
  let value = 0.4 + 0.3 * strongest.weight;
  if (verdict.agreement === "both") value += 0.2;
  if (verdict.agreement === "differ") value -= 0.1;
  if (strongest.strength === "doubtful") value -= 0.1;
  if (subject.parameters.length > 0) value += 0.03;
  if (subject.hints.readOnly === true && verdict.category === "read") value += 0.05;
  if (conflict) value -= 0.15;
  if (subject.description === "") value = Math.min(value, 0.6) - 0.05;
  return Math.round(Math.min(0.98, Math.max(0.1, value)) * 100) / 100;
}

function rationale(subject: Subject, verdict: Verdict, moves: readonly string[]): string {
  const label = CATEGORY_TEXT[verdict.category].label;
  const ground =
    verdict.claims.find(({ category }) => category === verdict.category) ?? verdict.claims[0];
  const reason =
    ground === undefined
      ? `Neither name nor description say what it does, so it counts as ${label}`
      : `${label}, because ${groundText(ground.evidence)}`;
  const others = verdict.agreement === "both" ? ", and name and description agree" : "";
  const silence =
    subject.description === "" ? "; it has no description, so this rests on the name alone" : "";
  const outcome = moves.length > 0 ? moves.join(", then ") : startSentence(verdict.category);
  return `${reason}${others}${silence}; ${outcome}.`;
}

function groundText({ source, quote: words, meaning }: Evidence): string {
  switch (source) {
    case "name":
      return `“${words}” in its name ${meaning}`;
    case "description":
      return `its description (“${words.replace(/[.\s…]+$/, "")}”) ${meaning}`;
    case "parameter":
      return `its argument “${words}” ${meaning}`;
    case "annotation":
      return `its hint ${words} ${meaning}`;
  }
}

/** A description that only repeats the name says nothing. */
function repeats(description: string, nameWords: readonly string[]): boolean {
  const name = nameWords.join(" ");
  return description.length <= name.length * 2 && splitWords(description).join(" ") === name;
}

function flatten(parameters: readonly Parameter[]): Parameter[] {
  return parameters.flatMap((parameter) => [parameter, ...flatten(parameter.children)]);
}

function hint(definition: ToolDefinition, key: string): boolean | undefined {
  const value = definition.annotations?.[key];
  return typeof value === "boolean" ? value : undefined;
}

function quote(source: Evidence["source"], text: string, meaning: string): Evidence {
  return { source, quote: text, meaning };
}

function distinct(evidence: readonly Evidence[]): Evidence[] {
  const seen = new Map(
    evidence.map((piece) => [`${piece.source} ${piece.quote} ${piece.meaning}`, piece]),
  );
  return [...seen.values()];
}
