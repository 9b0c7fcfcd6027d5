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
/** The record of a call is small whatever its agent calls the arguments. */
const longestPath = 200;

/**
 * What the record keeps of a call's arguments: paths, types, lengths and digests keyed per org,
 * never a value (design section 9). Stops after 64 entries; a path of over 200 characters is cut.
 */
export function argumentShape(value: JsonValue, key: KeyObject): ShapeEntry[] {
  const entries: ShapeEntry[] = [];
  const visit = (node: JsonValue, whole: string, isRoot = false): void => {
    const path = cut(whole);
    if (Array.isArray(node)) {
      entries.push({ path, type: "array", length: node.length });
      for (const [at, item] of node.entries()) {
        if (entries.length >= mostEntries) return;
        visit(item, `${path}[${at}]`);
      }
    } else if (typeof node === "object" && node !== null) {
      const keys = Object.keys(node);
      if (!isRoot) entries.push({ path, type: "object", length: keys.length });
      for (const name of keys) {
        if (entries.length >= mostEntries) return;
        const part = cut(name);
        visit(node[name] ?? null, path === "" ? part : `${path}.${part}`);
      }
    } else {
      entries.push(leaf(node, path, key));
    }
  };
  visit(value, "", true);
  return entries;
}

function cut(path: string): string {
  return path.length <= longestPath ? path : `${path.slice(0, longestPath).toWellFormed()}…`;
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
