import type { Category, RiskClass } from "../types.ts";
import type { Split, SplitCommand } from "./types.ts";

/**
 * The operations of the Valkey server's multi-purpose tools. Source: awslabs.valkey-mcp-server
 * 1.0.22, the allow-lists in tools/valkey_read.py, valkey_write.py and valkey_admin.py and the
 * actions in tools/search_manage_index.py; what each does, from the Valkey command reference.
 */
export const valkeyPackage = "awslabs.valkey-mcp-server";

const read = [
  of("read", "low", [
    ["DBSIZE", "DUMP", "EXISTS", "EXPIRETIME", "GET", "GETRANGE", "INFO", "MEMORY USAGE", "MGET"],
    ["OBJECT", "PEXPIRETIME", "PTTL", "RANDOMKEY", "SCAN", "SORT_RO", "STRLEN", "SUBSTR", "TTL"],
    [
      "TYPE",
      "HEXISTS",
      "HGET",
      "HGETALL",
      "HKEYS",
      "HLEN",
      "HMGET",
      "HRANDFIELD",
      "HSCAN",
      "HVALS",
    ],
    ["LINDEX", "LLEN", "LPOS", "LRANGE", "SCARD", "SISMEMBER", "SMEMBERS", "SMISMEMBER"],
    ["SRANDMEMBER", "SSCAN", "XINFO", "XLEN", "XRANGE", "XREVRANGE", "ZCARD", "ZCOUNT"],
    ["ZLEXCOUNT", "ZMSCORE", "ZRANDMEMBER", "ZRANGE", "ZRANGEBYLEX", "ZRANGEBYSCORE", "ZRANK"],
    ["ZREVRANGE", "ZREVRANGEBYLEX", "ZREVRANGEBYSCORE", "ZREVRANK", "ZSCAN", "ZSCORE"],
    ["FT.AGGREGATE", "FT.EXPLAIN", "FT.INFO", "FT.PROFILE", "FT.SEARCH", "FT.TAGVALS", "FT._LIST"],
    ["JSON.ARRINDEX", "JSON.ARRLEN", "JSON.GET", "JSON.MGET", "JSON.OBJKEYS", "JSON.OBJLEN"],
    ["JSON.STRLEN", "JSON.TYPE"],
  ]),
  // Walks every key while everybody else waits.
  of("read", "medium", [["KEYS"]]),
];

const write = [
  of("write", "medium", [
    ["APPEND", "DECR", "DECRBY", "EXPIRE", "EXPIREAT", "GETSET", "INCR", "INCRBY", "INCRBYFLOAT"],
    ["MSET", "MSETNX", "PERSIST", "PEXPIRE", "PEXPIREAT", "PSETEX", "PUBLISH", "SET", "SETEX"],
    ["SETNX", "SETRANGE", "HINCRBY", "HINCRBYFLOAT", "HMSET", "HSET", "HSETNX", "LINSERT"],
    ["LPUSH", "LPUSHX", "LSET", "RPUSH", "RPUSHX", "SADD", "SMOVE", "XACK", "XADD", "ZADD"],
    ["ZINCRBY", "FT.ALIASADD", "FT.ALIASUPDATE", "FT.ALTER", "FT.CREATE", "JSON.ARRAPPEND"],
    ["JSON.NUMINCRBY", "JSON.NUMMULTBY", "JSON.SET", "JSON.STRAPPEND", "JSON.TOGGLE"],
  ]),
  // Replaces whatever was there under the other name.
  of("write", "high", [["COPY", "RENAME", "RENAMENX"]]),
  of("destructive", "high", [
    ["DEL", "GETDEL", "UNLINK", "HDEL", "LPOP", "LREM", "LTRIM", "RPOP", "SPOP", "SREM", "XDEL"],
    ["XTRIM", "ZPOPMAX", "ZPOPMIN", "ZREM", "ZREMRANGEBYLEX", "ZREMRANGEBYRANK"],
    ["ZREMRANGEBYSCORE", "FT.ALIASDEL", "FT.DROPINDEX", "JSON.ARRPOP", "JSON.ARRTRIM"],
    ["JSON.CLEAR", "JSON.DEL"],
  ]),
];

const admin = [
  of("write", "medium", [["CLIENT SETNAME", "CONFIG RESETSTAT", "BGREWRITEAOF", "BGSAVE"]]),
  of("write", "high", [["CLIENT NO-EVICT", "SAVE"]]),
  of("write", "critical", [["CONFIG SET"]]),
  of("execute", "critical", [["DEBUG", "EVAL", "EVALSHA", "MODULE", "SCRIPT LOAD"]]),
  of("destructive", "high", [["CLIENT KILL", "SCRIPT FLUSH"]]),
  of("destructive", "critical", [
    ["CLUSTER FAILOVER", "CLUSTER RESET", "FLUSHALL", "FLUSHDB", "MIGRATE", "SHUTDOWN", "SWAPDB"],
  ]),
];

const manageIndex = [
  of("read", "low", [["LIST", "INFO"]]),
  of("write", "medium", [["CREATE"]]),
  of("destructive", "high", [["DROP"]]),
];

/** The server upper-cases `command`, appends `args` and compares whole words. */
const command = { path: "command", joinedWith: "args" };

export const valkeySplits: ReadonlyMap<string, Split> = new Map([
  ["valkey_read", { ...command, commands: sorted(read) }],
  ["valkey_write", { ...command, commands: sorted(write) }],
  ["valkey_admin", { ...command, commands: sorted(admin) }],
  // The server lower-cases `action` and compares the whole of it.
  ["manage_index", { path: "action", joinedWith: null, commands: sorted(manageIndex) }],
]);

function of(category: Category, riskClass: RiskClass, lines: readonly string[][]): SplitCommand[] {
  return lines.flat().map((name) => ({ command: name, category, riskClass }));
}

function sorted(groups: readonly SplitCommand[][]): SplitCommand[] {
  return groups.flat().sort((left, right) => (left.command < right.command ? -1 : 1));
}
