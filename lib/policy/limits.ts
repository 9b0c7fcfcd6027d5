import type { Condition } from "./condition-schema.ts";
import { asList, type ClassRule, type PolicyDocument, type Rule } from "./document.ts";
import type { LimitScope, RateLimit, RateLimitObligation } from "./types.ts";

/**
 * The slots a rule asks for. `target` is the rule's key in the document (`tools.x`, `all_tools`),
 * so a limit is one counter for all calls its rule speaks of, wherever in a list the rule stands.
 */
export function limitObligations(
  target: string,
  rule: string,
  conditions: readonly Condition[],
  limits: readonly RateLimit[],
): RateLimitObligation[] {
  const scope = conditions.length === 0 ? target : `${target}?${fingerprint(conditions)}`;
  return limits.map(({ max, window, per }) => ({
    kind: "rate_limit",
    limitKey: `${scope}/${per}/${window}s`,
    rule,
    max,
    windowSeconds: window,
    per,
  }));
}

/** Every limit that a document sets, each counter once, with the key of the rules it stands in. */
export function documentLimits(
  document: PolicyDocument,
): (RateLimitObligation & { target: string })[] {
  const found: (RateLimitObligation & { target: string })[] = [];
  const add = (target: string, name: string, rule: Rule | ClassRule) => {
    if (!("rate_limit" in rule)) return;
    const when = "when" in rule ? (rule.when ?? []) : [];
    const limits = limitObligations(target, name, when, asList<RateLimit>(rule.rate_limit));
    found.push(...limits.map((limit) => ({ ...limit, target })));
  };
  for (const [key, entry] of Object.entries(document.tools ?? {})) {
    const target = `tools.${key}`;
    for (const [index, rule] of asList<Rule>(entry).entries()) {
      add(target, Array.isArray(entry) ? `${target}[${index}]` : target, rule);
    }
  }
  for (const [name, rule] of Object.entries(document.classes ?? {})) {
    add(`classes.${name}`, `classes.${name}`, rule);
  }
  const everywhere = asList<RateLimit>(document.all_tools?.rate_limit);
  for (const limit of limitObligations("all_tools", "all_tools", [], everywhere)) {
    found.push({ ...limit, target: "all_tools" });
  }
  const targets = new Map(found.map(({ limitKey, target }) => [limitKey, target]));
  return strictestLimits(found).map((limit) => {
    return { ...limit, target: targets.get(limit.limitKey) ?? limit.rule };
  });
}

/**
 * Whether a limit counts on when an agent opens a new session: those per session begin anew, which is
 * why new sessions are limited too. The token is the session where the protocol has none.
 */
export function survivesReconnect(per: LimitScope): boolean {
  return per !== "session";
}

/** One obligation for each counter, the strictest; sorted, so that locks are taken in one order. */
export function strictestLimits(
  obligations: readonly RateLimitObligation[],
): RateLimitObligation[] {
  const byKey = new Map<string, RateLimitObligation>();
  for (const obligation of obligations.toSorted(byStrictness)) {
    if (!byKey.has(obligation.limitKey)) byKey.set(obligation.limitKey, obligation);
  }
  return [...byKey.values()].sort((left, right) => (left.limitKey < right.limitKey ? -1 : 1));
}

/** The name decides between equals, so that the same rule is named every time. */
function byStrictness(left: RateLimitObligation, right: RateLimitObligation): number {
  return left.max - right.max || (left.rule < right.rule ? -1 : 1);
}

/** 64 bits that are equal for conditions that say the same in another order. */
function fingerprint(conditions: readonly Condition[]): string {
  const text = JSON.stringify(conditions.map(canonicalCondition).sort());
  return [0x811c9dc5, 0x9e3779b9].map((seed) => hash(text, seed)).join("");
}

function canonicalCondition(condition: Condition): string {
  const { path, op, value, ...options } = condition;
  const ignoreCase = "ignore_case" in options && options.ignore_case === true;
  const trim = "trim" in options && options.trim === true;
  const place = "joined_with" in options ? [path, options.joined_with] : path;
  return JSON.stringify([place, op, canonicalValue(value), ignoreCase, trim]);
}

function canonicalValue(value: Condition["value"]): unknown {
  if (Array.isArray(value)) return [...new Set(value)].map((item) => JSON.stringify(item)).sort();
  if (typeof value !== "object") return value;
  return [value.of, value.min ?? null, value.max ?? null];
}

/** FNV-1a over UTF-16 units with a final mix: it names counters, it protects nothing. */
function hash(text: string, seed: number): string {
  let state = seed;
  for (let index = 0; index < text.length; index++) {
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  }
  state = Math.imul(state ^ (state >>> 15), 0x85ebca6b);
  return ((state ^ (state >>> 13)) >>> 0).toString(16).padStart(8, "0");
}
