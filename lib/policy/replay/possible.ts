import type { Condition } from "../condition-schema.ts";
import { type CompiledCondition, type Quantifier, textMaxLength } from "../conditions.ts";
import type { Path } from "../path.ts";
import { isTakenFor, type SpelledPath } from "../spelling.ts";
import { both, either, not, type Verdict } from "../verdict.ts";
import { type ArgumentsShape, anything, type Shape } from "./shape.ts";

/** The verdicts that a condition can have for some value of a shape; perhaps too many, never too few. */
export type Verdicts = readonly Verdict[];

const unknown: Verdicts = [true, false, "indeterminate"];
const trueOrFalse: Verdicts = [true, false];
const indeterminate: Verdicts = ["indeterminate"];

/** Every verdict that {@link judge} can give for arguments of this shape. */
export function possibleVerdicts(
  condition: CompiledCondition,
  shape: ArgumentsShape,
  quantifier: Quantifier,
): Verdicts {
  const spelling = spellingOf(condition, shape);
  if (spelling === "other") return indeterminate;
  const found = valuesAt(shape, condition.path);
  if (found === null) return unknown;
  const combine = quantifier === "any" ? either : both;
  const verdicts = found
    .map((value) => verdictsFor(condition.source, value))
    .reduce((left, right) => combineAll(left, right, combine));
  return spelling === "exact" ? verdicts : [...new Set([...verdicts, ...indeterminate])];
}

/** Whether an argument is given under a name that may be taken for the one the condition reads. */
export type SpellingOfShape = "exact" | "other" | "unknown";

/** Whether {@link judge} finds another spelling in arguments of this shape. */
export function spellingOf({ spelled }: CompiledCondition, shape: Shape): SpellingOfShape {
  const found = spelled.map((path) => spellingAt(shape, path, 0));
  return found.includes("other") ? "other" : found.includes("unknown") ? "unknown" : "exact";
}

function spellingAt(shape: Shape | undefined, path: SpelledPath, index: number): SpellingOfShape {
  const segment = path[index];
  if (segment === undefined || shape === undefined) return "exact";
  if (shape.type === "anything") return "unknown";
  if (shape.type === "array") {
    if (typeof segment === "object") return "exact";
    const items =
      segment === "*"
        ? shape.items.map((item) => spellingAt(item, path, index + 1))
        : [spellingAt(valueAt(shape, segment), path, index + 1)];
    if (items.includes("other")) return "other";
    const isCut = segment === "*" && shape.items.length < shape.length;
    return isCut || items.includes("unknown") ? "unknown" : "exact";
  }
  if (shape.type !== "object" || typeof segment !== "object") return "exact";
  if ([...shape.keys.keys()].some((key) => isTakenFor(key, segment))) return "other";
  const below = spellingAt(shape.keys.get(segment.text), path, index + 1);
  return shape.open && below === "exact" ? "unknown" : below;
}

/** The verdict of several conditions that must all hold. */
export function allOf(verdicts: readonly Verdicts[]): Verdicts {
  return verdicts.reduce((left, right) => combineAll(left, right, both), [true]);
}

/**
 * The values at a path; undefined where there is none. Null when it is not even known how many.
 */
export function valuesAt(shape: Shape, path: Path): (Shape | undefined)[] | null {
  let found: (Shape | undefined)[] = [shape];
  for (const segment of path) {
    const next: (Shape | undefined)[] = [];
    for (const value of found) {
      if (segment !== "*") {
        next.push(valueAt(value, segment));
        continue;
      }
      const elements = elementsOf(value);
      if (elements === null) return null;
      next.push(...elements);
    }
    found = next;
  }
  return found;
}

function valueAt(value: Shape | undefined, segment: string | number): Shape | undefined {
  if (value?.type === "anything") return anything;
  if (value?.type === "array") {
    if (typeof segment !== "number" || segment >= value.length) return undefined;
    return value.items[segment] ?? anything;
  }
  if (value?.type !== "object" || typeof segment !== "string") return undefined;
  return value.keys.get(segment) ?? (value.open ? anything : undefined);
}

function elementsOf(value: Shape | undefined): (Shape | undefined)[] | null {
  if (value?.type === "anything") return null;
  if (value?.type !== "array" || value.length === 0) return [undefined];
  return value.items.length < value.length ? null : [...value.items];
}

function combineAll(
  left: Verdicts,
  right: Verdicts,
  combine: (left: Verdict, right: Verdict) => Verdict,
): Verdicts {
  return [...new Set(left.flatMap((one) => right.map((other) => combine(one, other))))];
}

function verdictsFor(condition: Condition, value: Shape | undefined): Verdicts {
  if (value?.type === "anything") return unknown;
  switch (condition.op) {
    case "exists":
      return [(value !== undefined && value.type !== "null") === condition.value];
    case "lt":
    case "lte":
    case "gt":
    case "gte":
      return value?.type === "number" ? trueOrFalse : indeterminate;
    case "length": {
      const { of, min = 0, max = Number.POSITIVE_INFINITY } = condition.value;
      const isMeasured = value?.type === (of === "list" ? "array" : "string");
      if (!isMeasured || !("length" in value)) return indeterminate;
      return [value.length >= min && value.length <= max];
    }
    case "neq":
      return verdictsFor({ ...condition, op: "eq" }, value).map(not);
    case "not_in":
      return verdictsFor({ ...condition, op: "in" }, value).map(not);
    case "eq":
      return membership([condition.value], condition, value);
    case "in":
      return membership(condition.value, condition, value);
    case "contains":
    case "starts_with":
    case "ends_with":
      return text(value, condition, (length) =>
        length < condition.value.length ? [false] : trueOrFalse,
      );
    case "matches":
    case "command_in":
    case "command_not_in":
      return text(value, { ignore_case: true }, () => unknown);
  }
}

function membership(
  values: readonly (string | number | boolean)[],
  options: { ignore_case?: boolean; trim?: boolean },
  value: Shape | undefined,
): Verdicts {
  if (values.every((each) => typeof each === "string")) {
    return text(value, options, (length) =>
      values.some((each) => each.length === length) ? trueOrFalse : [false],
    );
  }
  return value?.type === typeof values[0] ? trueOrFalse : indeterminate;
}

/** What can be said of a text by its length alone; not where case or spaces are read in many ways. */
function text(
  value: Shape | undefined,
  options: { ignore_case?: boolean; trim?: boolean },
  byLength: (length: number) => Verdicts,
): Verdicts {
  if (value?.type !== "string" || value.length > textMaxLength) return indeterminate;
  return options.ignore_case === true || options.trim === true ? unknown : byLength(value.length);
}
