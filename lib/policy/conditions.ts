import type { Condition } from "./condition-schema.ts";
import { comparisonLenses, isPlain, patternLenses, type TextOptions } from "./lens.ts";
import { isList, type Path, parsePath, valueAt, visitPath } from "./path.ts";
import { compilePattern } from "./pattern.ts";
import { isMisspelled, type SpelledPath, spell } from "./spelling.ts";
import type { JsonObject, JsonValue } from "./types.ts";
import { both, either, not, type Verdict } from "./verdict.ts";
import { commandTest } from "./words.ts";
import { spend, type Work } from "./work.ts";

/** Texts longer than this are indeterminate for every operator but `exists` and `length`. */
export const textMaxLength = 65_536;

type Found = JsonValue | undefined;
type Test = (found: Found, work: Work, args: JsonObject) => Verdict;

export interface CompiledCondition {
  readonly source: Condition;
  readonly path: Path;
  /** Every place it reads, to be held against other spellings. */
  readonly spelled: readonly SpelledPath[];
  /** Whether the path has a `[*]`. */
  readonly many: boolean;
  readonly test: Test;
}

/**
 * How the elements under `[*]` are taken together. A restriction needs one element, a permission
 * needs every one; so neither an added nor a removed element can turn a refusal into a permission.
 */
export type Quantifier = "any" | "every";

export interface Judgement {
  readonly verdict: Verdict;
  /** Another name stands beside or instead of the argument's that may be taken for it. */
  readonly isMisspelled?: true;
  /** The value that decided; only its type may be told. */
  readonly found: Found;
}

/** Compiles one condition, its pattern included. Throws when path or pattern cannot be used. */
export function compileCondition(source: Condition): CompiledCondition {
  const path = parsePath(source.path);
  if (path === null) throw new Error("This is no path into the arguments.");
  const more = "joined_with" in source ? parsePath(source.joined_with ?? "") : null;
  return {
    source,
    path,
    spelled: more === null ? [spell(path)] : [spell(path), spell(more)],
    many: path.includes("*"),
    test: compileTest(source),
  };
}

/** Judges one condition. Total for any JSON; throws only WorkExceeded. */
export function judge(
  condition: CompiledCondition,
  args: JsonObject,
  quantifier: Quantifier,
  work: Work,
): Judgement {
  const { path, many, test } = condition;
  for (const each of condition.spelled) {
    if (isMisspelled(args, each, work)) {
      return { verdict: "indeterminate", isMisspelled: true, found: undefined };
    }
  }
  if (!many) {
    const found = valueAt(args, path);
    return { verdict: test(found, work, args), found };
  }
  const combine = quantifier === "any" ? either : both;
  const judgements: Judgement[] = [];
  visitPath(args, path, (found) => {
    spend(work, 1);
    const verdict = test(found, work, args);
    const before = judgements[0];
    const after = before === undefined ? verdict : combine(before.verdict, verdict);
    if (after !== before?.verdict) judgements[0] = { verdict: after, found };
  });
  return judgements[0] ?? { verdict: "indeterminate", found: undefined };
}

function compileTest(condition: Condition): Test {
  switch (condition.op) {
    case "eq":
      return memberTest([condition.value], condition);
    case "neq":
      return negate(memberTest([condition.value], condition));
    case "in":
      return memberTest(condition.value, condition);
    case "not_in":
      return negate(memberTest(condition.value, condition));
    case "lt":
      return numberTest((value) => value < condition.value);
    case "lte":
      return numberTest((value) => value <= condition.value);
    case "gt":
      return numberTest((value) => value > condition.value);
    case "gte":
      return numberTest((value) => value >= condition.value);
    case "exists":
      // `null` is how most callers spell "not given".
      return (found) => (found !== undefined && found !== null) === condition.value;
    case "contains":
      return partTest(condition, (text, part) => text.includes(part));
    case "starts_with":
      return partTest(condition, (text, part) => text.startsWith(part));
    case "ends_with":
      return partTest(condition, (text, part) => text.endsWith(part));
    case "matches":
      return patternTest(condition);
    case "length":
      return lengthTest(condition.value);
    case "command_in":
    case "command_not_in":
      return commandTest(condition);
  }
}

