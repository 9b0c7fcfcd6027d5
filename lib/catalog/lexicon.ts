import type { Category } from "#lib/policy/types.ts";

/**
 * Everything the classifier knows about words, as data. `reason` completes the sentence
 * “delete” …; it is shown to people as evidence.
 *
 * `noun` says how far a word can be trusted to be a verb: absent means always a verb; "sometimes" means
 * a verb where a verb is expected (update, run, release); "often" means that a clearer word elsewhere in
 * the definition decides (set, list, index). `light` verbs (run, perform) take their meaning from
 * what follows. `element` verbs touch part of a container.
 */
export interface TermGroup {
  category: Category;
  /** 0 to 1: how surely the word means this category. */
  weight: number;
  reason: string;
  words: string;
  noun?: "sometimes" | "often";
  light?: true;
  element?: true;
}

export const VERBS: readonly TermGroup[] = [
  {
    category: "read",
    weight: 0.9,
    reason: "asks for data and leaves it as it is",
    words:
      "get fetch read retrieve describe show view lookup find query inspect browse peek enumerate display " +
      "obtain examine discover summarize summarise explain tell report return locate identify determine " +
      "is has can mget hget hgetall hmget lrange zrange smembers hkeys hvals hscan sscan zscan xrange xrevrange " +
      "lindex llen hlen scard zcard xlen zscore zrank zcount lpos strlen arrindex arrlen objkeys objlen dbsize ttl pttl",
  },
  {
    category: "read",
    weight: 0.85,
    reason: "computes an answer from data without changing it",
    words:
      "analyze analyse compare calculate compute aggregate recommend suggest predict classify " +
      "extract parse lint troubleshoot triage recognize transcribe validate verify detect diagnose preview resolve echo tail grep contain contains exists poll await",
  },
  {
    category: "read",
    weight: 0.85,
    reason: "asks for data and leaves it as it is",
    noun: "sometimes",
    words:
      "search count scan select check estimate measure audit review trace debug diff profile monitor watch demonstrate",
  },
  {
    category: "read",
    weight: 0.8,
    reason: "asks for data and leaves it as it is",
    noun: "often",
    words:
      "list filter sort rank map match test access load open download scrape screenshot snapshot wait",
  },
  {
    category: "read",
    weight: 0.5,
    reason: "produces an answer; nothing says that it is stored",
    words:
      "convert translate render decode encode think plan ask answer provide capture take construct package",
    noun: "often",
  },
  {
    category: "write",
    weight: 0.95,
    reason: "creates or changes data",
    words:
      "create add insert append prepend write save edit modify upsert rename assign unassign attach detach enable " +
      "disable overwrite replace put upload register configure persist increment decrement incr incrby " +
      "decr decrby toggle flip invite subscribe unsubscribe annotate embed advance getset getex mset msetnx setex setnx " +
      "psetex hset hsetnx hmset lset lpush rpush lpushx rpushx sadd zadd xadd xack zincrby hincrby numincrby nummultby " +
      "strappend xreadgroup arrappend arrinsert reindex synchronize provision associate disassociate mark unmark multiply subtract " +
      "unstage unapprove protect unprotect promote demote archive unarchive adjust store mutate finalize finalise initialize initialise init pin unpin resize define linsert submit",
  },
  {
    category: "write",
    weight: 0.9,
    reason: "creates or changes data",
    noun: "sometimes",
    words:
      "place format customize customise highlight complete group acknowledge populate exercise update change move copy clone fork commit push merge import sync comment reply react publish send post share " +
      "tag label lock unlock close reopen schedule transition stage checkout switch restore revert reset expire " +
      "upgrade downgrade patch rotate duplicate forward draft backup grant approve reject accept " +
      "request export compress gzip zip unzip join leave notify email tweet mute follow unfollow book reserve transfer trade swap bid confirm",
  },
  {
    category: "write",
    weight: 0.8,
    reason: "produces something, and nothing says that it is only shown",
    noun: "often",
    words: "generate produce compose synthesize",
  },
  {
    category: "write",
    weight: 0.85,
    reason: "sets a value",
    noun: "often",
    words: "set log index cache queue stash record alter link star block",
  },
  {
    category: "execute",
    weight: 0.9,
    reason: "starts something whose effect depends on its arguments",
    words:
      "invoke interact play emulate connect reconnect disconnect eval evaluate exec spawn launch restart reboot resume install navigate click hover " +
      "compile simulate orchestrate activate deactivate automate bgsave bgrewriteaof swapdb evalsha interrupt",
  },
  {
    category: "execute",
    weight: 0.8,
    reason: "starts something whose effect depends on its arguments",
    noun: "sometimes",
    words:
      "trigger stop deploy build press drag fill tap scroll swipe pause scale migrate " +
      "rerun retry cancel abort sample prompt dispatch delegate shell bash terminal ssh failover rollback",
  },
  {
    category: "execute",
    weight: 0.7,
    reason: "starts something whose effect depends on its arguments",
    noun: "often",
    words: "type command script process train crawl apply",
  },
  {
    category: "execute",
    weight: 0.6,
    reason: "runs something, and the words after it say what",
    light: true,
    noun: "sometimes",
    words:
      "run execute perform start begin initiate call make do use handle manage administer operate control work",
  },
  {
    category: "destructive",
    weight: 1,
    reason: "removes what is stored",
    words:
      "delete destroy erase purge wipe truncate unlink del getdel flushall flushdb dropindex deprovision obliterate " +
      "shred evict discard uninstall prune drop teardown nuke rmdir rm unset flush",
  },
  {
    category: "destructive",
    weight: 0.9,
    reason: "ends something that cannot simply be started again",
    words: "terminate revoke ban expel deregister unregister decommission invalidate shutdown kill",
  },
  {
    category: "destructive",
    weight: 0.95,
    reason: "takes elements out of a container",
    element: true,
    words:
      "pop arrpop popmin popmax lpop rpop spop zpopmin zpopmax ltrim arrtrim xtrim lrem srem zrem hdel xdel dequeue",
  },
  {
    category: "destructive",
    weight: 0.85,
    reason: "takes something away",
    words: "remove clear cleanup clean",
  },
  {
    category: "destructive",
    weight: 0.8,
    reason: "cuts a container down and loses the rest",
    element: true,
    words: "trim",
  },
  {
    category: "destructive",
    weight: 0.8,
    reason: "cuts a container down and loses the rest",
    element: true,
    noun: "sometimes",
    words: "cut",
  },
  {
    category: "destructive",
    weight: 0.7,
    reason: "leaves nothing where there was something",
    noun: "often",
    words: "empty",
  },
  {
    category: "financial",
    weight: 1,
    reason: "moves or commits money",
    words: "pay repay prepay liquidate refund withdraw purchase buy sell reimburse donate disburse",
  },
  {
    category: "financial",
    weight: 0.9,
    reason: "moves or commits money",
    noun: "sometimes",
    words: "payout charge bet stake unstake",
  },
];

