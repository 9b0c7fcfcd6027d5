import {
  HIDING_PLACES,
  INVISIBLE_RANGES,
  JOINING_SCRIPTS,
  TAGGED_FLAGS,
} from "./lexicon/characters.ts";

const INVISIBLE_CLASS = `[${INVISIBLE_RANGES.map(
  ([first, last]) => `\\u{${first.toString(16)}}-\\u{${last.toString(16)}}`,
).join("")}]`;
const INVISIBLE = new RegExp(INVISIBLE_CLASS, "u");
const SPACE = 0x20;

const JOINING = `[${JOINING_SCRIPTS.split(" ")
  .map((script) => `\\p{Script=${script}}`)
  .join("")}]`;
const EMOJI = "\\p{Extended_Pictographic}(?:\\uFE0F|\\p{Emoji_Modifier})?";
/** What invisible characters belong to: read as a whole, so that only those elsewhere are left. */
const SEEN = [
  `\\u{1F3F4}(?:${TAGGED_FLAGS.split(" ").map(inTags).join("|")})\\u{E007F}`,
  `${EMOJI}(?:\\u200D${EMOJI})*`,
  "[0-9#*]\\uFE0F\\u20E3",
  `${JOINING}(?:[\\u200C\\u200D]?${JOINING})*[\\u200C\\u200D]?`,
].join("|");
const SEEN_OR_HIDDEN = new RegExp(`${SEEN}|(${INVISIBLE_CLASS})`, "gu");

/** Where a text hides something, quoted with invisible characters spelled out; undefined if nowhere. */
export function findHiddenText(text: string): { quote: string; meaning: string } | undefined {
  const hidden = firstHidden(text);
  if (hidden !== undefined) {
    return {
      quote: quoteAround(text, hidden),
      meaning: "contains characters that people do not see",
    };
  }
  const trimmed = text.trimEnd();
  for (const { pattern, meaning } of HIDING_PLACES) {
    const found = pattern.exec(trimmed);
    if (found !== null) return { quote: quoteAround(text, found.index), meaning };
  }
  return undefined;
}

function firstHidden(text: string): number | undefined {
  if (!INVISIBLE.test(text)) return undefined;
  for (const { 1: hidden, index } of text.matchAll(SEEN_OR_HIDDEN)) {
    if (hidden !== undefined) return index;
  }
  return undefined;
}

/** The text as a person reads it, without the hidden characters, for reading words out of it. */
export function withoutInvisible(text: string): string {
  return withHidden(text, () => "");
}

function withHidden(text: string, shown: (character: string) => string): string {
  if (!INVISIBLE.test(text)) return text;
  return text.replace(SEEN_OR_HIDDEN, (seen: string, hidden: string | undefined) =>
    hidden === undefined ? seen : shown(hidden),
  );
}

function inTags(letters: string): string {
  return Array.from(
    letters,
    (letter) => `\\u{${(0xe0000 + letter.charCodeAt(0)).toString(16)}}`,
  ).join("");
}

/** At most 120 characters from `at`, on one line, invisible characters spelled out. */
export function quoteAround(text: string, at: number): string {
  const start = at === 0 ? 0 : startOfWord(text, at);
  const plain = start === 0 && text.length <= 121 ? text : text.slice(start, start + 121);
  if (isPlainLine(plain)) {
    return plain.length <= 120 ? plain : `${plain.slice(0, 119)}…`;
  }
  const piece = withHidden(text.slice(start, start + 200).toWellFormed(), codePoint)
    .replace(/\s+/g, " ")
    .trim();
  if (piece.length <= 120) return piece;
  const characters = Array.from(piece);
  return characters.length <= 120 ? piece : `${characters.slice(0, 119).join("")}…`;
}

/** Visible ASCII, its words one space apart. */
function isPlainLine(text: string): boolean {
  let before = SPACE;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < SPACE || code > 0x7e || (code === SPACE && before === SPACE)) return false;
    before = code;
  }
  return before !== SPACE;
}

/** Some words before `at`, and no half one. */
function startOfWord(text: string, at: number): number {
  const start = Math.max(0, at - 20);
  if (start === 0 || text[start - 1] === " ") return start;
  const space = text.indexOf(" ", start);
  return space !== -1 && space < at ? space + 1 : start;
}

function codePoint(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}
