import type { KeyObject } from "node:crypto";
import type { JsonValue } from "#proxy/json/parse-json.ts";
import { keyedDigest } from "./keyed-digest.ts";

export interface ShapeEntry {
  path: string;
  type: "string" | "number" | "boolean" | "null" | "array" | "object";
  /** Characters, elements or keys. */
  length?: number;
  /** Keyed digest of a leaf's value: equal values can be found, values cannot be guessed. */
  digest?: string;
}

const mostEntries = 64;

/**
 * What the record keeps of a call's arguments: paths, types, lengths and digests keyed per org,
 * never a value (design section 9). Stops after 64 entries.
 */
export function argumentShape(value: JsonValue, key: KeyObject): ShapeEntry[] {
  const entries: ShapeEntry[] = [];
  const visit = (node: JsonValue, path: string, isRoot = false): void => {
    if (entries.length >= mostEntries) return;
    if (Array.isArray(node)) {
      entries.push({ path, type: "array", length: node.length });
      for (const [at, item] of node.entries()) visit(item, `${path}[${at}]`);
    } else if (typeof node === "object" && node !== null) {
      const keys = Object.keys(node);
      if (!isRoot) entries.push({ path, type: "object", length: keys.length });
      for (const name of keys) visit(node[name] ?? null, path === "" ? name : `${path}.${name}`);
    } else {
      entries.push(leaf(node, path, key));
    }
  };
  visit(value, "", true);
  return entries;
}

function leaf(value: string | number | boolean | null, path: string, key: KeyObject): ShapeEntry {
  if (value === null) return { path, type: "null" };
  const digest = keyedDigest(key, `${typeof value}:${value}`).slice(0, 32);
  switch (typeof value) {
    case "string":
      return { path, type: "string", length: value.length, digest };
    case "number":
      return { path, type: "number", digest };
    case "boolean":
      return { path, type: "boolean", digest };
  }
}
