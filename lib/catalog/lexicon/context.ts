import type { Category } from "#lib/policy/types.ts";

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

/**
 * Data structures, whose name stands before what is done with them. Before nothing but nouns of the two lists above and
 * of the parts below they say that those are read: “bitmap_pos”, “hash_random_field”, “stream_info_groups”.
 */
export const STRUCTURE_NOUNS = "bitmap hash json string stream zset hyperloglog";
export const PART_NOUNS =
  "field fields entry entries element elements group groups consumer consumers lex";

/** Reading verbs that are as often things to which something is done: “update_view”, “query_cancel”. */
export const READ_THINGS = "report query lookup preview show display";
/** The same behind a verb only, as “view_commit” looks at one. */
export const READ_OBJECTS = "report query lookup preview show display view";
/** They ask whether something may or did happen: “is_archive”, “can_delete”. */
export const ASKING_WORDS = "is has can";

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
    phrases: ["random member", "random members", "set cardinality"],
    category: "read",
    at: "end",
    reason: "looks at members of a set, which nobody could set so",
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

/** What a verb is commonly glued to in names without separators: “deleteuser”. */
export const GLUED_OBJECTS =
  "all data database db document documents email entry event events field file files folder group image index info item " +
  "items issue key keys list message messages name note object page payment post project range record records " +
  "resource row rows schema service session table task tasks text time token user users value values";

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
/** One of these stands in each of the phrases. */
export const READ_ONLY_WORDS = "only readonly modify modifying changes select";
/** Behind such a phrase: then it speaks of a setting and promises nothing. */
export const READ_ONLY_SUBJECTS = "mode permission access flag";
/** As what is run: “perform a read-only …”. */
export const READ_ONLY_NOUNS = "read-only readonly";

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
