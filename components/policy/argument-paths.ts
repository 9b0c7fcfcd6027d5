import type { Operator } from "#lib/policy/condition-schema.ts";
import { parsePath } from "#lib/policy/path.ts";
import type { JsonObject, JsonValue } from "#lib/policy/types.ts";

export type ArgumentType = "text" | "number" | "boolean" | "list" | "any";

/** A place in a tool's arguments that a condition can speak of. */
export interface ArgumentPath {
  path: string;
  type: ArgumentType;
  /** What the schema allows there; empty: anything of its type. */
  options: (string | number | boolean)[];
}

type Schema = Readonly<Record<string, unknown>>;

const deepest = 4;
const mostPaths = 200;

/** The places that an untrusted JSON Schema describes, as paths of the policy language. */
export function argumentPaths(schema: unknown): ArgumentPath[] {
  const found: ArgumentPath[] = [];
  walk(schema, "", schema, 0, found);
  return found.filter(({ path }) => parsePath(path) !== null);
}

/** Arguments to begin with: what is required, with defaults and first choices where there are any. */
export function exampleArguments(schema: unknown): JsonObject {
  const value = exampleOf(resolve(schema, schema), schema, 0);
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonObject) // neither null nor a list
    : {};
}

/** Which comparisons make sense for a type, the everyday ones first. */
export function operatorsFor(type: ArgumentType): readonly Operator[] {
  return operators[type];
}

export const operatorWords: Readonly<Record<Operator, string>> = {
  eq: "is",
  neq: "is not",
  in: "is one of",
  not_in: "is none of",
  lt: "is less than",
  lte: "is at most",
  gt: "is more than",
  gte: "is at least",
  exists: "is given",
  contains: "contains",
  starts_with: "starts with",
  ends_with: "ends with",
  matches: "matches the pattern",
  length: "has a length",
  command_in: "begins with the command",
  command_not_in: "begins with no command of",
};

const text: readonly Operator[] = [
  ...(["eq", "neq", "in", "not_in", "contains", "starts_with", "ends_with", "matches"] as const),
  ...(["command_in", "command_not_in", "length", "exists"] as const),
];
const order: readonly Operator[] = ["lt", "lte", "gt", "gte"];
const operators: Readonly<Record<ArgumentType, readonly Operator[]>> = {
  text,
  number: ["eq", "neq", ...order, "in", "not_in", "exists"],
  boolean: ["eq", "neq", "exists"],
  list: ["length", "exists"],
  any: [...text, ...order],
};

function walk(value: unknown, path: string, root: unknown, depth: number, found: ArgumentPath[]) {
  const schema = resolve(value, root);
  if (path !== "" && found.length < mostPaths) {
    found.push({ path, type: typeOf(schema), options: optionsOf(schema) });
  }
  if (depth >= deepest || found.length >= mostPaths) return;
  for (const [name, property] of Object.entries(asSchema(schema.properties))) {
    // A name with these characters cannot be written as a path.
    if (/[.[\]*]/.test(name)) continue;
    walk(property, path === "" ? name : `${path}.${name}`, root, depth + 1, found);
  }
  if (schema.items !== undefined && path !== "") {
    walk(schema.items, `${path}[*]`, root, depth + 1, found);
  }
}

function exampleOf(schema: Schema, root: unknown, depth: number): JsonValue {
  if (isJson(schema.default)) return schema.default;
  const [option] = optionsOf(schema);
  if (option !== undefined) return option;
  if (schema.properties !== undefined && depth < deepest) {
    const required = Array.isArray(schema.required) ? schema.required : [];
    const entries = Object.entries(asSchema(schema.properties)).filter(([name]) =>
      required.includes(name),
    );
    return Object.fromEntries(
      entries.map(([name, value]) => [name, exampleOf(resolve(value, root), root, depth + 1)]),
    );
  }
  switch (typeOf(schema)) {
    case "number":
      return typeof schema.minimum === "number" ? schema.minimum : 0;
    case "boolean":
      return false;
    case "list":
      return [];
    case "any":
      return schema.type === "object" ? {} : "";
    case "text":
      return "";
  }
}

function typeOf(schema: Schema): ArgumentType {
  const type = Array.isArray(schema.type)
    ? schema.type.find((each) => each !== "null")
    : schema.type;
  switch (type) {
    case "string":
      return "text";
    case "number":
    case "integer":
      return "number";
    case "boolean":
      return "boolean";
    case "array":
      return "list";
    default:
      return "any";
  }
}

function optionsOf(schema: Schema): ArgumentPath["options"] {
  const values = Array.isArray(schema.enum)
    ? schema.enum
    : schema.const !== undefined
      ? [schema.const]
      : [];
  return values.filter(
    (value) => typeof value === "string" || typeof value === "number" || typeof value === "boolean",
  );
}

/** Follows a local reference, and takes the first branch that is not null. */
function resolve(value: unknown, root: unknown, depth = 0): Schema {
  const schema = asSchema(value);
  if (depth > deepest) return schema;
  const { $ref: reference, anyOf, oneOf } = schema;
  if (typeof reference === "string" && /^#(\/|$)/.test(reference)) {
    const target = reference
      .split("/")
      .slice(1)
      .reduce<unknown>((at, step) => asSchema(at)[step], root);
    return resolve({ ...asSchema(target), ...schema, $ref: undefined }, root, depth + 1);
  }
  const branches = Array.isArray(anyOf) ? anyOf : Array.isArray(oneOf) ? oneOf : [];
  const branch = branches.find((each) => asSchema(each).type !== "null");
  if (branch === undefined) return schema;
  const { anyOf: _, oneOf: __, ...rest } = schema;
  return resolve({ ...asSchema(branch), ...rest }, root, depth + 1);
}

function asSchema(value: unknown): Schema {
  // Any object can be looked into; every member is checked where it is used.
  return typeof value === "object" && value !== null ? (value as Schema) : {};
}

function isJson(value: unknown): value is JsonValue {
  return value !== undefined && value !== null;
}
