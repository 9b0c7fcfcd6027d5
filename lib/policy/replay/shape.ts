/** What the record keeps of a call's arguments: an entry for each value, parents before children. */
interface ShapeEntry {
  path: string;
  type: "string" | "number" | "boolean" | "null" | "array" | "object";
  length?: number;
}

const types: readonly unknown[] = ["string", "number", "boolean", "null", "array", "object"];

/** The record stops here; what would follow is unknown. */
const mostEntries = 64;

/** A value of which only the shape is known. */
export type Shape =
  | { type: "string"; length: number }
  | { type: "number" | "boolean" | "null" }
  /** `items` may be fewer than `length`: the others are unknown. */
  | { type: "array"; length: number; items: readonly Shape[] }
  /** With `open`, there may be keys beside those known. */
  | { type: "object"; keys: ReadonlyMap<string, Shape>; open: boolean }
  /** Nothing is known, not even whether there is a value. */
  | { type: "anything" };

export type ArgumentsShape = Extract<Shape, { type: "object" }>;

export const anything: Shape = { type: "anything" };

/** Arguments of which nothing is known. */
export const anyArguments: ArgumentsShape = { type: "object", keys: new Map(), open: true };

/**
 * Reads what is on record. Entries stand in the order in which the arguments were walked, so lengths
 * say which entries belong to which parent, whatever characters the keys contain; a record that
 * does not add up says nothing.
 */
export function readShape(stored: unknown): ArgumentsShape {
  if (!Array.isArray(stored) || !stored.every(isEntry)) return anyArguments;
  const reader = { entries: stored, at: 0, cut: stored.length >= mostEntries };
  try {
    const keys = new Map<string, Shape>();
    while (reader.at < reader.entries.length) {
      const key = reader.entries[reader.at]?.path ?? "";
      if (keys.has(key)) return anyArguments;
      keys.set(key, readValue(reader));
    }
    return { type: "object", keys, open: reader.cut };
  } catch {
    return anyArguments;
  }
}

// By hand, because a replay reads ten thousand records at once.
function isEntry(value: unknown): value is ShapeEntry {
  if (typeof value !== "object" || value === null) return false;
  const { path, type, length = 0 } = value as Partial<Record<keyof ShapeEntry, unknown>>; // each is tested
  return typeof path === "string" && types.includes(type) && Number.isSafeInteger(length);
}

interface Reader {
  readonly entries: readonly ShapeEntry[];
  at: number;
  /** Whether the record stopped before the arguments did, perhaps. */
  readonly cut: boolean;
}

class Mismatch extends Error {}

function readValue(reader: Reader): Shape {
  const entry = reader.entries[reader.at];
  if (entry === undefined) throw new Mismatch();
  reader.at++;
  const { path, type, length = 0 } = entry;
  switch (type) {
    case "string":
      return { type, length };
    case "array": {
      const items: Shape[] = [];
      while (items.length < length && !atEnd(reader)) {
        expectPath(reader, `${path}[${items.length}]`);
        items.push(readValue(reader));
      }
      return { type, length, items };
    }
    case "object": {
      const keys = new Map<string, Shape>();
      while (keys.size < length && !atEnd(reader)) {
        const key = childKey(reader, path);
        if (keys.has(key)) throw new Mismatch();
        keys.set(key, readValue(reader));
      }
      return { type, keys, open: keys.size < length };
    }
    default:
      return { type };
  }
}

/** True where the record was cut off; an end anywhere else is a mismatch. */
function atEnd(reader: Reader): boolean {
  if (reader.at < reader.entries.length) return false;
  if (!reader.cut) throw new Mismatch();
  return true;
}

function expectPath(reader: Reader, path: string): void {
  if (reader.entries[reader.at]?.path !== path) throw new Mismatch();
}

function childKey(reader: Reader, parent: string): string {
  const path = reader.entries[reader.at]?.path ?? "";
  // The record leaves the path of an empty key's parent out.
  const prefix = parent === "" ? "" : `${parent}.`;
  if (!path.startsWith(prefix)) throw new Mismatch();
  return path.slice(prefix.length);
}
