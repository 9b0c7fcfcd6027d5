/** One parameter of a tool, for a table row and, with `children`, for a tree. */
export interface Parameter {
  name: string;
  /** As a person would write it: "string", "array of object", "string or null", "any". */
  type: string;
  required: boolean;
  description: string;
  /** Allowed values, as JSON text where they are not strings. At most 50. */
  enumValues: string[];
  /** What JSON Schema's `format` says of its values, those in lists and of all forms it may have included. */
  formats: readonly string[];
  children: Parameter[];
}

export interface ParameterSummary {
  /** Counts of the top level, as declared, even where `list` was cut. */
  total: number;
  required: number;
  list: Parameter[];
  /** The schema was deeper or larger than is shown. */
  truncated: boolean;
}

const MAX_DEPTH = 5;
const MAX_NODES = 500;
const MAX_ENUM_VALUES = 50;
const MAX_TEXT = 2_000;
const MAX_ALTERNATIVES = 12;

interface Walk {
  root: Schema;
  nodes: number;
  truncated: boolean;
}

type Schema = Readonly<Record<string, unknown>>;

/**
 * Reads a tool's input schema (JSON Schema, untrusted) into rows. Never throws; depth, nodes and texts
 * are bounded. `$ref` is followed only within the same document, never fetched.
 */
export function parameterSummary(inputSchema: unknown): ParameterSummary {
  const root = asSchema(inputSchema) ?? {};
  const walk: Walk = { root, nodes: 0, truncated: false };
  const schema = resolve(root, walk);
  const properties = asSchema(schema.properties) ?? {};
  const names = Object.keys(properties);
  const required = requiredNames(schema);
  return {
    total: names.length,
    required: names.filter((name) => required.has(name)).length,
    list: readProperties(schema, walk, 1),
    truncated: walk.truncated,
  };
}

function readProperties(schema: Schema, walk: Walk, depth: number): Parameter[] {
  const properties = asSchema(schema.properties);
  if (properties === undefined) return [];
  const required = requiredNames(schema);
  const list: Parameter[] = [];
  for (const [name, value] of Object.entries(properties)) {
    if (walk.nodes >= MAX_NODES) {
      walk.truncated = true;
      break;
    }
    walk.nodes += 1;
    list.push(readParameter(name, asSchema(value) ?? {}, required.has(name), walk, depth));
  }
  return list;
}

function readParameter(
  name: string,
  declared: Schema,
  required: boolean,
  walk: Walk,
  depth: number,
): Parameter {
  const schema = resolve(declared, walk);
  const plain = isPlain(schema);
  const choices = plain ? NO_CHOICES : alternatives(schema);
  return {
    name: name.slice(0, MAX_TEXT),
    type: typeText(schema, choices, walk, 0),
    required,
    description: text(declared.description) || text(schema.description),
    enumValues: plain ? [] : enumValues(schema, choices, walk),
    formats: plain ? ownFormat(schema) : formatsOf(schema, choices, walk),
    children: plain ? [] : readChildren(schema, choices, walk, depth),
  };
}

function readChildren(
  schema: Schema,
  choices: readonly Schema[],
  walk: Walk,
  depth: number,
): Parameter[] {
  const holders: Schema[] = [];
  const add = (holder: Schema) => {
    const resolved = resolve(holder, walk);
    if (resolved.properties !== undefined) holders.push(resolved);
  };
  add(schema);
  const items = asSchema(schema.items);
  if (items !== undefined) {
    add(items);
    for (const choice of alternatives(resolve(items, walk))) add(choice);
  }
  for (const choice of choices) add(choice);
  if (holders.length === 0) return [];
  if (depth >= MAX_DEPTH) {
    walk.truncated = true;
    return [];
  }
  return mergeAlternatives(holders.map((holder) => readProperties(holder, walk, depth + 1)));
}

/** Whether a schema is about one simple value of any kind, as most are. */
function isPlain(schema: Schema): boolean {
  for (const key in schema) if (COMPOSING.has(key)) return false;
  return true;
}

const NO_CHOICES: readonly Schema[] = [];
const COMPOSING = new Set(["properties", "items", "anyOf", "oneOf", "allOf", "enum", "const"]);

/** What any of several forms takes; required only where all forms that there are require it. */
function mergeAlternatives(forms: readonly (readonly Parameter[])[]): Parameter[] {
  const merged = new Map<string, Parameter>();
  for (const parameter of forms.flat()) {
    const known = merged.get(parameter.name);
    const values = [...new Set([...(known?.enumValues ?? []), ...parameter.enumValues])];
    merged.set(parameter.name, {
      ...(known ?? parameter),
      required: forms.every((form) =>
        form.some(({ name, required }) => required && name === parameter.name),
      ),
      enumValues: values.slice(0, MAX_ENUM_VALUES),
      formats:
        known === undefined || parameter.formats.length === 0
          ? (known ?? parameter).formats
          : [...new Set([...known.formats, ...parameter.formats])],
    });
  }
  return [...merged.values()];
}

