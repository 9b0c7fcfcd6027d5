import type { JsonObject, JsonValue } from "./parse-json.ts";

/** A value, and the first key that one of its objects held twice, if any did. */
export interface HandRead {
  readonly value: JsonValue;
  readonly duplicateKey: string | undefined;
}

/**
 * Parses JSON that was accepted once, and stored or handed on as text. @throws SyntaxError
 */
export function parseStored(text: string): JsonValue {
  const parsed: JsonValue = JSON.parse(text);
  return hasEscapedKey(text) ? readByHand(text).value : parsed;
}

/** Whether a key of this JSON text is written with an escape. */
export function hasEscapedKey(text: string): boolean {
  if (!text.includes("\\")) return false;
  for (let at = text.indexOf('"'); at !== -1; ) {
    const end = endOfString(text, at);
    let next = end + 1;
    while (isBlank(text.charCodeAt(next))) next++;
    if (text.charCodeAt(next) === COLON && text.slice(at, end).includes("\\")) return true;
    at = text.indexOf('"', next);
  }
  return false;
}

/**
 * Reads a text that JSON.parse has accepted, without JSON.parse's short cut for keys: V8 of Node 24
 * takes an escaped key for another that it saw before (after `{"\\":1}`, `{"\n":1}` is read as
 * `{"\\":1}`). Slow path, for texts with escaped keys and to name a duplicate. Recursion is as deep
 * as the text nests, which the caller has bounded.
 *
 * @param leafOf reads what is neither array nor object
 */
export function readByHand(
  text: string,
  leafOf: (source: string) => JsonValue = JSON.parse,
): HandRead {
  let at = 0;
  let duplicateKey: string | undefined;
  const peek = () => {
    while (isBlank(text.charCodeAt(at))) at++;
    return text[at];
  };
  const leaf = (end: number): JsonValue => {
    const value = leafOf(text.slice(at, end));
    at = end;
    return value;
  };
  const value = (): JsonValue => {
    const first = peek();
    if (first === '"') return leaf(endOfString(text, at) + 1);
    if (first === "{") return object();
    if (first === "[") return array();
    let end = at;
    while (end < text.length && !/[\s,\]}]/.test(text.charAt(end))) end++;
    return leaf(end);
  };
  const array = () => {
    const items: JsonValue[] = [];
    for (at++; peek() !== "]"; ) {
      items.push(value());
      if (peek() === ",") at++;
    }
    at++;
    return items;
  };
  const object = () => {
    const members: JsonObject = {};
    for (at++; peek() !== "}"; ) {
      const end = endOfString(text, at) + 1;
      const key: string = JSON.parse(text.slice(at, end));
      at = end;
      peek();
      at++;
      if (Object.hasOwn(members, key)) duplicateKey ??= key;
      // Assigning would take "__proto__" for the prototype; defining every member is slow.
      if (key === "__proto__") Object.defineProperty(members, key, { ...own, value: value() });
      else members[key] = value();
      if (peek() === ",") at++;
    }
    at++;
    return members;
  };
  return { value: value(), duplicateKey };
}

const own = { configurable: true, enumerable: true, writable: true };
const QUOTE = 34;
const BACKSLASH = 92;
const COLON = 58;

/**
 * The index of the quote that closes the string opened at this one, or the text's length. Short
 * strings (keys, ids) are cheaper by hand; long ones by the native search.
 */
export function endOfString(text: string, openingQuote: number): number {
  const near = Math.min(text.length, openingQuote + 24);
  let at = openingQuote + 1;
  for (; at < near; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at++;
  }
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote === -1) return text.length;
    let backslashes = 0;
    while (
      quote - 1 - backslashes >= at &&
      text.charCodeAt(quote - 1 - backslashes) === BACKSLASH
    ) {
      backslashes++;
    }
    if (backslashes % 2 === 0) return quote;
    at = quote + 1;
  }
}

function isBlank(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}
