import { isUtf8 } from "node:buffer";
import { endOfString, readByHand } from "./read-by-hand.ts";

/** What a body may be; two sets exist because requests are re-serialised and replies are relayed. */
export interface JsonLimits {
  /** Arrays and objects inside each other. */
  readonly maxDepth: number;
  /** Values of every kind, containers included. */
  readonly maxValues: number;
  /** Refuse integers that a double cannot hold (they would change on re-serialisation). */
  readonly exactIntegers: boolean;
  /** Refuse NUL and lone surrogates (neither can be stored or hashed alike everywhere). */
  readonly storableText: boolean;
}

/** For what agents send: judged, stored as digests and re-serialised, so nothing may change. */
export const REQUEST_LIMITS: JsonLimits = {
  maxDepth: 64,
  maxValues: 10_000,
  exactIntegers: true,
  storableText: true,
};

/** For what upstreams answer: unfiltered replies are relayed as their original bytes. */
export const RESPONSE_LIMITS: JsonLimits = {
  maxDepth: 128,
  maxValues: 500_000,
  exactIntegers: false,
  storableText: false,
};

export type JsonRefusalReason =
  | "invalid_utf8"
  | "byte_order_mark"
  | "not_json"
  | "too_deep"
  | "too_many_values"
  | "duplicate_key"
  | "forbidden_key"
  | "number_out_of_range"
  | "invalid_string";

/** Why bytes were not accepted as JSON; `message` names the fault and never quotes a value. */
export class JsonRefusal extends Error {
  readonly reason: JsonRefusalReason;

  constructor(reason: JsonRefusalReason, message: string) {
    super(message);
    this.name = "JsonRefusal";
    this.reason = reason;
  }
}

export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
export type JsonObject = { [key: string]: JsonValue };

/**
 * Parses bytes as one JSON text (RFC 8259) and refuses every text that two parsers could read
 * differently: duplicate keys (compared after unescaping), numbers that change, invalid UTF-8, a
 * byte order mark, the keys `__proto__` and `constructor.prototype` (refused, not renamed).
 * Duplicates are found by counting: JSON.parse keeps one of two equal keys, so the parsed value
 * has fewer keys than the text has colons outside strings. `-0` becomes `0`.
 * @throws {JsonRefusal}
 */
export function parseJson(bytes: Buffer, limits: JsonLimits = REQUEST_LIMITS): JsonValue {
  if (!isUtf8(bytes)) throw new JsonRefusal("invalid_utf8", "The body is not valid UTF-8.");
  const text = bytes.toString("utf8");
  if (text.charCodeAt(0) === 0xfeff) {
    throw new JsonRefusal("byte_order_mark", "The body starts with a byte order mark.");
  }
  const { keys, escapedKey } = scan(text, limits);
  const parsed = parseText(text);
  const value = escapedKey ? readByHand(text).value : parsed;
  const checkText = limits.storableText && text.includes("\\u");
  const keysInValue = inspect(value, checkText);
  if (keysInValue !== keys) {
    const key = JSON.stringify(readByHand(text).duplicateKey?.slice(0, 64) ?? "");
    throw new JsonRefusal("duplicate_key", `The key ${key} appears twice in one object.`);
  }
  // A bare negative zero has no parent in which `inspect` could replace it.
  return value === 0 ? 0 : value;
}

function parseText(text: string): JsonValue {
  try {
    return JSON.parse(text);
  } catch {
    throw new JsonRefusal("not_json", "The body is not one complete JSON value.");
  }
}

const QUOTE = 34;

/**
 * Counts keys (colons outside strings), looks for escaped ones, and checks depth, number of values
 * and long integers. Total on texts that are not JSON; JSON.parse refuses those afterwards.
 */
function scan(text: string, limits: JsonLimits): { keys: number; escapedKey: boolean } {
  const length = text.length;
  const escapes = text.includes("\\");
  let lastIsEscaped = false;
  let escapedKey = false;
  let depth = 0;
  let values = 1;
  let colons = 0;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      if (escapes) lastIsEscaped = text.slice(at, end).includes("\\");
      at = end;
    } else if (code === 58) {
      colons++;
      if (lastIsEscaped) escapedKey = true;
    } else if (code === 44) {
      values++;
    } else if (code === 123 || code === 91) {
      values++;
      if (++depth > limits.maxDepth) {
        throw new JsonRefusal("too_deep", `The body nests deeper than ${limits.maxDepth} levels.`);
      }
    } else if (code === 125 || code === 93) {
      depth--;
    } else if (code >= 48 && code <= 57) {
      const start = at;
      while (isNumberPart(text.charCodeAt(at + 1))) at++;
      if (limits.exactIntegers && at - start >= 15) refuseChangedInteger(text.slice(start, at + 1));
    }
  }
  if (values > limits.maxValues) {
    const message = `The body holds more than ${limits.maxValues} values.`;
    throw new JsonRefusal("too_many_values", message);
  }
  return { keys: colons, escapedKey };
}

/** Digits, sign, point, exponent; NaN (past the end) is none of them. */
function isNumberPart(code: number): boolean {
  return (
    (code >= 48 && code <= 57) ||
    code === 46 ||
    code === 101 ||
    code === 69 ||
    code === 43 ||
    code === 45
  );
}

/** What a double writes back unchanged passes, as does any integer that a double holds exactly. */
function refuseChangedInteger(digits: string): void {
  if (!/^[0-9]+$/.test(digits)) return;
  const value = Number(digits);
  if (String(value) === digits) return;
  if (Number.isFinite(value) && BigInt(digits) === BigInt(value)) return;
  const message = "The body holds an integer beyond 2^53 that would change; send it as a string.";
  throw new JsonRefusal("number_out_of_range", message);
}

/** Walks the parsed value (its depth is bounded by then), counts its keys and checks its leaves. */
function inspect(value: JsonValue, checkText: boolean): number {
  if (typeof value === "number") {
    if (!Number.isFinite(value)) {
      throw new JsonRefusal(
        "number_out_of_range",
        "The body holds a number too large for a double.",
      );
    }
    return 0;
  }
  if (typeof value === "string") {
    if (checkText) refuseUnstorable(value);
    return 0;
  }
  if (typeof value !== "object" || value === null) return 0;
  let keys = 0;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const item = value[index];
      if (item === undefined) continue;
      if (item === 0) value[index] = 0;
      else keys += inspect(item, checkText);
    }
    return keys;
  }
  for (const key of Object.keys(value)) {
    const item = value[key];
    if (key === "__proto__" || (key === "constructor" && holdsPrototype(item))) {
      const message = 'The keys "__proto__" and "constructor" with "prototype" are not accepted.';
      throw new JsonRefusal("forbidden_key", message);
    }
    if (checkText) refuseUnstorable(key);
    keys++;
    if (item === undefined) continue;
    if (item === 0) value[key] = 0;
    else keys += inspect(item, checkText);
  }
  return keys;
}

function holdsPrototype(value: JsonValue | undefined): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, "prototype");
}

function refuseUnstorable(text: string): void {
  if (!text.isWellFormed()) {
    throw new JsonRefusal("invalid_string", "The body holds half of a surrogate pair in a string.");
  }
  if (text.includes("\0")) {
    throw new JsonRefusal("invalid_string", "The body holds a NUL character in a string.");
  }
}
