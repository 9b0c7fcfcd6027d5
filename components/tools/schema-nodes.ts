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

const deepest = 6;

/** The properties of an untrusted JSON schema; what cannot be read is left to the raw view. */
export function schemaNodes(schema: unknown, root: unknown = schema, depth = 0): SchemaNode[] {
  const { properties, required } = resolve(schema, root);
  const names = Array.isArray(required) ? required : [];
  return Object.entries(asSchema(properties)).map(([name, value]) => {
    const property = resolve(value, root);
    return {
      name,
      type: typeOf(property, root),
      required: names.includes(name),
      description: textOf(property.description),
      facts: factsOf(property),
      children: depth < deepest ? childrenOf(property, root, depth) : [],
    };
  });
}

function childrenOf(property: Schema, root: unknown, depth: number): SchemaNode[] {
  const own = schemaNodes(property, root, depth + 1);
  if (own.length > 0) return own;
  return property.items === undefined ? [] : schemaNodes(property.items, root, depth + 1);
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

function typeOf(schema: Schema, root: unknown): string {
  const { type, anyOf, oneOf, items } = schema;
  const branches = Array.isArray(anyOf) ? anyOf : Array.isArray(oneOf) ? oneOf : null;
  if (branches) {
    return [...new Set(branches.map((each) => typeOf(resolve(each, root), root)))].join(" or ");
  }
  if (Array.isArray(type)) return type.join(" or ");
  if (type === "array") return `list of ${typeOf(resolve(items, root), root)}`;
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