/** Words that name a result. At the end of a name without a verb they mean that it is read. */
export const RESULT_NOUNS =
  "info information status state stats statistics details detail metadata metrics summary overview history schema " +
  "version health help guide docs documentation count length len size cardinality members member keys values " +
  "value score position pos range type types tree graph weather forecast time date price balance report list " +
  "log logs results result exists content contents diff blame whoami ping env random multiple thinking";

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
    "charge checkout credit subscription order orders transfer transaction trade swap bid position",
  /** The same, and only behind a verb that moves them: a token may also be one to sign in with. */
  assets: "token tokens coin coins nft nfts share shares",
  assetVerbs:
    "transfer transfers send sends swap swaps trade trades mint mints burn burns place places",
  context:
    "amount currency price payment payments money funds usd eur cents billing invoice wallet card customer stripe paypal bank " +
    "quantity qty crypto cryptocurrency stock stocks shares portfolio brokerage trading",
} as const;

/** Arguments that choose what a tool does: “action”, “api_operation”. The second kind only alone: no “retry_mode”. */
export const SELECTOR_WORDS = "action operation op command verb subcommand";
export const PLAIN_SELECTOR_WORDS = "mode method";

/** “Supports adding, updating and deleting rules”: behind these, verbs ending in -ing are what the tool does. */
export const OFFERING_WORDS =
  "supports support supporting allows enables handles including operations";

/** Behind these a verb's object has ended: “creates a store in a subscription” subscribes to nothing. */
export const PREPOSITIONS = "in for of from to on with by using within at against through via";

/** Neighbouring words that mean something else than each alone. `null` takes them out of the reading. */
export const PHRASES: readonly {
  words: string;
  category: Category | null;
  at: "anywhere" | "end";
  reason: string;
}[] = [
  { words: "help", category: "read", at: "end", reason: "gives advice and does nothing" },
  { words: "guidance", category: "read", at: "end", reason: "gives advice and does nothing" },
  { words: "instructions", category: "read", at: "end", reason: "gives advice and does nothing" },
  {
    words: "get set",
    category: "write",
    at: "end",
    reason: "returns the old value and stores a new one",
  },
  {
    words: "read group",
    category: "write",
    at: "end",
    reason: "hands entries out and advances the group's state",
  },
  { words: "list set", category: "write", at: "end", reason: "overwrites an element of a list" },
  {
    words: "get delete",
    category: "destructive",
    at: "anywhere",
    reason: "returns the value and removes it",
  },
  { words: "place order", category: "financial", at: "anywhere", reason: "commits money" },
  { words: "send transaction", category: "financial", at: "anywhere", reason: "moves assets" },
  {
    words: "sign transaction",
    category: "financial",
    at: "anywhere",
    reason: "authorises moving assets",
  },
  { words: "transfer funds", category: "financial", at: "anywhere", reason: "moves money" },
  { words: "transfer money", category: "financial", at: "anywhere", reason: "moves money" },
  {
    words: "factory reset",
    category: "destructive",
    at: "anywhere",
    reason: "erases everything that was set up",
  },
  {
    words: "force push",
    category: "destructive",
    at: "anywhere",
    reason: "replaces history that others rely on",
  },
  {
    words: "tear down",
    category: "destructive",
    at: "anywhere",
    reason: "takes down what is running",
  },
  { words: "shut down", category: "destructive", at: "anywhere", reason: "ends what is running" },
  { words: "sorted set", category: null, at: "anywhere", reason: "a data structure" },
  { words: "pull request", category: null, at: "anywhere", reason: "a thing, not an instruction" },
  { words: "merge request", category: null, at: "anywhere", reason: "a thing, not an instruction" },
  { words: "check run", category: null, at: "anywhere", reason: "a thing, not an instruction" },
  { words: "work item", category: null, at: "anywhere", reason: "a thing, not an instruction" },
  { words: "use case", category: null, at: "anywhere", reason: "a thing, not an instruction" },
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
  "label labels tag tags reaction reactions reviewer reviewers assignee assignees attendee attendees watcher watchers " +
  "member members follower followers participant participants protection restriction restrictions";

export const CONTAINER_WORDS =
  "list set array hash stream queue object map json issue card cart playlist group team board role channel watchlist ";
