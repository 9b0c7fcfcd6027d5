import type { Category } from "#lib/policy/types.ts";

/** The rest of the lexicon (lexicon.ts holds the verbs): objects, phrases and what is around a verb, as data. */

/** What certain verbs mean with certain objects, wherever the two stand together. */
export const VERB_OBJECTS: readonly {
  verbs: string;
  objects: string;
  category: Category;
  reason: string;
  element?: true;
}[] = [
  {
    verbs: "capture collect take authorize authorise settle void",
    objects: "payment payments charge charges funds deposit",
    category: "financial",
    reason: "moves or commits money",
  },
  {
    verbs: "place submit",
    objects: "order orders bet bets wager",
    category: "financial",
    reason: "commits money",
  },
  {
    verbs: "open close",
    objects: "position positions",
    category: "financial",
    reason: "commits money",
  },
  {
    verbs: "open",
    objects: "door doors garage gate valve blinds cover",
    category: "execute",
    reason: "moves something in the real world",
  },
  {
    verbs: "open",
    objects: "issue ticket dispute pr",
    category: "write",
    reason: "creates or changes data",
  },
  {
    verbs: "resolve",
    objects:
      "incident incidents thread threads comment comments discussion conversation conflict conflicts ticket alert alerts " +
      "case issue issues dispute",
    category: "write",
    reason: "settles what was open",
  },
  {
    verbs: "load",
    objects: "into",
    category: "write",
    reason: "creates or changes data",
  },
  {
    verbs: "issue mint",
    objects: "token credential credentials certificate certificates license",
    category: "write",
    reason: "creates or changes data",
  },
  {
    verbs: "clear flush invalidate purge",
    objects: "cache caches",
    category: "destructive",
    reason: "removes copies that are made again when they are needed",
    element: true,
  },
];

/** Words that name a result. At the end of a name without a verb they mean that it is read. */
export const RESULT_NOUNS =
  "info information status state stats statistics details detail metadata metrics summary overview history schema " +
  "version health help guide docs documentation count length len size cardinality weather forecast " +
  "results result exists diff blame whoami ping random thinking";

/** The same, of things that can also be acted on: “stock_price” reads, and so may not “drown_member”. */
export const THING_NOUNS =
  "members member keys values value score position pos range type types tree graph time date price balance report list " +
  "log logs content contents env multiple";

/** Nouns whose verb follows from them: “run a search” reads, “perform a deletion” removes. */
export const ACTION_NOUNS: readonly {
  category: Category;
  words: string;
  reason: string;
  /** “Start a read set import job”: the work counts, not what else is named. */
  settles?: true;
}[] = [
  {
    category: "read",
    words:
      "search query queries lookup scan analysis calculation inspection evaluation check audit report comparison review " +
      "read-only readonly read select list listing aggregation diagnostics similarity",
    reason: "runs a question, which changes nothing",
  },
  {
    category: "write",
    words: "mutating write writes update updates insert",
    reason: "runs something that changes data",
  },
  {
    category: "destructive",
    words:
      "deletion deletions removal erasure purge flushall flushdb destructive delete delete-by-query",
    reason: "runs something that removes data",
  },
  {
    category: "financial",
    words: "payment payments refund payout purchase trade withdrawal",
    reason: "moves or commits money",
  },
  {
    category: "execute",
    words:
      "command commands script scripts code shell sql bash javascript python cypher program binary process",
    reason: "runs what its arguments say",
  },
  {
    category: "execute",
    words: "job jobs workflow workflows pipeline task tasks batch migration",
    reason: "starts work that goes on by itself",
    settles: true,
  },
];

/** Objects that turn a changing verb (create, send, place, cancel) into moving or committing money. */
export const MONEY_OBJECTS = {
  certain: "payment payments refund payout invoice money funds purchase donation withdrawal",
  /** Only with money elsewhere in the definition: a transfer may be of an issue, an order of a sort. */
  inContext:
    "charge checkout credit subscription order orders transfer transaction trade swap bid position tip fee",
  /** The same, and only behind a verb that moves them: a token may also be one to sign in with. */
  assets: "token tokens coin coins nft nfts share shares",
  assetVerbs:
    "transfer transfers send sends swap swaps trade trades mint mints burn burns place places",
  context:
    "amount currency price payment payments money funds usd eur cents billing invoice wallet card customer stripe paypal bank " +
    "quantity qty fee fees cart usdc usdt btc eth bitcoin ethereum crypto cryptocurrency stock stocks shares portfolio brokerage trading",
} as const;

/** Arguments that choose what a tool does: “action”, “api_operation”. The second kind only alone: no “retry_mode”. */
export const SELECTOR_WORDS = "action operation op command verb subcommand";
/** “operation_type”, “action_name” select just as well. */
export const SELECTOR_SUFFIXES = "type name kind";
export const PLAIN_SELECTOR_WORDS = "mode method";

