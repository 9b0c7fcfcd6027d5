import { ApprovalRule } from "./approval.ts";
import type { Condition } from "./condition-schema.ts";
import { Rule } from "./document.ts";
import { negateCondition, readCondition } from "./import-conditions.ts";
import { type ReadLimit, readCounter, readHostedLimit, readShorthand } from "./import-limits.ts";
import type { RateLimit } from "./types.ts";

/** Something the original says and the result does not; its tool is denied if it restricts. */
export interface NotCarried {
  /** Place in the original: `tools.pay.limits[0]`. */
  path: string;
  message: string;
}

/** What one entry of `tools` says, before it is known what the default makes of it. */
export interface Translation {
  rules: Rule[];
  /** Must hold for a call to be allowed, and no restriction can say so. */
  required: Condition[];
  limits: RateLimit[];
  /** Whether calls that nothing restricts are allowed. */
  permits: boolean;
  notCarried: NotCarried[];
}

const blockedReason =
  "A rule of this tool could not be imported. Review what it may do, then replace this rule.";

/** Denies the tool, because something about it could not be carried. */
export function block(into: Translation, path: string, message: string): void {
  into.rules.push({ action: "deny", reason: blockedReason });
  into.notCarried.push({ path, message });
}

/**
 * Translates one tool's entry by its shape: Intercept's has `rules`; PolicyLayer's has `require`,
 * `deny_if` and `limits` or is empty; anything else is one rule, or a list of rules, of our own form.
 *
 * @param name the tool; `*` for what is said of all tools
 */
export function translateTool(entry: unknown, name: string, path: string): Translation {
  const result: Translation = {
    rules: [],
    required: [],
    limits: [],
    permits: false,
    notCarried: [],
  };
  if (Array.isArray(entry)) {
    for (const [index, rule] of entry.entries()) translateOwn(rule, `${path}[${index}]`, result);
    return result;
  }
  const fields = readFields(entry);
  if (fields === null) {
    block(result, path, "This is no group of fields.");
  } else if (fields.has("rules")) {
    result.permits = true;
    refuseOthers(fields, ["rules"], path, result);
    eachOf(fields.get("rules"), `${path}.rules`, result, (rule, at) =>
      translateIntercept(rule, name, at, result),
    );
  } else if (fields.size === 0 || hostedFields.some((field) => fields.has(field))) {
    result.permits = true;
    translateHosted(fields, path, result);
  } else {
    translateOwn(entry, path, result);
  }
  return result;
}

const hostedFields = ["require", "deny_if", "limits"];

function translateHosted(fields: Map<string, unknown>, path: string, into: Translation): void {
  refuseOthers(fields, hostedFields, path, into);
  eachOf(fields.get("require"), `${path}.require`, into, (raw, at) => {
    const entry = readFields(raw);
    const grouped = entry?.has("conditions") ? entry : null;
    if (grouped) refuseOthers(grouped, ["conditions", "on_deny"], at, into);
    const reason = reasonOf(grouped?.get("on_deny"));
    eachOf(grouped ? grouped.get("conditions") : [raw], at, into, (condition, place) =>
      requireCondition(condition, reason, place, into),
    );
  });
  eachOf(fields.get("deny_if"), `${path}.deny_if`, into, (raw, at) => {
    const entry = readFields(raw);
    if (entry === null) {
      block(into, at, "This is no group of fields.");
      return;
    }
    refuseOthers(entry, ["conditions", "on_deny"], at, into);
    const when = readTriggers(entry.get("conditions"), `${at}.conditions`, into);
    into.rules.push({ action: "deny", ...when, ...reasonOf(entry.get("on_deny")) });
  });
  eachOf(fields.get("limits"), `${path}.limits`, into, (raw, at) =>
    addLimit(readHostedLimit(raw), at, into),
  );
}

const interceptFields = [
  "name",
  "action",
  "conditions",
  "rate_limit",
  "on_deny",
  "state",
  "approval_timeout",
];

function translateIntercept(raw: unknown, name: string, path: string, into: Translation): void {
  const fields = readFields(raw);
  if (fields === null) {
    block(into, path, "This is no group of fields.");
    return;
  }
  refuseOthers(fields, interceptFields, path, into);
  const reason = reasonOf(fields.get("on_deny"));
  const action = fields.get("action") ?? "evaluate";
  const shorthand = fields.get("rate_limit");
  if (shorthand !== undefined) {
    addLimit(readShorthand(String(shorthand), "server"), `${path}.rate_limit`, into);
  }
  if (action === "deny") {
    if (fields.has("conditions")) {
      const message = "A deny rule has no conditions there: the tool is always denied.";
      into.notCarried.push({ path: `${path}.conditions`, message });
    }
    into.rules.push({ action: "deny", ...reason });
    return;
  }
  if (action === "require_approval") {
    const when = readTriggers(fields.get("conditions"), `${path}.conditions`, into);
    const timeout = fields.get("approval_timeout");
    const seconds = timeout === undefined ? null : readDuration(timeout);
    if (timeout !== undefined && seconds === null) {
      const message = "This is no time between 1 minute and 1 day, so the usual one holds.";
      into.notCarried.push({ path: `${path}.approval_timeout`, message });
    }
    const approval = seconds === null ? {} : { approval: { request_expires: seconds } };
    into.rules.push({ action: "require_approval", ...when, ...approval, ...reason });
    return;
  }
  if (action !== "evaluate") block(into, `${path}.action`, `There is no action ${String(action)}.`);
  const owner = name === "*" ? "_global" : name;
  eachOf(fields.get("conditions"), `${path}.conditions`, into, (condition, at) => {
    const target = readFields(condition)?.get("path");
    if (typeof target === "string" && target.startsWith("state.")) {
      addLimit(readCounter(fields.get("state"), condition, owner), at, into);
    } else {
      requireCondition(condition, reason, at, into);
    }
  });
}

