import { quoteAround } from "./hidden-text.ts";
import type { Parameter } from "./parameters.ts";
import type { Evidence, Signal, SignalFinding } from "./types.ts";
import { splitWords } from "./words.ts";

/** What the signal rules look at; texts are free of invisible characters. */
export interface SignalInput {
  nameWords: readonly string[];
  description: string;
  /** Every parameter, nested ones included. */
  parameters: readonly Parameter[];
  openWorld: boolean;
}

/** Signals of a definition with their evidence, at most one finding per signal. */
export function findSignals(input: SignalInput): SignalFinding[] {
  const findings = new Map<Signal, SignalFinding>();
  const add = (finding: SignalFinding | undefined) => {
    if (finding !== undefined && !findings.has(finding.signal))
      findings.set(finding.signal, finding);
  };
  for (const parameter of input.parameters) {
    for (const finding of parameterSignals(parameter, input)) add(finding);
  }
  for (const finding of textSignals(input)) add(finding);
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

const TEXT_RULES: readonly { signal: Signal; pattern: RegExp; meaning: string }[] = [
  {
    signal: "irreversible",
    pattern:
      /(?<!not |non-|n't be )\bpermanent(?:ly)?\s+(?:delet|remov|eras|destroy|purg|drop|wip|los|terminat|clos)\w*|\b(?:delet|remov|eras|destroy|purg|wip)\w*\s[^.]{0,60}\bpermanently\b|\birreversibl[ye]|\birrevocabl[ye]|\b(?:can\s?not|can['’]t)\s+be\s+(?:undone|recovered|reversed|restored)|\bunrecoverabl[ye]|\bwill be (?:permanently )?(?:lost|erased|wiped|destroyed)\b|\bno way to undo|\bwithout (?:warning|confirmation)\b/i,
    meaning: "says that there is no way back",
  },
  {
    signal: "creates_credentials",
    pattern:
      /\b(?:creates?|generates?|issues?|rotates?|mints?|regenerates?|provisions?)\s+(?:an?\s+|the\s+|new\s+|temporary\s+|short-lived\s+|\w+\s+){0,3}(?:api[ -]?keys?|access (?:keys?|tokens?)|auth(?:entication)? tokens?|secret keys?|credentials?|passwords?|key ?pairs?|ssh keys?|service accounts?|(?:client )?certificates?|personal access tokens?)\b/i,
    meaning: "creates keys or passwords",
  },
  {
    signal: "exposes_secrets",
    pattern:
      /\b(?:gets?|returns?|reads?|retrieves?|reveals?|lists?|shows?|exports?|prints?|fetch(?:es)?|dumps?)\s+(?:an?\s+|the\s+|all\s+|\w+\s+){0,3}(?:secrets?(?: values?)?|environment variables|env vars|credentials|passwords?|private keys?|access tokens?|api keys?)\b/i,
    meaning: "returns secrets or where they are kept",
  },
  {
    signal: "costs_money",
    pattern:
      /\b(?:incurs?|costs?|billed|billable|consumes?|deducts?|charged?)\b[^.]{0,40}\b(?:charges?|costs?|credits?|money|fees?|account|usd|per (?:call|request|image|token)|dollars?)\b|\bpaid (?:api|plan|feature|tier)\b/i,
    meaning: "says that calls cost money",
  },
  {
    signal: "bulk",
    pattern:
      /\b(?:in bulk|bulk|batch(?:es)?|mass[- ](?:delet|updat|edit|mail|creat|assign)\w*|at once)\b/i,
    meaning: "handles many things in one call",
  },
  {
    signal: "reaches_outside",
    pattern:
      /\b(?:e-?mails?|sms|text messages?|webhooks?|the (?:internet|web)|web ?pages?|websites?|https? requests?|tweets?|third[- ]party|external (?:api|service|system)s?|slack|discord|telegram)\b/i,
    meaning: "talks to systems or people outside",
  },
];

const CREDENTIAL_NAME =
  /\b(?:create|generate|issue|rotate|mint|regenerate|add)\b.*\b(?:api key|apikey|access key|secret|credentials?|password|key pair|keypair|ssh key|service account|certificate|access token|auth token|personal token|token)\b(?! list)/;
