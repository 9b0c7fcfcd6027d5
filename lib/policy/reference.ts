import { RE2JS } from "re2js";
import type { Condition } from "./condition-schema.ts";
import { asList, type PolicyDocument, type Rule } from "./document.ts";
import { limitObligations } from "./limits.ts";
import type { Decision, JsonValue, Obligation, PolicyCall, RateLimit } from "./types.ts";

/**
 * The policy's meaning, written a second time without regard for speed: no compilation, no index,
 * no budget, other code for paths, texts and keys. Only tests use it; they hold the evaluator
 * against it call by call.
 */
export function referenceDecision(
  document: PolicyDocument,
  { tool, arguments: args }: PolicyCall,
): Omit<Decision, "explanation"> {
  const own = namedRules(document, tool.name);
  const classes = [tool.category, tool.riskClass].flatMap((name) => {
    const rule = document.classes?.[name];
    return rule === undefined ? [] : [{ name: `classes.${name}`, target: `classes.${name}`, rule }];
  });
  const everywhere = asList<RateLimit>(document.all_tools?.rate_limit);
  const limits = limitObligations("all_tools", "all_tools", [], everywhere);

  for (const { name, target, rule } of own) {
    if (!("rate_limit" in rule)) continue;
    const when = rule.when ?? [];
    const mayHold = when.every((condition) => holds(condition, args, "some") !== "no");
    if (mayHold) limits.push(...limitObligations(target, name, when, asList(rule.rate_limit)));
  }
  const speaking = own.filter(({ rule }) => {
    const when = rule.when ?? [];
    if (rule.action === "allow") return when.every((each) => holds(each, args, "all") === "yes");
    return when.every((each) => holds(each, args, "some") !== "no");
  });
  if (speaking.length === 0) {
    for (const { name, target, rule } of classes) {
      if (!("rate_limit" in rule)) continue;
      limits.push(...limitObligations(target, name, [], asList(rule.rate_limit)));
    }
  }
  for (const action of ["hide", "deny", "require_approval", "allow"]) {
    const decider = (speaking.length > 0 ? speaking : classes).find(
      ({ rule }) => rule.action === action,
    );
    if (decider === undefined) continue;
    const decided = { rule: decider.name, reason: decider.rule.reason ?? null };
    if (action === "hide") return { effect: "hide", ...decided, obligations: [] };
    if (action === "deny") return { effect: "deny", ...decided, obligations: [] };
    const obligations: Obligation[] = strictest(limits);
    if (action === "require_approval") obligations.push({ kind: "approval", ...decided });
    return { effect: "allow", ...decided, obligations };
  }
  const obligations = document.default === "allow" ? strictest(limits) : [];
  return { effect: document.default, rule: "default", reason: null, obligations };
}

function namedRules(document: PolicyDocument, tool: string) {
  const entries = Object.entries(document.tools ?? {});
  const isGlob = (key: string) => key.replace(/\\./gs, "").includes("*");
  return [...entries.filter(([key]) => !isGlob(key)), ...entries.filter(([key]) => isGlob(key))]
    .filter(([key]) => keyMatches(key, tool))
    .flatMap(([key, rules]) => {
      const target = `tools.${key}`;
      if (!Array.isArray(rules)) return [{ name: target, target, rule: rules }];
      return rules.map((rule: Rule, index) => ({ name: `${target}[${index}]`, target, rule }));
    });
}

function keyMatches(key: string, name: string): boolean {
  if (key === "") return name === "";
  const [head = "", tail] = [key.charAt(0), key.slice(1)];
  if (head === "*")
    return keyMatches(tail, name) || (name !== "" && keyMatches(key, name.slice(1)));
  if (head === "\\")
    return name.startsWith(key.charAt(1)) && keyMatches(key.slice(2), name.slice(1));
  return name.startsWith(head) && keyMatches(tail, name.slice(1));
}

type Answer = "yes" | "no" | "unknown";

function holds(condition: Condition, args: JsonValue, elements: "some" | "all"): Answer {
  const steps = condition.path.replaceAll("[", ".[").split(".");
  const answers = valuesAt(args, steps).map((value) => answerFor(condition, value));
  const decisive = elements === "some" ? "yes" : "no";
  if (answers.includes(decisive)) return decisive;
  const [first = "unknown"] = answers;
  return answers.every((answer) => answer === first) ? first : "unknown";
}

