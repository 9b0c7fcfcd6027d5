import { isDeepStrictEqual } from "node:util";
import { diffWordsWithSpace } from "diff";
import type { HeldKind } from "./review.ts";

/** A run of text in both definitions, or in one of them. */
export interface TextPartDetail {
  kind: "same" | "added" | "removed";
  text: string;
}

/** One difference between two definitions of a tool. */
export interface ChangeDetail {
  /** Of which part: "Description", "Argument customer.address", "Result total". */
  place: string;
  /** "new", "gone", or the attribute that differs, such as "type"; empty where the place says it. */
  what: string;
  parts: TextPartDetail[];
  /** `words`: texts only. `less`: something went. `more`: anything else that a call could carry. */
  effect: "words" | "less" | "more";
}

type Value = Readonly<Record<string, unknown>>;
type Step = Omit<ChangeDetail, "place" | "what">;

/** Longer lists are cut: a definition can be as long as its server likes. */
const mostChanges = 200;
/** Texts that differ in more places than this are shown as replaced. */
const mostEdits = 2_000;

/** Against it, the arguments of a new tool show one by one. */
const nothing = { inputSchema: { type: "object", properties: {} } };

/**
 * How a held definition differs from the accepted one; of a new tool all of it, and nothing of one that is not
 * held or has several definitions.
 */
export function changesOf(kind: HeldKind | null, accepted: unknown, held: unknown): ChangeDetail[] {
  if (kind === null || kind === "duplicate") return [];
  return compareDefinitions(kind === "new" ? nothing : accepted, held);
}

/**
 * How a definition differs from an earlier one of the same tool, in the parts that an agent acts on:
 * texts word by word, schemas by their structure. Never throws for parsed JSON; null is no definition.
 */
export function compareDefinitions(before: unknown, after: unknown): ChangeDetail[] {
  const [old, now] = [asObject(before), asObject(after)];
  const changes = [
    ...attribute("Title", "", old.title, now.title, "words"),
    ...attribute("Description", "", old.description, now.description, "words"),
    ...compareSchemas({ noun: "Argument", path: [] }, old.inputSchema, now.inputSchema),
    ...compareSchemas({ noun: "Result", path: [] }, old.outputSchema, now.outputSchema),
    ...attribute("Hints of the server", "", old.annotations, now.annotations, "more"),
    ...attribute("Icons", "", old.icons, now.icons, "more"),
    ...attribute("Execution", "", old.execution, now.execution, "more"),
    ...attribute("Metadata", "", old._meta, now._meta, "more"),
  ];
  if (changes.length <= mostChanges) return changes;
  const text = `${changes.length - mostChanges} more differences. The raw definition has them all.`;
  const rest = { place: "And", what: "", effect: "more" as const };
  return [...changes.slice(0, mostChanges), { ...rest, parts: [{ kind: "same" as const, text }] }];
}

/** Two texts as one run of parts, word by word. */
export function compareTexts(before: string, after: string): TextPartDetail[] {
  const changes = diffWordsWithSpace(before, after, { maxEditLength: mostEdits });
  if (changes === undefined) return replaced(before, after);
  const parts: TextPartDetail[] = [];
  let [gone, come] = ["", ""];
  for (const [at, { value, added, removed }] of changes.entries()) {
    const next = changes[at + 1];
    const isAmong = gone + come !== "" && (next?.added === true || next?.removed === true);
    if (added) come += value;
    else if (removed) gone += value;
    else if (isAmong && value.trim() === "") {
      // A space between two changes belongs to both: phrases read better than single words.
      gone += value;
      come += value;
    } else {
      parts.push(...replaced(gone, come), { kind: "same", text: value });
      [gone, come] = ["", ""];
    }
  }
  return [...parts, ...replaced(gone, come)];
}

interface Place {
  noun: "Argument" | "Result";
  path: readonly string[];
}

/** Attributes that only speak to a reader. */
const words = new Set(["title", "description", "$comment", "examples"]);
const named = new Set(["properties", "patternProperties", "$defs", "definitions"]);

