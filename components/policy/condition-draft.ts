import { Condition, type Operator } from "#lib/policy/condition-schema.ts";

/** A condition while it is typed: every value as text, nothing checked yet. */
export interface ConditionDraft {
  id: string;
  path: string;
  /** Only for commands: the list that continues the path. */
  joinedWith: string;
  op: Operator;
  /** What the value is written as; only equality and membership take all three. */
  type: ValueType;
  /** One value, or one on each line. */
  text: string;
  given: boolean;
  of: "text" | "list";
  min: string;
  max: string;
  ignoreCase: boolean | undefined;
  trim: boolean | undefined;
}

export type ValueType = "text" | "number" | "boolean";

export type ReadCondition = { ok: true; condition: Condition } | { ok: false; problem: string };

/**
 * A draft that says what the condition says; null when only YAML can spell it: values of several
 * lines, and the empty text, which a form cannot tell from a value that is still to be written.
 */
export function draftOfCondition(condition: Condition, id: string): ConditionDraft | null {
  const { path, op } = condition;
  const draft = { ...emptyCondition(id), path, op };
  draft.ignoreCase = "ignore_case" in condition ? condition.ignore_case : undefined;
  draft.trim = "trim" in condition ? condition.trim : undefined;
  if ("joined_with" in condition) draft.joinedWith = condition.joined_with ?? "";
  if (condition.op === "exists") return { ...draft, given: condition.value };
  if (condition.op === "length") {
    const { of, min, max } = condition.value;
    return { ...draft, of, min: numberText(min), max: numberText(max) };
  }
  const values = Array.isArray(condition.value) ? condition.value : [condition.value];
  const isUnclear = (value: string | number | boolean) =>
    typeof value === "string" && (/[\n\r]/.test(value) || value === "");
  if (values.some(isUnclear)) return null;
  return { ...draft, type: typeOf(values[0]), text: values.map(String).join("\n") };
}

/** Where a new condition begins. */
export function emptyCondition(id: string): ConditionDraft {
  return {
    id,
    path: "",
    joinedWith: "",
    op: "eq",
    type: "text",
    text: "",
    given: true,
    of: "text",
    min: "",
    max: "",
    ignoreCase: undefined,
    trim: undefined,
  };
}

/** Reads a draft as the document's schema does, with its sentences. */
export function conditionOfDraft(draft: ConditionDraft): ReadCondition {
  if (draft.path === "") return { ok: false, problem: "Choose an argument." };
  const value = valueIn(draft);
  if (value === undefined) return { ok: false, problem: missing(draft) };
  const takes = optionsOf(draft.op, draft.type);
  const parsed = Condition.safeParse({
    path: draft.path,
    op: draft.op,
    value,
    ...(takes.joinedWith && draft.joinedWith !== "" && { joined_with: draft.joinedWith }),
    ...(takes.ignoreCase && draft.ignoreCase !== undefined && { ignore_case: draft.ignoreCase }),
    ...(takes.trim && draft.trim !== undefined && { trim: draft.trim }),
  });
  if (parsed.success) return { ok: true, condition: parsed.data };
  return { ok: false, problem: parsed.error.issues[0]?.message ?? "This cannot be used." };
}

/** Which options go with an operator; the same for text as in the document's schema. */
export function optionsOf(op: Operator, type: ValueType) {
  const isEquality = op === "eq" || op === "neq" || op === "in" || op === "not_in";
  const isText =
    (isEquality && type === "text") ||
    ["contains", "starts_with", "ends_with", "matches"].includes(op);
  const isCommand = op === "command_in" || op === "command_not_in";
  return { ignoreCase: isText || isCommand, trim: isText, joinedWith: isCommand };
}

/** Whether an operator takes several values, one on each line. */
export function takesList(op: Operator): boolean {
  return ["in", "not_in", "command_in", "command_not_in"].includes(op);
}

/** Whether the operator leaves open what its value is written as. */
export function takesAnyType(op: Operator): boolean {
  return ["eq", "neq", "in", "not_in"].includes(op);
}

function valueIn(draft: ConditionDraft): unknown {
  switch (draft.op) {
    case "exists":
      return draft.given;
    case "length": {
      const [min, max] = [optionalNumber(draft.min), optionalNumber(draft.max)];
      if (Number.isNaN(min) || Number.isNaN(max)) return undefined;
      return { of: draft.of, ...(min !== null && { min }), ...(max !== null && { max }) };
    }
    case "lt":
    case "lte":
    case "gt":
    case "gte":
      return numberOf(draft.text);
    case "eq":
    case "neq":
      return typed(draft.text, draft.type);
    case "in":
    case "not_in":
    case "command_in":
    case "command_not_in": {
      const type = takesAnyType(draft.op) ? draft.type : "text";
      const lines = draft.text.split("\n").filter((line) => line !== "");
      const values = lines.map((line) => typed(line, type));
      return values.length === 0 || values.includes(undefined) ? undefined : values;
    }
    case "contains":
    case "starts_with":
    case "ends_with":
    case "matches":
      return draft.text === "" ? undefined : draft.text;
  }
}

function typed(text: string, type: ValueType): string | number | boolean | undefined {
  if (type === "text") return text === "" ? undefined : text;
  if (type === "number") return numberOf(text);
  return text === "true" ? true : text === "false" ? false : undefined;
}

function missing({ op, type }: ConditionDraft): string {
  if (op === "length") return "Write whole numbers.";
  if (takesAnyType(op) && type === "boolean") return "Choose true or false.";
  const isNumber =
    ["lt", "lte", "gt", "gte"].includes(op) || (takesAnyType(op) && type === "number");
  if (isNumber) return takesList(op) ? "Write one number on each line." : "Write a number.";
  return takesList(op) ? "Write one value on each line." : "Write a value.";
}

function numberOf(text: string): number | undefined {
  const value = Number(text);
  return text.trim() === "" || !Number.isFinite(value) ? undefined : value;
}

/** Null for nothing written; NaN for what is no number. */
function optionalNumber(text: string): number | null {
  return text.trim() === "" ? null : (numberOf(text) ?? Number.NaN);
}

function numberText(value: number | undefined): string {
  return value === undefined ? "" : String(value);
}

function typeOf(value: unknown): ValueType {
  return typeof value === "number" ? "number" : typeof value === "boolean" ? "boolean" : "text";
}
