import type { Signal } from "../types.ts";

/** Arguments that choose what a tool does: “action”, “api_operation”. The second kind only alone: no “retry_mode”. */
export const SELECTOR_WORDS = "action operation op command verb subcommand";
export const PLAIN_SELECTOR_WORDS = "mode method";
/** “operation_type”, “action_name” select just as well. */
export const SELECTOR_SUFFIXES = "type name kind";
/** These select as a whole: “tool_name” is what is called, “tool” and “tool_type” may be one to draw with. */
export const SELECTOR_NAMES = "tool_name";
/** Alone these select even where they are optional, as long as the schema lists no values. */
export const OPEN_SELECTOR_WORDS = "action operation op subcommand verb method";
/** At the beginning of its description: what is picked is shown, not done. */
export const FILTERS = /^\W*(?:optional\W+)?filter/i;

/** The last word of a list of things that a call acts on, each of them. */
export const LISTED_THINGS =
  "ids keys items records documents docs entities files paths messages recipients users emails rows urls objects operations " +
  "relations observations";

/** What an open text is, by its name and what is said around it. */
export interface ArgumentRule {
  signal: Signal;
  /** Completes the sentence: the argument …; shown to people as evidence. */
  meaning: string;
  /** Its name as lower-case words with spaces between them. */
  name: RegExp;
  notName?: RegExp;
  /** Where `said` has to stand and `unsaid` may not: its own description, also the tool's name and the beginning of the tool's description, or all of that. */
  near?: "argument" | "opening" | "definition";
  said?: RegExp;
  unsaid?: RegExp;
}

const SHELL =
  /\b(?:shell|bash|terminal|command[- ]line|cli|subprocess|powershell|ssh|exec|sandbox|remote host|execute[ _]commands?|run[ _]commands?)\b/i;
const COMMAND = /\b(?:command|cmd|commands|argv|shell|bash)\b/;

export const ARGUMENT_RULES: readonly ArgumentRule[] = [
  {
    signal: "takes_secret",
    meaning: "a secret passes through the model",
    name: /\b(?:password|passwd|passphrase|secret|api ?key|access key|private key|credentials?|mnemonic|bearer|auth token|access token|client secret|secret key)\b/,
    // Tokens that count or page, and the identity of what is traded.
    notName:
      /\b(?:max|page|next|continuation|sync|start|num|cursor|count|limit|min|stop|token id|symbol|address|contract)\b/,
  },
  {
    signal: "takes_secret",
    meaning: "a secret passes through the model",
    name: /^token$/,
    near: "argument",
    unsaid: /token(?:s|iz)|contract|erc|pagination|mint/i,
  },
  {
    signal: "accepts_url",
    meaning: "takes an address to contact",
    name: /\b(?:urls?|uri|endpoint|webhook|href)\b/,
  },
  {
    signal: "accepts_path",
    meaning: "takes a place in a file system",
    name: /\b(?:file ?name|file ?path|director(?:y|ies)|folder|dir|cwd)\b/,
    notName: /\bid$/,
  },
  {
    signal: "accepts_path",
    meaning: "takes a place in a file system",
    name: /^file$|(?:^| )paths?$/,
    near: "definition",
    // A place in a document, not in a file system.
    unsaid: /^json\b|json ?path|\bjson\b[^.]{0,40}\bpath|xpath|\bpath\b[^.]{0,40}\bjson\b/i,
  },
  {
    signal: "accepts_sql",
    meaning: "takes SQL",
    name: /(?:^| )sql$/,
  },
  {
    signal: "accepts_sql",
    meaning: "takes SQL",
    name: /\b(?:query|statement)\b/,
    near: "opening",
    said: /\b(?:SQL|sql|Sql|SELECT|PostgreSQL|MySQL)\b/,
    // Other query languages, which only read.
    unsaid: /promql|logql|graphql|\bkql\b|\bjql\b|\bcql\b|lucene/i,
  },
  {
    signal: "accepts_code",
    meaning: "takes a query language that can change data",
    name: /\bcypher\b/,
  },
  {
    signal: "accepts_code",
    meaning: "takes a query language that can change data",
    name: /(?:^| )query$/,
    near: "definition",
    said: /\bcypher\b/i,
  },
  {
    signal: "accepts_code",
    meaning: "takes code to run",
    name: /^(?:javascript|python|lua)$|(?:^| )(?:script|snippet)$|\bsource\b.* code$/,
  },
  {
    signal: "accepts_code",
    meaning: "takes code to run",
    name: /^code$/,
    near: "definition",
    // Otherwise a code may be one that was sent to a telephone.
    said: /\b(?:run|execute|eval\w*|interpret\w*|javascript|python|source code|snippet|program)\b/i,
  },
  {
    signal: "accepts_code",
    meaning: "takes code to run",
    name: /(?:^| )(?:function|expression|lambda)$/,
    near: "definition",
    said: /javascript|typescript|python|\bcode\b|\bscript\b|lua|\bexpression to (?:evaluate|run)/i,
  },
  {
    signal: "accepts_template",
    meaning: "takes markup or a template",
    name: /\b(?:template|html|markup|jinja|handlebars)\b/,
    // Which one, not the template itself.
    notName: /\b(?:id|name|file|path|url|uri)$/,
  },
  {
    signal: "accepts_shell_command",
    meaning: "takes a command line to run",
    name: COMMAND,
    near: "definition",
    said: SHELL,
  },
  {
    signal: "selects_operation",
    meaning: "an open text decides which operation runs",
    name: COMMAND,
    near: "definition",
    unsaid: SHELL,
  },
];