function negate(test: Test): Test {
  return (found, work, args) => not(test(found, work, args));
}

function numberTest(holds: (value: number) => boolean): Test {
  return (found) => (typeof found === "number" ? holds(found) : "indeterminate");
}

function memberTest(values: readonly (string | number | boolean)[], options: TextOptions): Test {
  const texts = values.filter((value) => typeof value === "string");
  if (texts.length === values.length) {
    const views = comparisonLenses(options).map(({ fold, trim }) => {
      const members = new Set(texts.map(fold));
      return (text: string) => members.has(fold(trim(text)));
    });
    return textTest(views, lookCost(options), texts.every(isPlain));
  }
  const members = new Set<Found>(values);
  const type = typeof values[0];
  return (found) => (typeof found === type ? members.has(found) : "indeterminate");
}

function partTest(
  condition: TextOptions & { op: Condition["op"]; value: string },
  holds: (text: string, part: string) => boolean,
): Test {
  const views = comparisonLenses(condition).map(({ fold, trim }) => {
    const part = fold(condition.value);
    return (text: string) => holds(fold(trim(text)), part);
  });
  const searchCost = condition.op === "contains" ? condition.value.length / 256 : 0;
  return textTest(views, lookCost(condition) + searchCost, isPlain(condition.value));
}

function patternTest(condition: TextOptions & { value: string }): Test {
  const pattern = compilePattern(condition.value, condition.ignore_case === true);
  const views = patternLenses(condition).map(({ fold, trim }) => {
    return (text: string, work: Work) => pattern.matches(fold(trim(text)), work);
  });
  return textTest(views, lookCost(condition), false);
}

/** Units of work for one character seen through one lens, from measurement. */
function lookCost(options: TextOptions): number {
  return options.ignore_case === true || options.trim === true ? 1 / 4 : 1 / 64;
}

/**
 * Certain only where every view of the text says the same. With `plain` texts in the policy and in
 * the argument they always do, so one view is enough.
 */
function textTest(views: readonly View[], costPerCharacter: number, plain: boolean): Test {
  const [firstView, ...otherViews] = views;
  if (firstView === undefined) throw new Error("A text test has at least one view.");
  return (found, work) => {
    if (typeof found !== "string" || found.length > textMaxLength) return "indeterminate";
    spend(work, found.length * views.length * costPerCharacter);
    const verdict = firstView(found, work);
    if (otherViews.length === 0 || (plain && isPlain(found))) return verdict;
    const agreed = otherViews.every((view) => view(found, work) === verdict);
    return agreed ? verdict : "indeterminate";
  };
}

type View = (text: string, work: Work) => Verdict;

function lengthTest(range: { of: "text" | "list"; min?: number; max?: number }): Test {
  const { min = 0, max = Number.POSITIVE_INFINITY } = range;
  return (found) => {
    const measured = range.of === "list" ? isList(found) : typeof found === "string";
    if (!measured) return "indeterminate";
    const { length } = found as string | readonly JsonValue[]; // just tested
    return length >= min && length <= max;
  };
}

/** How an explanation names a value without telling it: "a string", "missing". */
export function kindOf({ found, isMisspelled }: Judgement): string {
  return isMisspelled ? "given under a name that may be taken for it" : typeName(found);
}

function typeName(found: Found): string {
  if (found === undefined) return "missing";
  if (found === null) return "null";
  if (isList(found)) return "an array";
  if (typeof found === "object") return "an object";
  if (typeof found !== "string") return `a ${typeof found}`;
  return found.length > textMaxLength ? "a string too long to judge" : "a string";
}
