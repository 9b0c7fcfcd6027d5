import type { JsonValue } from "./parse-json.ts";
import { hasEscapedKey, readByHand } from "./read-by-hand.ts";

/** Node's JSON has source text access (TC39 proposal, stage 3) before TypeScript's library has. */
type JsonWithSource = {
  parse(
    text: string,
    reviver: (key: string, value: JsonValue, context: { source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): unknown;
};
const jsonWithSource = JSON as unknown as JsonWithSource;

/**
 * Serialises `value`, which was parsed from `source` and changed in a few members. Integers that a
 * double cannot hold keep their digits: `replay` repeats the same changes on a parse that kept
 * them. `source` must have been accepted by parseJson.
 */
export function stringifyChanged<Value>(
  source: string,
  value: Value,
  replay: (value: Value) => void,
): string {
  if (!/[0-9]{16}/.test(source)) return JSON.stringify(value);
  const exact = parseExact(source);
  // The same text, so the same shape as `value` except for the numbers just replaced.
  replay(exact as Value);
  return JSON.stringify(exact);
}

/**
 * Parses a text that parseJson accepted so that serialising what comes of it gives the same numbers:
 * an integer that a double cannot hold stands as an object that only JSON.stringify understands.
 */
export function parseExact(source: string): unknown {
  if (hasEscapedKey(source)) {
    // Such an object is no value of JSON, but stands where one does.
    return readByHand(source, (leaf) => exactLeaf(JSON.parse(leaf), leaf) as JsonValue).value;
  }
  return jsonWithSource.parse(source, (_key, item, { source: leaf = "" }) => exactLeaf(item, leaf));
}

function exactLeaf(item: JsonValue, source: string): unknown {
  const isInexact = typeof item === "number" && !Number.isSafeInteger(item);
  return isInexact && /^-?[0-9]+$/.test(source) ? jsonWithSource.rawJSON(source) : item;
}