function valuesAt(
  value: JsonValue | undefined,
  steps: readonly string[],
): (JsonValue | undefined)[] {
  const [step, ...rest] = steps;
  if (step === undefined) return [value];
  if (step.startsWith("[")) {
    if (!Array.isArray(value)) return [undefined];
    if (step !== "[*]") return valuesAt(value[Number(step.slice(1, -1))], rest);
    return value.length === 0 ? [undefined] : value.flatMap((item) => valuesAt(item, rest));
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) return [undefined];
  const entry = Object.entries(value).find(([key]) => key === step);
  return valuesAt(entry?.[1], rest);
}

function answerFor(condition: Condition, value: JsonValue | undefined): Answer {
  switch (condition.op) {
    case "exists":
      return yesIf((value !== undefined && value !== null) === condition.value);
    case "lt":
      return typeof value === "number" ? yesIf(value < condition.value) : "unknown";
    case "lte":
      return typeof value === "number" ? yesIf(value <= condition.value) : "unknown";
    case "gt":
      return typeof value === "number" ? yesIf(value > condition.value) : "unknown";
    case "gte":
      return typeof value === "number" ? yesIf(value >= condition.value) : "unknown";
    case "length": {
      const { of, min = 0, max = Number.MAX_VALUE } = condition.value;
      const fits = of === "list" ? Array.isArray(value) : typeof value === "string";
      const length = Array.isArray(value) || typeof value === "string" ? value.length : 0;
      return fits ? yesIf(min <= length && length <= max) : "unknown";
    }
    case "neq":
    case "not_in":
      return opposite(
        answerFor({ ...condition, op: "in", value: [condition.value].flat() }, value),
      );
    case "eq":
      return answerFor({ ...condition, op: "in", value: [condition.value] }, value);
    case "in":
      if (typeof condition.value[0] === "string") return answerText(condition, value);
      if (typeof value !== typeof condition.value[0]) return "unknown";
      return yesIf(condition.value.some((wanted) => wanted === value));
    default:
      return answerText(condition, value);
  }
}

type TextCondition = Extract<
  Condition,
  { op: "in" | "contains" | "starts_with" | "ends_with" | "matches" }
>;

/** Reads the text in every way an upstream may; unknown unless all readings agree. */
function answerText(condition: TextCondition, value: JsonValue | undefined): Answer {
  if (typeof value !== "string" || value.length > 65_536) return "unknown";
  const trims = condition.trim ? [narrowEdges, wideEdges] : [/(?!)/g];
  const folds = condition.ignore_case ? ["lower", "upper", "both"] : ["none"];
  const answers = new Set<boolean>();
  for (const edges of trims) {
    const text = value.replace(edges, "");
    for (const fold of folds) {
      const wanted = [condition.value].flat().map((item) => foldText(String(item), fold));
      answers.add(textHolds(condition, foldText(text, fold), wanted));
    }
  }
  if (answers.size !== 1) return "unknown";
  return yesIf(answers.has(true));
}

const narrowEdges = /^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g;
const wide =
  "\\p{Cc} \\u00a0\\u00ad\\u1680\\u180e\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u3000\\ufeff";
const wideEdges = new RegExp(`^[${wide}]+|[${wide}]+$`, "gu");

function foldText(text: string, fold: string): string {
  if (fold === "lower") return text.toLowerCase();
  if (fold === "upper") return text.toUpperCase();
  if (fold === "none") return text;
  return text.toUpperCase().toLowerCase().split("i\u0307").join("i");
}

function textHolds({ op, value, ignore_case }: TextCondition, text: string, wanted: string[]) {
  const [only = ""] = wanted;
  if (op === "in") return wanted.includes(text);
  if (op === "contains") return text.split(only).length > 1;
  if (op === "starts_with") return text.slice(0, only.length) === only;
  if (op === "ends_with") return only === text.slice(Math.max(0, text.length - only.length));
  return RE2JS.compile(value, ignore_case ? RE2JS.CASE_INSENSITIVE : 0).testExact(text);
}

function yesIf(condition: boolean): Answer {
  return condition ? "yes" : "no";
}

function opposite(answer: Answer): Answer {
  if (answer === "unknown") return answer;
  return answer === "yes" ? "no" : "yes";
}

function strictest(limits: ReturnType<typeof limitObligations>): Obligation[] {
  const keys = [...new Set(limits.map(({ limitKey }) => limitKey))].sort();
  return keys.flatMap((key) => {
    const same = limits.filter(({ limitKey }) => limitKey === key);
    const least = Math.min(...same.map(({ max }) => max));
    const named = same
      .filter(({ max }) => max === least)
      .sort((a, b) => (a.rule > b.rule ? 1 : -1));
    return named.slice(0, 1);
  });
}
