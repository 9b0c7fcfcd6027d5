import type { Signal } from "../types.ts";

/** What a description says of itself, as a pattern with its meaning. */
export interface TextRule {
  signal: Signal;
  /** A text in which none of these words stands cannot match and is not searched. */
  needs: readonly string[];
  pattern: RegExp;
  /** Completes the sentence: the description …; shown to people as evidence. */
  meaning: string;
}

export const TEXT_RULES: readonly TextRule[] = [
  {
    signal: "irreversible",
    needs: [
      "permanent",
      "permanently",
      "irreversible",
      "irreversibly",
      "irrevocable",
      "irrevocably",
      "undone",
      "undo",
      "recovered",
      "reversed",
      "restored",
      "unrecoverable",
      "unrecoverably",
      "lost",
      "erased",
      "wiped",
      "destroyed",
      "warning",
      "confirmation",
    ],
    pattern:
      /(?<!not |non-|n't be )\bpermanent(?:ly)?\s+(?:delet|remov|eras|destroy|purg|drop|wip|los|terminat|clos)\w*|\b(?:delet|remov|eras|destroy|purg|wip)\w*\s[^.]{0,60}\bpermanently\b|\birreversibl[ye]|\birrevocabl[ye]|\b(?:can\s?not|can['’]t)\s+be\s+(?:undone|recovered|reversed|restored)|\bunrecoverabl[ye]|\bwill be (?:permanently )?(?:lost|erased|wiped|destroyed)\b|\bno way to undo|\bwithout (?:warning|confirmation)\b/i,
    meaning: "says that there is no way back",
  },
  {
    signal: "creates_credentials",
    needs: [
      "key",
      "keys",
      "apikey",
      "apikeys",
      "token",
      "tokens",
      "credential",
      "credentials",
      "password",
      "passwords",
      "keypair",
      "keypairs",
      "account",
      "accounts",
      "certificate",
      "certificates",
    ],
    pattern:
      /\b(?:creates?|generates?|issues?|rotates?|mints?|regenerates?|provisions?)\s+(?:an?\s+|the\s+|new\s+|temporary\s+|short-lived\s+|\w+\s+){0,3}(?:api[ -]?keys?|access (?:keys?|tokens?)|auth(?:entication)? tokens?|secret keys?|credentials?|passwords?|key ?pairs?|ssh keys?|service accounts?|(?:client )?certificates?|personal access tokens?)\b/i,
    meaning: "creates keys or passwords",
  },
  {
    signal: "exposes_secrets",
    needs: [
      "secret",
      "secrets",
      "env",
      "environment",
      "credentials",
      "password",
      "passwords",
      "key",
      "keys",
      "token",
      "tokens",
    ],
    pattern:
      /\b(?:gets?|returns?|returning|reads?|retrieves?|reveals?|lists?|shows?|exports?|prints?|fetch(?:es)?|dumps?)\s+(?:an?\s+|the\s+|all\s+|(?!metadata\b|details?\b|information\b)[\w-]+,?\s+){0,3}(?:secrets?(?: values?)?|environment variables|env vars|credentials|passwords?|private keys?|(?:access|trigger) tokens?|(?:access|api) keys?)(?! (?:provider|credential|store|manager|vault|polic|rotation|id)\w*)\b/i,
    meaning: "returns secrets or where they are kept",
  },
  {
    signal: "costs_money",
    needs: [
      "incur",
      "incurs",
      "cost",
      "costs",
      "billed",
      "billable",
      "consume",
      "consumes",
      "deduct",
      "deducts",
      "charge",
      "charged",
      "paid",
    ],
    pattern:
      /\b(?:incurs?|costs?|billed|billable|consumes?|deducts?|charged?)\b[^.]{0,40}\b(?:charges?|costs?|credits?|money|fees?|account|usd|per (?:call|request|image|token)|dollars?)\b|\bpaid (?:api|plan|feature|tier)\b/i,
    meaning: "says that calls cost money",
  },
  {
    signal: "bulk",
    needs: ["bulk", "batch", "batches", "mass", "once"],
    pattern:
      /\b(?:in bulk|bulk|batch(?:es)?|mass[- ](?:delet|updat|edit|mail|creat|assign)\w*|at once)\b/i,
    meaning: "handles many things in one call",
  },
  {
    signal: "reaches_outside",
    needs: [
      "mail",
      "mails",
      "email",
      "emails",
      "sms",
      "message",
      "messages",
      "webhook",
      "webhooks",
      "internet",
      "web",
      "webpage",
      "webpages",
      "website",
      "websites",
      "http",
      "https",
      "tweet",
      "tweets",
      "party",
      "external",
      "slack",
      "discord",
      "telegram",
    ],
    pattern:
      /\b(?:e-?mails?|sms|text messages?|webhooks?|the (?:internet|web)|web ?pages?|websites?|https? requests?|tweets?|third[- ]party|external (?:api|service|system)s?|slack|discord|telegram)\b/i,
    meaning: "talks to systems or people outside",
  },
];

/** The words without which no description matches. */
export const TEXT_RULE_WORDS: readonly string[] = TEXT_RULES.flatMap(({ needs }) => needs);

/** The same for names, whose words stand with spaces between them. */
export const NAME_RULES: readonly TextRule[] = [
  {
    signal: "creates_credentials",
    needs: ["create", "generate", "issue", "rotate", "mint", "regenerate", "add"],
    pattern:
      /\b(?:create|generate|issue|rotate|mint|regenerate|add)\b.*\b(?:api key|apikey|access key|secret|credentials?|password|key pair|keypair|ssh key|service account|certificate|access token|auth token|personal token|token)\b(?! list)/,
    meaning: "creates keys or passwords",
  },
  {
    signal: "exposes_secrets",
    needs: [
      "secret",
      "secrets",
      "env",
      "environment",
      "credential",
      "credentials",
      "password",
      "passwords",
      "private",
      "access",
    ],
    pattern:
      /\b(?:get|read|list|show|reveal|retrieve|fetch|export|print|dump)\b.*\b(?:secrets?|env|environment variables|credentials?|passwords?|private key|access token)\b(?! (?:provider|store|polic|config|scan))/,
    meaning: "returns secrets or where they are kept",
  },
  {
    signal: "bulk",
    needs: ["batch", "bulk", "mass", "multiple", "all", "many"],
    pattern: /\b(?:batch|bulk|mass|multiple|all|many)\b/,
    meaning: "handles many things in one call",
  },
  {
    signal: "accepts_shell_command",
    needs: ["bash", "shell", "terminal", "exec", "run"],
    pattern: /^(?:bash|shell|terminal|exec|run shell|run terminal)$/,
    meaning: "is a shell",
  },
];

/** Before a match: “does NOT return …”, “without exporting …”. What a description says it does not do is no signal. */
export const DENIED = /\b(?:not|never|cannot|without|no|n['’]t)\s+(?:\w+\s+){0,2}$/i;
