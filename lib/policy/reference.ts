import { RE2JS } from "re2js";
import type { Condition } from "./condition-schema.ts";
import {
  type AccessRule,
  asList,
  type ClassRule,
  type PolicyDocument,
  type Rule,
} from "./document.ts";
import { limitObligations } from "./limits.ts";
import type {
  AccessTarget,
  ApprovalOptions,
  Decision,
  JsonValue,
  Obligation,
  PolicyCall,
  RateLimit,
} from "./types.ts";

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
    if (action === "require_approval") {
      const asking = speaking.length > 0 ? speaking : classes;
      const options = demands(asking.map(({ rule }) => rule));
      if (options === "nobody") return { effect: "deny", ...decided, obligations: [] };
      obligations.push({ kind: "approval", ...decided, options });
    }
    return { effect: "allow", ...decided, obligations };
  }
  const obligations = document.default === "allow" ? strictest(limits) : [];
  return { effect: document.default, rule: "default", reason: null, obligations };
}

/** What all rules that ask for approval demand; a person has to satisfy each of them. */
function demands(rules: readonly (Rule | ClassRule)[]): ApprovalOptions | "nobody" {
  const asked = rules.flatMap((rule) =>
    rule.action === "require_approval" ? [rule.approval ?? {}] : [],
  );
  const options: ApprovalOptions = {};
  const limiting = asked.flatMap(({ approvers }) => approvers ?? []);
  if (limiting.length > 0) {
    const roles = (limiting[0]?.roles ?? []).filter((role) => {
      return limiting.every((each) => each.roles?.includes(role));
    });
    const members = (limiting[0]?.members ?? []).filter((member) => {
      return limiting.every((each) => each.members?.includes(member));
    });
    if (roles.length + members.length === 0) return "nobody";
    options.approvers = {};
    if (roles.length > 0) options.approvers.roles = roles;
    if (members.length > 0) options.approvers.members = members;
  }
  const most = (field: "count") => Math.max(...asked.map((each) => each[field] ?? 0));
  const least = (field: "request_expires" | "approval_expires") =>
    Math.min(...asked.map((each) => each[field] ?? Number.POSITIVE_INFINITY));
  if (most("count") > 0) options.count = most("count");
  if (least("request_expires") < 1e9) options.request_expires = least("request_expires");
  if (least("approval_expires") < 1e9) options.approval_expires = least("approval_expires");
  const message = asked.find((each) => each.message !== undefined)?.message;
  if (message !== undefined) options.message = message;
  const exclude = (["editor", "requester"] as const).filter((who) => {
    return asked.some((each) => each.exclude?.includes(who));
  });
  if (exclude.length > 0) options.exclude = exclude;
  return options;
}

/** Whether a prompt may be got or a resource read, written a second time. */
export function referenceAccess(
  document: PolicyDocument,
  { kind, name }: AccessTarget,
): Omit<Decision, "explanation"> & { listed: boolean } {
  const section = kind === "prompt" ? "prompts" : "resources";
  const speaking = namedAccessRules(document, section, name);
  for (const action of ["hide", "deny", "allow"] as const) {
    const decider = speaking.find(({ rule }) => rule.action === action);
    if (decider === undefined) continue;
    const reason = decider.rule.reason ?? null;
    const listed = action !== "hide";
    return { effect: action, rule: decider.name, reason, obligations: [], listed };
  }
  const listed = document.default === "allow";
  return { effect: document.default, rule: "default", reason: null, obligations: [], listed };
}

function namedAccessRules(
  document: PolicyDocument,
  section: "prompts" | "resources",
  target: string,
): { name: string; rule: AccessRule }[] {
  const entries = Object.entries(document[section] ?? {});
  return [...entries.filter(([key]) => !isGlob(key)), ...entries.filter(([key]) => isGlob(key))]
    .filter(([key]) => keyMatches(key, target))
    .flatMap(([key, rules]) => {
      if (!Array.isArray(rules)) return [{ name: `${section}.${key}`, rule: rules }];
      return rules.map((rule, index) => ({ name: `${section}.${key}[${index}]`, rule }));
    });
}

function isGlob(key: string): boolean {
  return key.replace(/\\./gs, "").includes("*");
}

function namedRules(document: PolicyDocument, tool: string) {
  const entries = Object.entries(document.tools ?? {});
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
  if (takenForAnother(args, steps)) return "unknown";
  if ("joined_with" in condition && condition.joined_with !== undefined) {
    const more = condition.joined_with.replaceAll("[", ".[").split(".");
    if (takenForAnother(args, more)) return "unknown";
  }
  const answers = valuesAt(args, steps).map((value) => {
    if (condition.op === "command_in") return commandAnswer(condition, value, args);
    if (condition.op === "command_not_in") return opposite(commandAnswer(condition, value, args));
    return answerFor(condition, value);
  });
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

/** Whether some name on the way could be read as the one that is looked for. */
function takenForAnother(value: JsonValue | undefined, steps: readonly string[]): boolean {
  const [step, ...rest] = steps;
  if (step === undefined || value === null || typeof value !== "object") return false;
  if (Array.isArray(value)) {
    if (step === "[*]") return value.some((item) => takenForAnother(item, rest));
    return step.startsWith("[") && takenForAnother(value[Number(step.slice(1, -1))], rest);
  }
  if (step.startsWith("[")) return false;
  const loose = (name: string) =>
    [...name.normalize("NFKC").toLowerCase()].filter((each) => !/[\s_-]/.test(each)).join("");
  return Object.entries(value).some(([key, member]) => {
    if (key === step) return takenForAnother(member, rest);
    return key.length - step.length <= 4 && loose(key) === loose(step);
  });
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
    case "command_in":
    case "command_not_in":
      throw new Error("A command is read over two places.");
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

/** Reads the words in every way, and where the rest is unknown, with every rest that matters. */
function commandAnswer(
  condition: Extract<Condition, { op: "command_in" | "command_not_in" }>,
  value: JsonValue | undefined,
  args: JsonValue,
): Answer {
  if (typeof value !== "string" || value.length > 65_536) return "unknown";
  const folds = condition.ignore_case ? ["lower", "upper", "both"] : ["none"];
  const rest =
    condition.joined_with === undefined
      ? undefined
      : valuesAt(args, condition.joined_with.replaceAll("[", ".[").split("."))[0];
  const listed = Array.isArray(rest) ? rest : [];
  const broken = listed.findIndex((each) => typeof each !== "string" || each.length > 65_536);
  const texts = broken === -1 ? listed : listed.slice(0, broken);
  const open = broken !== -1 || !(rest === undefined || rest === null || Array.isArray(rest));
  const commands = condition.value.map((command) => command.split(" "));
  const answers = new Set<boolean>();
  for (const spaces of [/[ \t\n\v\f\r]+/, new RegExp(`[${wide}]+`, "u")]) {
    for (const fold of folds) {
      const folded = (words: readonly string[]) => words.map((word) => foldText(word, fold));
      const words = folded([value, ...texts].flatMap((text) => String(text).split(spaces))).filter(
        (word) => word !== "",
      );
      // "\0" is no word of any command.
      const rests = open ? [["\0"], ...commands.map((each) => each.slice(words.length))] : [[]];
      for (const end of rests) {
        const all = [...words, ...folded(end)];
        answers.add(
          commands.some((each) => {
            return folded(each).every((word, index) => word === all[index]);
          }),
        );
      }
    }
  }
  return answers.size === 1 ? yesIf(answers.has(true)) : "unknown";
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
