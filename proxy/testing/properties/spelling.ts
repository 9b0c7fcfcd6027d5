import fc from "fast-check";
import type { JsonValue } from "#proxy/json/parse-json.ts";
import { readByHand } from "#proxy/json/read-by-hand.ts";

/** Numbers that decide, one after the other and round again, how a text is written. */
export const choices = fc.array(fc.nat({ max: 11 }), { minLength: 1, maxLength: 24 });

/** Any character, more often one that texts and streams are built with. */
const unit = fc.oneof(
  fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
  fc.constantFrom(" ", "\n", "\r", '"', "\\", "/", ":", "\u2028"),
);

/** Any JSON value, as JSON.parse would give it; small, because there are many of them. */
export const jsonValue: fc.Arbitrary<JsonValue> = fc
  .jsonValue({ maxDepth: 2, depthSize: "xsmall", stringUnit: unit })
  // fast-check's type knows no index signature, and negative zero has no spelling of its own.
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);

/** Any JSON object. */
export const jsonObject = fc.dictionary(fc.string({ unit: "binary", maxLength: 4 }), jsonValue, {
  maxKeys: 3,
  noNullPrototype: true,
});

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
  const units = Array.from({ length: character.length }, (_, at) =>
    character.charCodeAt(at).toString(16).padStart(4, "0"),
  );
  if (choice === 0) return units.map((unit) => `\\u${unit}`).join("");
  if (choice === 1) return units.map((unit) => `\\u${unit.toUpperCase()}`).join("");
  if (choice === 2 && character === "/") return "\\/";
  return JSON.stringify(character).slice(1, -1);
}

function spellNumber(value: number, choice: number): string {
  if (Number.isSafeInteger(value) && choice === 0) return `${value}.0`;
  if (Number.isSafeInteger(value) && choice === 1) return `${value}e0`;
  return JSON.stringify(value);
}
