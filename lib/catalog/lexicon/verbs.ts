import type { Category } from "#lib/policy/types.ts";

/*
 * The lexicon: the words and patterns the classifier goes by, as data with their reasons. Code beside this folder holds
 * no lists of words; a rule about one construction (“remove … from …”) names its words where it reads them.
 *   verbs.ts       what a tool does, by its verb
 *   context.ts     what stands around a verb: objects, nouns, phrases, containers, promises, money, screens
 *   grammar.ts     the small words of names and sentences: which are fillers, joiners, negations
 *   arguments.ts   what an argument takes, by its name, its format and its description
 *   statements.ts  what names and descriptions say beside the verb: irreversible, bulk, reaches outside
 *   orders.ts      orders to the model in place of a description
 *   characters.ts  characters that people do not see
 */

/**
 * `reason` completes the sentence “delete” …; it is shown to people as evidence.
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
      "ls stat getbit bitcount bitpos randomkey sismember whois nslookup traceroute recall geocode traverse introspect lindex llen hlen scard zcard xlen zscore zrank zcount lpos strlen arrindex arrlen objkeys objlen dbsize ttl pttl",
  },
  {
    category: "read",
    weight: 0.85,
    reason: "computes an answer from data without changing it",
    words:
      "analyze analyse compare calculate compute aggregate recommend suggest predict classify " +
      "extract parse lint troubleshoot triage recognize transcribe validate verify detect diagnose preview resolve echo tail grep contain contains exists await decompile disassemble cat",
  },
  {
    category: "read",
    weight: 0.85,
    reason: "asks for data and leaves it as it is",
    noun: "sometimes",
    words:
      "poll search count scan select check estimate measure audit review trace debug diff profile monitor watch demonstrate",
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
      "psetex setbit setrange renamenx smove lmove hset hsetnx hmset lset lpush rpush lpushx rpushx sadd zadd xadd xack zincrby hincrby numincrby nummultby " +
      "strappend xreadgroup arrappend arrinsert reindex synchronize provision associate disassociate mark unmark multiply subtract " +
      "remember memorize broadcast dismiss snooze escalate undo redo relabel reorder rearrange reassign bookmark upvote downvote amend normalize mkdir chmod chown " +
      "unstage unapprove protect unprotect promote demote archive unarchive adjust store mutate finalize finalise initialize initialise init pin unpin resize define linsert submit",
  },
  {
    category: "write",
    weight: 0.9,
    reason: "creates or changes data",
    noun: "sometimes",
    words:
      "place format customize customise highlight complete group acknowledge ack populate exercise update change move copy clone fork commit push merge import sync comment reply react publish send post share " +
      "vote tag label lock unlock close reopen schedule transition stage checkout switch mint settle renew receive consume restore revert reset expire " +
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
      "forget expunge annihilate eradicate scrub nullify dedupe deduplicate shred evict discard uninstall prune drop teardown nuke rmdir rm unset flush",
  },
  {
    category: "destructive",
    weight: 0.9,
    reason: "ends something that cannot simply be started again",
    words:
      "void kick eject terminate revoke ban expel deregister unregister decommission invalidate shutdown kill",
  },
  {
    category: "destructive",
    weight: 0.95,
    reason: "takes elements out of a container",
    element: true,
    words:
      "pop arrpop popmin popmax lpop rpop blpop brpop spop zpopmin zpopmax ltrim arrtrim xtrim rem lrem srem zrem hdel xdel dequeue",
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
    words:
      "repay prepay liquidate refund withdraw purchase buy sell reimburse donate disburse remit topup cashout wager " +
      "redeem lend borrow airdrop",
  },
  {
    category: "financial",
    weight: 0.9,
    reason: "moves or commits money",
    noun: "sometimes",
    words: "pay payout charge debit bet stake unstake",
  },
];

/** Verbs only where a sentence has one and its object follows: “Order a pizza”, “Issues a token”. */
export const PROSE_VERBS: readonly TermGroup[] = [
  {
    category: "financial",
    weight: 0.8,
    reason: "commits money",
    noun: "sometimes",
    words: "order tip",
  },
  {
    category: "write",
    weight: 0.85,
    reason: "creates or changes data",
    noun: "sometimes",
    words: "issue bill",
  },
];