/** “Supports adding, updating and deleting rules”: behind these, verbs ending in -ing are what the tool does. */
export const OFFERING_WORDS =
  "supports support supporting allows enables handles including operations";

/** Behind these a verb's object has ended: “creates a store in a subscription” subscribes to nothing. */
export const PREPOSITIONS = "in for of from to on with by using within at against through via";

/** Neighbouring words that mean something else than each alone. `null` takes them out of the reading. */
export const PHRASES: readonly {
  phrases: readonly string[];
  category: Category | null;
  at: "anywhere" | "end";
  reason: string;
}[] = [
  {
    phrases: ["help", "guidance", "instructions"],
    category: "read",
    at: "end",
    reason: "gives advice and does nothing",
  },
  {
    phrases: ["arr index", "l index"],
    category: "read",
    at: "end",
    reason: "looks for a position",
  },
  {
    phrases: ["get set"],
    category: "write",
    at: "end",
    reason: "returns the old value and stores a new one",
  },
  {
    phrases: ["read group"],
    category: "write",
    at: "end",
    reason: "hands entries out and advances the group's state",
  },
  {
    phrases: ["get ex"],
    category: "write",
    at: "end",
    reason: "changes when the value expires",
  },
  {
    phrases: ["list set"],
    category: "write",
    at: "end",
    reason: "overwrites an element of a list",
  },
  {
    phrases: ["get delete", "get del"],
    category: "destructive",
    at: "end",
    reason: "returns the value and removes it",
  },
  {
    phrases: [
      "send transaction",
      "sign transaction",
      "transfer funds",
      "transfer money",
      "wire transfer",
      "credit account",
      "top up",
      "cash out",
    ],
    category: "financial",
    at: "anywhere",
    reason: "moves or commits money",
  },
  {
    phrases: ["bank transaction"],
    category: "financial",
    at: "end",
    reason: "moves or commits money",
  },
  {
    phrases: ["factory reset"],
    category: "destructive",
    at: "anywhere",
    reason: "erases everything that was set up",
  },
  {
    phrases: ["force push"],
    category: "destructive",
    at: "anywhere",
    reason: "replaces history that others rely on",
  },
  {
    phrases: ["tear down", "shut down"],
    category: "destructive",
    at: "anywhere",
    reason: "ends what is running",
  },
  {
    phrases: ["sorted set", "pull request", "merge request", "check run", "work item", "use case"],
    category: null,
    at: "anywhere",
    reason: "a thing, not an instruction",
  },
];

/** Words in which the classifier would otherwise see two: “payload” pays nothing. */
export const WHOLE_WORDS =
  "payload dataset findings getter address addon addons putty isolation canvas canary hash hasura";

/** Words that name a screen, and the verbs that then act on it, whatever they mean elsewhere. */
export const SURFACES: readonly { words: string; verbs: string }[] = [
  {
    words:
      "browser puppeteer playwright webpage element dropdown viewport dialog dialogs tab tabs mouse keyboard",
    verbs:
      "select close resize drag drop upload fill clear choose check uncheck open switch type press focus scroll tap handle",
  },
  { words: "page pages form", verbs: "select close resize drag fill scroll click hover" },
];

/** Verbs with which SQL is run, and verbs with which it is only looked at. */
export const SQL_RUNNERS = "query run runs execute executes perform performs select sql";
export const SQL_READERS =
  "explain analyze analyse validate format parse lint check translate generate optimize estimate";

/** What a tool gives back: a later sentence that cleans or cuts it speaks of the answer only. */
export const OWN_ANSWER_WORDS = "output outputs response responses returned result results answer";

/** Own words of a definition that promise nothing changes. */
export const READ_ONLY_PHRASES: readonly string[] = [
  "read-only",
  "read only",
  "readonly",
  "does not modify",
  "doesn't modify",
  "without modifying",
  "without making changes",
  "select query",
  "select queries",
  "select statement",
];

/** Parts of containers: removing one is less than removing the key, the record or the server. */
export const ELEMENT_WORDS =
  "element elements path member members field fields entry entries item items occurrence occurrences bit consumer " +
  "label labels reaction reactions observation observations reviewer reviewers assignee assignees attendee";

/** What is only attached to something: removing it takes a part away, whatever it is attached to. */
export const ATTACHED_WORDS =
  "label labels tag tags flag flags reaction reactions reviewer reviewers assignee assignees attendee attendees watcher watchers " +
  "member members follower followers participant participants protection restriction restrictions";

export const CONTAINER_WORDS =
  "list set array hash stream queue object map json issue card cart playlist group team board role channel watchlist ";