function compareSchemas(place: Place, before: unknown, after: unknown): ChangeDetail[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (!isObject(before) || !isObject(after)) {
    return attribute(
      placeText(place),
      place.path.length === 0 ? "schema" : "",
      before,
      after,
      "more",
    );
  }
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => {
    const [old, now] = [own(before, key), own(after, key)];
    if (isDeepStrictEqual(old, now)) return [];
    if (named.has(key) && isObject(old ?? {}) && isObject(now ?? {})) {
      return compareNamed(place, before, after, key);
    }
    if (key === "required" && isNames(old ?? []) && isNames(now ?? [])) {
      return compareRequired(place, before, after);
    }
    if (key === "items" && isObject(old) && isObject(now)) {
      return compareSchemas({ ...place, path: [...place.path, "[]"] }, old, now);
    }
    return attribute(placeText(place), key, old, now, words.has(key) ? "words" : "more");
  });
}

function compareNamed(place: Place, before: Value, after: Value, key: string): ChangeDetail[] {
  const [old, now] = [asObject(before[key]), asObject(after[key])];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].flatMap((name) => {
    const inside = { ...place, path: [...place.path, name] };
    if (!Object.hasOwn(old, name)) {
      return [
        change(inside, "new", "more", "added", schemaText(now[name], isRequired(after, name))),
      ];
    }
    if (!Object.hasOwn(now, name)) {
      const text = schemaText(old[name], isRequired(before, name));
      return [change(inside, "gone", "less", "removed", text)];
    }
    return compareSchemas(inside, old[name], now[name]);
  });
}

/** What is new or gone says itself whether it is required. */
function compareRequired(place: Place, before: Value, after: Value): ChangeDetail[] {
  const [old, now] = [asObject(before.properties), asObject(after.properties)];
  const names = new Set([...listed(before), ...listed(after)]);
  return [...names].flatMap((name) => {
    if (Object.hasOwn(old, name) !== Object.hasOwn(now, name)) return [];
    const [was, is] = [before, after].map((schema) =>
      isRequired(schema, name) ? "required" : "optional",
    );
    if (was === is) return [];
    const inside = placeText({ ...place, path: [...place.path, name] });
    const parts = replaced(was ?? "", is ?? "");
    return [{ place: inside, what: "", parts, effect: "more" as const }];
  });
}

function attribute(
  place: string,
  what: string,
  before: unknown,
  after: unknown,
  effect: ChangeDetail["effect"],
): ChangeDetail[] {
  if (isDeepStrictEqual(before, after)) return [];
  const [old, now] = [valueText(before), valueText(after)];
  const isText = typeof before === "string" && typeof after === "string";
  const parts = isText && effect === "words" ? compareTexts(old, now) : replaced(old, now);
  return [{ place, what, parts, effect }];
}

function change(
  place: Place,
  what: string,
  effect: Step["effect"],
  kind: TextPartDetail["kind"],
  text: string,
): ChangeDetail {
  return { place: placeText(place), what, parts: [{ kind, text }], effect };
}

function replaced(before: string, after: string): TextPartDetail[] {
  const parts: TextPartDetail[] = [
    { kind: "removed", text: before },
    { kind: "added", text: after },
  ];
  return parts.filter(({ text }) => text !== "");
}

/** "string, required {"minLength":1}: Number of the invoice". */
function schemaText(schema: unknown, required: boolean): string {
  if (!isObject(schema)) return valueText(schema);
  const { type, description, ...rest } = schema;
  const kind = typeof type === "string" ? type : type === undefined ? "any" : valueText(type);
  const others = Object.keys(rest).length === 0 ? "" : ` ${JSON.stringify(rest)}`;
  const text = typeof description === "string" && description !== "" ? `: ${description}` : "";
  return `${kind}${required ? ", required" : ""}${others}${text}`;
}

function placeText({ noun, path }: Place): string {
  const name = path.reduce((text, step) => {
    if (step === "[]") return `${text}[]`;
    return text === "" ? step : `${text}.${step}`;
  }, "");
  return name === "" ? `${noun}s` : `${noun} ${name}`;
}

function valueText(value: unknown): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

function isRequired(schema: Value, name: string): boolean {
  return listed(schema).includes(name);
}

function listed({ required }: Value): string[] {
  return isNames(required) ? required : [];
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === "string");
}

function own(object: Value, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function asObject(value: unknown): Value {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Value {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
