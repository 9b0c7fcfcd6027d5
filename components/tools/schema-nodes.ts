/** One property of a JSON schema, as far as people need it. */
export interface SchemaNode {
  name: string;
  /** "string", "list of object", "string or null". */
  type: string;
  required: boolean;
  description: string;
  /** "default $", "one of a, b", "at most 64 characters". */
  facts: string[];
  children: SchemaNode[];
}

type Schema = Readonly<Record<string, unknown>>;

const deepest = 5;
const deepestType = 3;
const mostNodes = 400;

/**
 * The properties of an untrusted JSON schema; what cannot be read, or is too deep or too much, is
 * left to the raw view.
 */
export function schemaNodes(schema: unknown): SchemaNode[] {
  return nodesOf(schema, { root: schema, left: mostNodes }, 0);
}

interface Walk {
  root: unknown;
  /** How many nodes may still be shown: a schema that refers to itself has no end. */
  left: number;
}

function nodesOf(schema: unknown, walk: Walk, depth: number): SchemaNode[] {
  const { properties, required } = resolve(schema, walk.root);
  const names = Array.isArray(required) ? required : [];
  return Object.entries(asSchema(properties)).flatMap(([name, value]) => {
    if (walk.left-- <= 0) return [];
    const property = resolve(value, walk.root);
    return {
      name,
      type: typeOf(property, walk.root),
      required: names.includes(name),
      description: textOf(property.description),
      facts: factsOf(property),
      children: depth < deepest ? childrenOf(property, walk, depth) : [],
    };
  });
}

function childrenOf(property: Schema, walk: Walk, depth: number): SchemaNode[] {
  const own = nodesOf(property, walk, depth + 1);
  if (own.length > 0) return own;
  return property.items === undefined ? [] : nodesOf(property.items, walk, depth + 1);
}

/** Follows a local reference; servers written in Python keep nested types under $defs. */
function resolve(value: unknown, root: unknown): Schema {
  const schema = asSchema(value);
  const { $ref: reference } = schema;
  if (typeof reference !== "string" || !reference.startsWith("#/")) return schema;
  const target = reference
    .slice(2)
    .split("/")
    .reduce<unknown>((at, step) => asSchema(at)[step], root);
  return { ...asSchema(target), ...schema };
}

function typeOf(schema: Schema, root: unknown, depth = 0): string {
  if (depth > deepestType) return "anything";
  const { type, anyOf, oneOf, items } = schema;
  const branches = Array.isArray(anyOf) ? anyOf : Array.isArray(oneOf) ? oneOf : null;
  if (branches) {
    const types = branches.slice(0, 8).map((each) => typeOf(resolve(each, root), root, depth + 1));
    return [...new Set(types)].join(" or ");
  }
  if (Array.isArray(type)) return type.join(" or ");
  if (type === "array") return `list of ${typeOf(resolve(items, root), root, depth + 1)}`;
  if (typeof type === "string") return type;
  return schema.properties === undefined ? "anything" : "object";
}

function factsOf(schema: Schema): string[] {
  const facts: string[] = [];
  if (Array.isArray(schema.enum)) {
    facts.push(`one of ${schema.enum.map((each) => JSON.stringify(each)).join(", ")}`);
  }
  if (schema.const !== undefined) facts.push(`always ${JSON.stringify(schema.const)}`);
  if (schema.default !== undefined) facts.push(`default ${JSON.stringify(schema.default)}`);
  for (const [keyword, words] of limits) {
    const value = schema[keyword];
    if (typeof value === "number" || typeof value === "string") facts.push(`${words} ${value}`);
  }
  return facts;
}

const limits: readonly [keyword: string, words: string][] = [
  ["format", "format"],
  ["pattern", "matches"],
  ["minimum", "from"],
  ["maximum", "to"],
  ["minLength", "length from"],
  ["maxLength", "length to"],
  ["minItems", "items from"],
  ["maxItems", "items to"],
];

function asSchema(value: unknown): Schema {
  // Any object can be looked into; every member is checked where it is used.
  return typeof value === "object" && value !== null ? (value as Schema) : {};
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
