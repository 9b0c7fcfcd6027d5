import fc from "fast-check";
import type { JsonObject, JsonValue } from "#proxy/json/parse-json.ts";
import { readByHand } from "#proxy/json/read-by-hand.ts";

/** Numbers that decide, one after the other and round again, how a text is written. */
export const choices = fc.nat({ max: 0xffff_ffff }).map(decisionsFrom);

/** Any character, more often one that texts and streams are built with, seldom half of a pair. */
const unit = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...'ab01 \n\r"\\/:\u2028é') },
  { weight: 4, arbitrary: fc.nat({ max: 0x10_ffff }).map((code) => String.fromCodePoint(code)) },
  { weight: 1, arbitrary: fc.constantFrom("\0", "\ud83d", "\ude00") },
);
const text = fc.string({ unit, maxLength: 4 });

/** Names of which two meet in one object now and then, and any others. */
export const key = fc.oneof(
  {
    weight: 16,
    arbitrary: fc.constantFrom(
      ...["a", "b", "c", "", "id", "method", "0", "é", "\n", "\\", '"', "prototype"],
    ),
  },
  { weight: 4, arbitrary: text },
  { weight: 1, arbitrary: fc.constantFrom("constructor", "__proto__") },
);

const leaf: fc.Arbitrary<JsonValue> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ...[null, true, false, 0, 1, -1, 12, 1.5, 1e21, 1e-7, 5e-324, Number.MAX_VALUE],
    ),
  },
  { weight: 4, arbitrary: text },
  { weight: 1, arbitrary: fc.maxSafeInteger() },
  // Negative zero has no spelling of its own.
  { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n || 0) },
);

/** Any JSON value, as JSON.parse would give it; mostly small, because there are many of them. */
export const jsonValue = nested(nested(leaf));

/** Any JSON object. */
export const jsonObject = objectOf(jsonValue, 3);

function nested(inner: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonValue> {
  return fc.oneof(
    { weight: 4, arbitrary: leaf },
    { weight: 1, arbitrary: fc.array(inner, { maxLength: 3 }) },
    { weight: 2, arbitrary: objectOf(inner, 3) },
  );
}

function objectOf(value: fc.Arbitrary<JsonValue>, maxKeys: number) {
  return fc
    .array(fc.tuple(key, value), { maxLength: maxKeys })
    .map((members): JsonObject => Object.fromEntries(members));
}

/** Two dozen numbers from 0 to 11 (a linear congruential generator; its high bits are good). */
function decisionsFrom(seed: number): number[] {
  let state = seed;
  return Array.from({ length: 24 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * 12);
  });
}

/** What a JSON text denotes: JSON.parse checks it, and may take an escaped key for another one. */
export function denoted(text: string): JsonValue {
  JSON.parse(text);
  return readByHand(text).value;
}

const blanks = ["", "", "", "", "", "", " ", "\n", "\t", "\r\n", "\r", "  "];

/** One of the many texts that denote this value: blanks, order of keys, escapes, forms of numbers. */
export function spell(value: JsonValue, decisions: readonly number[]): string {
  let at = 0;
  const next = () => decisions[at++ % decisions.length] ?? 0;
  const blank = () => blanks[next()] ?? "";
  const text = (plain: string) =>
    `"${[...plain].map((character) => spellCharacter(character, next())).join("")}"`;
  const write = (item: JsonValue): string => {
    if (typeof item === "string") return text(item);
    if (typeof item === "number") return spellNumber(item, next());
    if (typeof item !== "object" || item === null) return String(item);
    const parts = Array.isArray(item)
      ? item.map((member) => blank() + write(member) + blank())
      : rotated(Object.entries(item), next()).map(
          ([key, member]) => `${blank()}${text(key)}${blank()}:${blank()}${write(member)}`,
        );
    const [open, close] = Array.isArray(item) ? "[]" : "{}";
    return `${open}${parts.join(",")}${blank()}${close}`;
  };
  return blank() + write(value) + blank();
}

function rotated<Item>(items: Item[], by: number): Item[] {
  const at = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}

function spellCharacter(character: string, choice: number): string {
  if (choice === 0) return escaped(character);
  if (choice === 1) return escaped(character).replace(/[a-f]/g, (digit) => digit.toUpperCase());
  if (choice === 2 && character === "/") return "\\/";
  return JSON.stringify(character).slice(1, -1);
}

/** Each of its UTF-16 units as an escape. */
function escaped(character: string): string {
  let written = "";
  for (let at = 0; at < character.length; at += 1) {
    written += `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`;
  }
  return written;
}

function spellNumber(value: number, choice: number): string {
  if (Number.isSafeInteger(value) && choice === 0) return `${value}.0`;
  if (Number.isSafeInteger(value) && choice === 1) return `${value}e0`;
  return JSON.stringify(value);
}