/** Other spellings of the actions; those of a limit are `allow` with one. */
const actionNames: Readonly<Record<string, string>> = {
  approve: "require_approval",
  "require-approval": "require_approval",
  "require approval": "require_approval",
};
const limitNames = ["limit", "rate_limit", "rate-limit"];

/** A rule in our own form, or nearly: the action's name and the limit may be spelled otherwise. */
function translateOwn(raw: unknown, path: string, into: Translation): void {
  const fields = readFields(raw);
  if (fields === null) {
    block(into, path, "This is no group of fields.");
    return;
  }
  const limit = fields.get("rate_limit");
  const word = String(fields.get("action") ?? "limit").toLowerCase();
  const isLimit = limitNames.includes(word);
  if (isLimit && limit === undefined) {
    block(into, path, "This rule has neither an action nor a rate_limit.");
    return;
  }
  const action = isLimit ? "allow" : (actionNames[word] ?? word);
  fields.set("action", action);
  if (fields.get("reason") === "") fields.delete("reason");
  if (typeof limit === "string") {
    const read = readShorthand(limit, "session");
    if (!read.ok) {
      block(into, `${path}.rate_limit`, read.message);
      return;
    }
    fields.set("rate_limit", read.limit);
  }
  if ((action === "deny" || action === "hide") && fields.delete("rate_limit")) {
    const message = "A tool that is refused needs no limit.";
    into.notCarried.push({ path: `${path}.rate_limit`, message });
  }
  const rule = Rule.safeParse(Object.fromEntries(fields));
  if (rule.success) into.rules.push(rule.data);
  else block(into, path, "This rule has a field or a value that is not known here.");
}

/** A call is refused unless this holds. */
function requireCondition(
  raw: unknown,
  reason: { reason?: string },
  path: string,
  into: Translation,
): void {
  const read = readCondition(raw);
  if (!read.ok) {
    block(into, path, read.message);
    return;
  }
  const opposite = negateCondition(read.condition);
  if (opposite === null) into.required.push(read.condition);
  else into.rules.push({ action: "deny", when: [opposite], ...reason });
}

/** When a restriction applies. One that cannot be read is left out: the rule then applies more often. */
function readTriggers(raw: unknown, path: string, into: Translation): { when?: Condition[] } {
  if (raw === undefined) return {};
  if (!Array.isArray(raw)) {
    into.notCarried.push({ path, message: "This is no list, so the rule applies to every call." });
    return {};
  }
  const when = raw.flatMap((entry, index) => {
    const read = readCondition(entry);
    if (read.ok) return [read.condition];
    const message = `${read.message} The rule applies without it.`;
    into.notCarried.push({ path: `${path}[${index}]`, message });
    return [];
  });
  return when.length === 0 ? {} : { when };
}

/** `30m`, as Go writes durations of one unit; null outside what a rule may say. */
function readDuration(text: unknown): number | null {
  const [, amount, unit] = /^(\d{1,5})(s|m|h)$/.exec(String(text)) ?? [];
  const seconds = Number(amount) * (unit === "h" ? 3_600 : unit === "m" ? 60 : 1);
  return ApprovalRule.safeParse({ request_expires: seconds }).success ? seconds : null;
}

function addLimit(read: ReadLimit, path: string, into: Translation): void {
  if (read.ok) into.limits.push(read.limit);
  else block(into, path, read.message);
}

function refuseOthers(
  fields: ReadonlyMap<string, unknown>,
  known: readonly string[],
  path: string,
  into: Translation,
): void {
  for (const key of fields.keys()) {
    if (!known.includes(key)) block(into, `${path}.${key}`, `“${key}” is not known here.`);
  }
}

function eachOf(
  value: unknown,
  path: string,
  into: Translation,
  visit: (entry: unknown, path: string) => void,
): void {
  if (value === undefined) return;
  if (!Array.isArray(value)) {
    block(into, path, "This is no list.");
    return;
  }
  for (const [index, entry] of value.entries()) visit(entry, `${path}[${index}]`);
}

function readFields(value: unknown): Map<string, unknown> | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  return new Map(Object.entries(value));
}

function reasonOf(text: unknown): { reason?: string } {
  if (typeof text !== "string" || text === "") return {};
  return { reason: text.slice(0, 500).toWellFormed() };
}