/** `schema` with no reference to be followed, and the forms it may have. */
function typeText(schema: Schema, choices: readonly Schema[], walk: Walk, depth: number): string {
  if (typeof schema.$ref === "string") return "reference";
  if (typeof schema.type === "string" && schema.type !== "array") return schema.type;
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  const named = types.filter((type) => typeof type === "string").slice(0, MAX_ALTERNATIVES);
  if (named.length > 0) {
    return named
      .map((type) => (type === "array" ? arrayText(schema, walk, depth) : type))
      .join(" or ");
  }
  if (choices.length > 0 && depth < 2) {
    return [...new Set(choices.map((choice) => nestedType(choice, walk, depth + 1)))].join(" or ");
  }
  if (Array.isArray(schema.enum)) return "enum";
  if (schema.const !== undefined) return "constant";
  return schema.properties === undefined ? "any" : "object";
}

function nestedType(declared: Schema, walk: Walk, depth: number): string {
  const schema = resolve(declared, walk);
  return typeText(schema, alternatives(schema), walk, depth);
}

function arrayText(schema: Schema, walk: Walk, depth: number): string {
  const items = asSchema(schema.items);
  if (items === undefined || depth >= 2) return "array";
  const inner = nestedType(items, walk, depth + 1);
  return inner === "any" ? "array" : `array of ${inner.includes(" or ") ? `(${inner})` : inner}`;
}

function enumValues(schema: Schema, choices: readonly Schema[], walk: Walk): string[] {
  const values: unknown[] = [];
  const add = (holder: Schema) => {
    const resolved = resolve(holder, walk);
    if (Array.isArray(resolved.enum)) values.push(...resolved.enum.slice(0, MAX_ENUM_VALUES));
    else if (resolved.const !== undefined) values.push(resolved.const);
  };
  add(schema);
  const items = asSchema(schema.items);
  if (items !== undefined) add(items);
  for (const choice of choices) add(choice);
  if (values.length === 0) return [];
  if (values.length > MAX_ENUM_VALUES) walk.truncated = true;
  return [
    ...new Set(
      values
        .slice(0, MAX_ENUM_VALUES)
        .filter((value) => value !== null && typeof value !== "object")
        .map((value) => String(value).slice(0, MAX_TEXT)),
    ),
  ];
}

const NO_FORMATS: readonly string[] = [];

function ownFormat({ format }: Schema): readonly string[] {
  return typeof format === "string" ? [format.slice(0, MAX_TEXT)] : NO_FORMATS;
}

function formatsOf(
  schema: Schema,
  choices: readonly Schema[],
  walk: Walk,
  depth = 0,
): readonly string[] {
  let found = ownFormat(schema);
  const add = (declared: Schema) => {
    const inner = resolve(declared, walk);
    const formats = isPlain(inner)
      ? ownFormat(inner)
      : formatsOf(inner, alternatives(inner), walk, depth + 1);
    if (formats.length > 0) found = [...new Set([...found, ...formats])];
  };
  if (depth >= 3) return found;
  const items = asSchema(schema.items);
  if (items !== undefined) add(items);
  for (const choice of choices) add(choice);
  return found;
}

function alternatives(schema: Schema): Schema[] {
  const found: Schema[] = [];
  addChoices(schema.anyOf, found);
  addChoices(schema.oneOf, found);
  addChoices(schema.allOf, found);
  return found;
}

function addChoices(keyword: unknown, found: Schema[]): void {
  if (!Array.isArray(keyword)) return;
  for (let index = 0; index < Math.min(keyword.length, MAX_ALTERNATIVES); index += 1) {
    const parsed = asSchema(keyword[index]);
    if (parsed !== undefined) found.push(parsed);
  }
}

/** Follows local references (`#/…`), at most eight in a row; others stay as they are. */
function resolve(schema: Schema, walk: Walk): Schema {
  let current = schema;
  for (let hops = 0; hops < 8; hops += 1) {
    const reference = current.$ref;
    if (typeof reference !== "string" || !reference.startsWith("#/")) return current;
    const target = lookUp(walk.root, reference.slice(2).split("/"));
    if (target === undefined) return current;
    current = target;
  }
  return {};
}

function lookUp(root: Schema, steps: readonly string[]): Schema | undefined {
  let current: Schema | undefined = root;
  for (const step of steps.slice(0, 12)) {
    const key = step.replaceAll("~1", "/").replaceAll("~0", "~");
    if (current === undefined || !Object.hasOwn(current, key)) return undefined;
    current = asSchema(current[key]);
  }
  return current;
}

const NONE_REQUIRED: ReadonlySet<unknown> = new Set();

function requiredNames(schema: Schema): ReadonlySet<unknown> {
  return Array.isArray(schema.required) ? new Set<unknown>(schema.required) : NONE_REQUIRED;
}

function asSchema(value: unknown): Schema | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  // An object that is no array has string keys; its values stay unknown.
  return value as Schema;
}

function text(value: unknown): string {
  return typeof value === "string" ? value.slice(0, MAX_TEXT) : "";
}
