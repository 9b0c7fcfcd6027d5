import type { JsonObject, JsonValue } from "./parse-json.ts";

/** A value, and the first key that one of its objects held twice, if any did. */
export interface HandRead {
  readonly value: JsonValue;
  readonly duplicateKey: string | undefined;
}

/**
 * Reads a text that JSON.parse has accepted, without JSON.parse's short cut for keys: V8 of Node 24
 * takes an escaped key for another that it saw before (after `{"\\":1}`, `{"\n":1}` is read as
 * `{"\\":1}`). Slow path, for texts with escaped keys and to name a duplicate. Recursion is as deep
 * as the text nests, which the caller has bounded.
 */
export function readByHand(text: string): HandRead {
  let at = 0;
  let duplicateKey: string | undefined;
  const peek = () => {
    while (isBlank(text.charCodeAt(at))) at++;
    return text[at];
  };
  const leaf = (end: number): JsonValue => {
    const value: JsonValue = JSON.parse(text.slice(at, end));
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
      const key = String(leaf(endOfString(text, at) + 1));
      peek();
      at++;
      if (Object.hasOwn(members, key)) duplicateKey ??= key;
      // Assigning would take "__proto__" for the prototype.
      const own = { configurable: true, enumerable: true, writable: true };
      Object.defineProperty(members, key, { value: value(), ...own });
      if (peek() === ",") at++;
    }
    at++;
    return members;
  };
  return { value: value(), duplicateKey };
}

const QUOTE = 34;
const BACKSLASH = 92;

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