/** What the `format` of a JSON Schema says of a text, whatever its name. Dates, numbers and addresses of people say nothing here. */
export const FORMATS: readonly { formats: string; signal: Signal; meaning: string }[] = [
  {
    formats: "uri url iri uri-reference iri-reference uri-template",
    signal: "accepts_url",
    meaning: "takes an address to contact, says its format",
  },
  {
    formats: "password",
    signal: "takes_secret",
    meaning: "takes a secret, says its format, and it passes through the model",
  },
  // Not of the standard, but in use, and clear.
  {
    formats: "path file-path filepath directory-path",
    signal: "accepts_path",
    meaning: "takes a place in a file system, says its format",
  },
  { formats: "sql", signal: "accepts_sql", meaning: "takes SQL, says its format" },
  { formats: "html", signal: "accepts_template", meaning: "takes markup, says its format" },
];

/** What the first words of an argument's description say that it is, where its name does not. */
export interface DescribedArgument {
  signal: Signal;
  meaning: string;
  /** Some of these stand in every text that matches. */
  needs: readonly string[];
  /** What stands behind the words below; without capturing groups, as they are tried together. */
  pattern: RegExp;
}

/** Up to four of these may stand before it: “The full URL”. */
export const DESCRIBED_FILLERS =
  "the a an your full absolute complete valid raw optional public target base web webhook callback http https new current " +
  "user account plain-text read-only";

export const DESCRIBED_ARGUMENTS: readonly DescribedArgument[] = [
  {
    signal: "accepts_url",
    meaning: "takes an address to contact, says its description",
    needs: ["url", "urls", "uri", "uris"],
    // No part of an address, and no text in the form of one.
    pattern:
      /ur[li]s?\b(?![- ]?(?:slug|segment|encod|parameter|fragment|path|safe|friendly|query|template|name|key|id))/,
  },
  {
    signal: "accepts_path",
    meaning: "takes a place in a file system, says its description",
    needs: ["path"],
    pattern:
      /(?:absolute|local|relative) (?:file |directory )?path\b|(?:file|directory|folder|file ?system)[ -]?path\b|path (?:to|of) (?:an? |the )?(?:\w+ )?(?:file|folder|directory)\b/,
  },
  {
    signal: "takes_secret",
    meaning: "takes a secret, says its description, and it passes through the model",
    needs: ["password", "passphrase", "key", "token", "secret"],
    // What is only about a secret.
    pattern:
      /(?:password|passphrase|api key|private key|secret key|client secret|access token|bearer token)\b(?![- ]?(?:id|name|polic|length|type|alias|ident|arn|provider|reset|field))/,
  },
  {
    signal: "accepts_sql",
    meaning: "takes SQL, says its description",
    needs: ["sql"],
    pattern:
      /sql (?:quer(?:y|ies)|statements?|commands?|code|script|to (?:run|execute))\b(?! (?:id|name|timeout|type)\b)/,
  },
  {
    signal: "accepts_code",
    meaning: "takes code to run, says its description",
    needs: ["code", "script", "scripts", "expression", "expressions", "snippet", "snippets"],
    pattern:
      /(?:(?:javascript|typescript|python|lua|source) )?(?:code|scripts?|expressions?|snippets?) to (?:run|execute|evaluate|be (?:run|executed|evaluated))\b/,
  },
  {
    signal: "accepts_shell_command",
    meaning: "takes a command line to run, says its description",
    needs: ["shell", "bash", "terminal", "powershell", "cli", "line"],
    pattern:
      /(?:(?:shell|bash|terminal|powershell|cli) commands?|command[- ]line)\b(?! (?:options?|flags?|name|output)\b)/,
  },
];

/** The words without which no argument's description matches. */
export const DESCRIBED_WORDS: readonly string[] = DESCRIBED_ARGUMENTS.flatMap(({ needs }) => needs);
