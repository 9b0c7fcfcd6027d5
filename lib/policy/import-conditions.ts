import { z } from "zod";
import { Condition } from "./condition-schema.ts";

export type ReadCondition = { ok: true; condition: Condition } | { ok: false; message: string };

const Foreign = z.strictObject({ path: z.string(), op: z.string(), value: z.unknown().optional() });
const root = "args.";

/**
 * Reads a condition of PolicyLayer or Intercept. Their paths begin with `args.` and know neither
 * lists nor wildcards; their `regex` finds its pattern anywhere in the text.
 */
export function readCondition(raw: unknown): ReadCondition {
  const parsed = Foreign.safeParse(raw);
  if (!parsed.success) return failed("This is no condition of path, op and value.");
  const { path, op, value } = parsed.data;
  if (!path.startsWith(root)) return failed(`The path ${path} does not lead into the arguments.`);
  if (/[[\]*]/.test(path)) return failed(`The path ${path} means another place here.`);
  const translated = { path: path.slice(root.length), ...translateTest(op, value) };
  const condition = Condition.safeParse(translated);
  if (condition.success) return { ok: true, condition: condition.data };
  return failed(`The condition ${op} on ${path} cannot be said here.`);
}

/** The condition that is true where this one is false; null where no operator says that. */
export function negateCondition(condition: Condition): Condition | null {
  switch (condition.op) {
    case "eq":
      return { ...condition, op: "neq" };
    case "neq":
      return { ...condition, op: "eq" };
    case "in":
      return { ...condition, op: "not_in" };
    case "not_in":
      return { ...condition, op: "in" };
    case "lt":
      return { ...condition, op: "gte" };
    case "lte":
      return { ...condition, op: "gt" };
    case "gt":
      return { ...condition, op: "lte" };
    case "gte":
      return { ...condition, op: "lt" };
    case "exists":
      return { ...condition, value: !condition.value };
    case "command_in":
      return { ...condition, op: "command_not_in" };
    case "command_not_in":
      return { ...condition, op: "command_in" };
    case "contains":
    case "starts_with":
    case "ends_with":
    case "matches":
    case "length":
      return null;
  }
}

function translateTest(op: string, value: unknown): { op: string; value: unknown } {
  switch (op) {
    case "regex":
      // Ours matches whole texts only.
      return { op: "matches", value: `(?s:.*)(?:${String(value)})(?s:.*)` };
    case "exists":
      return { op, value: value ?? true };
    default:
      return { op, value };
  }
}

function failed(message: string): ReadCondition {
  return { ok: false, message };
}
