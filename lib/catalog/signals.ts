import { quoteAround } from "./hidden-text.ts";
import type { Parameter } from "./parameters.ts";
import { NAME_RULES, TEXT_RULES, type TextRule } from "./signal-patterns.ts";
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
type Surroundings = Pick<SignalInput, "nameWords" | "description">;

/** What one parameter reveals, before it is quoted. */
export interface ParameterSignal {
  signal: Signal;
  meaning: string;
}

/** What each parameter of one definition reveals; each is looked at once. */
export type RevealedSignals = (parameter: Parameter) => readonly ParameterSignal[];

export function revealSignals(input: SignalInput): RevealedSignals {
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

/** Before a match: “does NOT return …”, “without exporting …”. */
const DENIED = /\b(?:not|never|cannot|without|no|n['’]t)\s+(?:\w+\s+){0,2}$/i;

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

function picked(rules: readonly TextRule[], bits: number): readonly TextRule[] {
  return bits === 0 ? NO_RULES : rules.filter((_, index) => (bits & (1 << index)) !== 0);
}

const NO_RULES: readonly TextRule[] = [];

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
  const words = nameParts(parameter.name);
  const last = words.at(-1) ?? "";
  const isText = parameter.type === "any" || parameter.type.includes("string");
  const open = isText && parameter.enumValues.length === 0;
  const bulk = isBulkList(parameter, last)
    ? [{ signal: "bulk", meaning: "takes a list of things to act on" } as const]
    : NONE;

  // Most names are of no interest, and every rule below needs one of these words.
  if (!isText || !words.some((word) => tellingWords.has(word))) return bulk;
  const has = (...wanted: string[]) => wanted.some((word) => words.includes(word));
  const signals: ParameterSignal[] = [...bulk];
  const add = (signal: Signal, meaning: string) => signals.push({ signal, meaning });
  if (isSecret(words, parameter)) add("takes_secret", "a secret passes through the model");
  if (!open) return signals;
  const around = `${input.nameWords.join(" ")} ${input.description.slice(0, 2_000)} ${parameter.description}`;
  if (has("url", "urls", "uri", "endpoint", "webhook", "href")) {
    add("accepts_url", "takes an address to contact");
  }
  if (isPath(words, last, around, input)) add("accepts_path", "takes a place in a file system");
  if (last === "sql" || (has("query", "statement") && speaksOfSql(parameter, input))) {
    add("accepts_sql", "takes SQL");
  } else if (has("cypher") || (last === "query" && /\bcypher\b/i.test(around))) {
    add("accepts_code", "takes a query language that can change data");
  }
  if (isCode(words, last, around)) add("accepts_code", "takes code to run");
  if (
    has("template", "html", "markup", "jinja", "handlebars") &&
    !["id", "name", "file", "path", "url", "uri"].includes(last)
  ) {
    add("accepts_template", "takes markup or a template");
  }
  if (has("command", "cmd", "commands", "argv", "shell", "bash")) {
    if (
      /\b(?:shell|bash|terminal|command[- ]line|cli|subprocess|powershell|ssh|exec|sandbox|remote host|execute[ _]commands?|run[ _]commands?)\b/i.test(
        around,
      )
    ) {
      add("accepts_shell_command", "takes a command line to run");
    } else {
      add("selects_operation", "an open text decides which operation runs");
    }
  } else if (
    ["action", "operation", "op", "subcommand", "verb", "method"].includes(last) &&
    words.length === 1
  ) {
    add("selects_operation", "an open text decides which operation runs");
  }
  return signals;
}

const NONE: readonly ParameterSignal[] = [];
const tellingWords = wordSet(
  "password passwd passphrase secret apikey key credential credentials mnemonic bearer token " +
    "url urls uri endpoint webhook href file filename filepath path paths directory directories folder dir cwd " +
    "sql query statement cypher code source script snippet javascript python lua function expression lambda " +
    "template html markup jinja handlebars command cmd commands argv shell bash " +
    "action operation op subcommand verb method",
);
const OTHER_QUERY_LANGUAGE = /promql|logql|graphql|\bkql\b|\bjql\b|\bcql\b|lucene/i;

/** In its name, at the beginning of its description or where the argument is described. */
function speaksOfSql({ description }: Parameter, input: Surroundings): boolean {
  const around = `${input.nameWords.join(" ")} ${input.description.slice(0, 300)} ${description}`;
  return (
    /\b(?:SQL|sql|Sql|SELECT|PostgreSQL|MySQL)\b/.test(around) && !OTHER_QUERY_LANGUAGE.test(around)
  );
}

const LISTED_THINGS = new Set(
  "ids keys items records documents docs entities files paths messages recipients users emails rows urls objects operations relations observations".split(
    " ",
  ),
);

function isBulkList(parameter: Parameter, lastWord: string): boolean {
  return parameter.type.includes("array") && LISTED_THINGS.has(lastWord);
}

function isSecret(words: readonly string[], parameter: Parameter): boolean {
  const name = words.join(" ");
  if (
    /\b(?:max|page|next|continuation|sync|start|num|cursor|count|limit|min|stop|token id|symbol|address|contract)\b/.test(
      name,
    )
  ) {
    return false;
  }
  return (
    /\b(?:password|passwd|passphrase|secret|api ?key|access key|private key|credentials?|mnemonic|bearer|auth token|access token|client secret|secret key)\b/.test(
      name,
    ) ||
    (name === "token" && !/token(?:s|iz)|contract|erc|pagination|mint/i.test(parameter.description))
  );
}

function isPath(
  words: readonly string[],
  last: string,
  around: string,
  input: Surroundings,
): boolean {
  const name = words.join(" ");
  if (/\b(?:file ?name|file ?path|director(?:y|ies)|folder|dir|cwd|filepath|filename)\b/.test(name))
    return last !== "id";
  if (last !== "path" && last !== "paths" && name !== "file") return false;
  if (input.nameWords[0] === "json") return false;
  return !/json ?path|\bjson\b[^.]{0,40}\bpath|xpath|\bpath\b[^.]{0,40}\bjson\b/i.test(around);
}

const CODE_LANGUAGE =
  /javascript|typescript|python|\bcode\b|\bscript\b|lua|\bexpression to (?:evaluate|run)/i;

function isCode(words: readonly string[], last: string, around: string): boolean {
  if (words.length === 1 && ["code", "script", "javascript", "python", "lua"].includes(last)) {
    return (
      last !== "code" ||
      /\b(?:run|execute|eval\w*|interpret\w*|javascript|python|source code|snippet|program)\b/i.test(
        around,
      )
    );
  }
  if (words.includes("source") && last === "code") return true;
  if (["script", "snippet"].includes(last)) return true;
  return ["function", "expression", "lambda"].includes(last) && CODE_LANGUAGE.test(around);
}

function finding(
  signal: Signal,
  source: Evidence["source"],
  quote: string,
  meaning: string,
): SignalFinding {
  return { signal, evidence: { source, quote: quoteAround(quote, 0), meaning } };
}