const SECRET_READ_NAME =
  /\b(?:get|read|list|show|reveal|retrieve|fetch|export|print|dump)\b.*\b(?:secrets?|env|environment variables|credentials?|passwords?|private key|access token)\b/;
const BULK_NAME = /\b(?:batch|bulk|mass|multiple|all|many)\b/;

function* textSignals({ nameWords, description }: SignalInput): Generator<SignalFinding> {
  const name = nameWords.join(" ");
  const named = (signal: Signal, pattern: RegExp, meaning: string) => {
    const match = pattern.exec(name);
    return match === null ? undefined : finding(signal, "name", match[0], meaning);
  };
  const fromName = [
    named("creates_credentials", CREDENTIAL_NAME, "creates keys or passwords"),
    named("exposes_secrets", SECRET_READ_NAME, "returns secrets or where they are kept"),
    named("bulk", BULK_NAME, "handles many things in one call"),
    named(
      "accepts_shell_command",
      /^(?:bash|shell|terminal|exec|run shell|run terminal)$/,
      "is a shell",
    ),
  ];
  for (const found of fromName) if (found !== undefined) yield found;
  const text = description.slice(0, 4_000);
  for (const { signal, pattern, meaning } of TEXT_RULES) {
    const match = pattern.exec(text);
    if (match !== null)
      yield finding(signal, "description", quoteAround(text, match.index), meaning);
  }
}

function* parameterSignals(parameter: Parameter, input: SignalInput): Generator<SignalFinding> {
  const words = splitWords(parameter.name);
  const last = words.at(-1) ?? "";
  const has = (...wanted: string[]) => wanted.some((word) => words.includes(word));
  const isText = parameter.type === "any" || parameter.type.includes("string");
  const open = isText && parameter.enumValues.length === 0;
  const around = `${input.nameWords.join(" ")} ${input.description.slice(0, 2_000)} ${parameter.description}`;
  const found = (signal: Signal, meaning: string) =>
    finding(signal, "parameter", parameter.name, meaning);

  if (!isText) {
    if (isBulkList(parameter, last)) yield found("bulk", "takes a list of things to act on");
    return;
  }
  if (parameter.type.includes("array") && isBulkList(parameter, last)) {
    yield found("bulk", "takes a list of things to act on");
  }
  if (isSecret(words, parameter)) yield found("takes_secret", "a secret passes through the model");
  if (!open) return;
  if (has("url", "urls", "uri", "endpoint", "webhook", "href")) {
    yield found("accepts_url", "takes an address to contact");
  }
  if (isPath(words, last, around, input))
    yield found("accepts_path", "takes a place in a file system");
  if (
    last === "sql" ||
    (has("query", "statement") && /\b(?:SQL|sql|Sql|SELECT|PostgreSQL|MySQL)\b/.test(around))
  ) {
    yield found("accepts_sql", "takes SQL");
  } else if (has("cypher") || (last === "query" && /\bcypher\b/i.test(around))) {
    yield found("accepts_code", "takes a query language that can change data");
  }
  if (isCode(words, last, around)) yield found("accepts_code", "takes code to run");
  if (
    has("template", "html", "markup", "jinja", "handlebars") &&
    last !== "id" &&
    last !== "name"
  ) {
    yield found("accepts_template", "takes markup or a template");
  }
  if (has("command", "cmd", "commands", "argv", "shell", "bash")) {
    if (
      /\b(?:shell|bash|terminal|command[- ]line|cli|subprocess|powershell|execute[ _]commands?|run[ _]commands?)\b/i.test(
        around,
      )
    ) {
      yield found("accepts_shell_command", "takes a command line to run");
    } else {
      yield found("selects_operation", "an open text decides which operation runs");
    }
  } else if (
    ["action", "operation", "op", "subcommand", "verb", "method"].includes(last) &&
    words.length === 1
  ) {
    yield found("selects_operation", "an open text decides which operation runs");
  }
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
  input: SignalInput,
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
