/** Code points that a person does not see and a model does, as inclusive ranges. */
export const INVISIBLE_RANGES: readonly (readonly [first: number, last: number, what: string])[] = [
  [0x00, 0x08, "control"],
  [0x0b, 0x0c, "control"],
  [0x0e, 0x1f, "control, the start of terminal sequences included"],
  [0x7f, 0x9f, "control"],
  [0xad, 0xad, "soft hyphen"],
  [0x34f, 0x34f, "grapheme joiner"],
  [0x61c, 0x61c, "Arabic letter mark"],
  [0x115f, 0x1160, "Hangul filler"],
  [0x17b4, 0x17b5, "Khmer inherent vowel"],
  [0x180b, 0x180e, "Mongolian separator"],
  [0x200b, 0x200c, "zero width"],
  [0x200e, 0x200f, "direction mark"],
  [0x202a, 0x202e, "direction override"],
  [0x2060, 0x206f, "invisible operator, direction isolate"],
  [0x2800, 0x2800, "blank Braille"],
  [0x3164, 0x3164, "Hangul filler"],
  [0xfeff, 0xfeff, "byte order mark"],
  [0xffa0, 0xffa0, "Hangul filler"],
  [0xfff9, 0xfffb, "annotation mark"],
  [0xe0000, 0xe007f, "tag"],
  [0xe0100, 0xe01ef, "variation selector"],
];

const INVISIBLE_CLASS = `[${INVISIBLE_RANGES.map(
  ([first, last]) => `\\u{${first.toString(16)}}-\\u{${last.toString(16)}}`,
).join("")}]`;
const INVISIBLE = new RegExp(INVISIBLE_CLASS, "u");
const INVISIBLE_ALL = new RegExp(INVISIBLE_CLASS, "gu");

/** A zero-width joiner is part of emoji and of some scripts; between Latin letters it hides. */
const LATIN_JOINER = /[\p{Script=Latin}\d ]\u200d|\u200d[\p{Script=Latin}\d ]/u;

const SPACE = 0x20;
const JOINER = "\u200d";
const COMMENT = /<!--/;
const ENCODED_BLOCK = /[A-Za-z0-9+/_-]{160,}={0,2}/;
const FAR_RIGHT = /\S {60}/;

/** Where a text hides something, quoted with invisible characters spelled out; undefined if nowhere. */
export function findHiddenText(text: string): { quote: string; meaning: string } | undefined {
  const character = INVISIBLE.exec(text) ?? LATIN_JOINER.exec(text);
  if (character !== null) {
    return {
      quote: quoteAround(text, character.index),
      meaning: "contains characters that people do not see",
    };
  }
  const comment = COMMENT.exec(text);
  if (comment !== null) {
    return {
      quote: quoteAround(text, comment.index),
      meaning: "contains a comment that is not displayed",
    };
  }
  const encoded = ENCODED_BLOCK.exec(text);
  if (encoded !== null) {
    return { quote: quoteAround(text, encoded.index), meaning: "contains a long encoded block" };
  }
  const far = FAR_RIGHT.exec(text.trimEnd());
  if (far !== null) {
    return { quote: quoteAround(text, far.index), meaning: "pushes text out of sight with spaces" };
  }
  return undefined;
}

/** The text as a person reads it, without the invisible characters, for reading words out of it. */
export function withoutInvisible(text: string): string {
  return INVISIBLE.test(text) ? text.replace(INVISIBLE_ALL, "") : text;
}

/** At most 120 characters from `at`, on one line, invisible characters spelled out. */
export function quoteAround(text: string, at: number): string {
  const start = at === 0 ? 0 : startOfWord(text, at);
  const plain = start === 0 && text.length <= 121 ? text : text.slice(start, start + 121);
  if (isPlainLine(plain)) {
    return plain.length <= 120 ? plain : `${plain.slice(0, 119)}…`;
  }
  const piece = spelledOut(text.slice(start, start + 200).toWellFormed())
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

/** With the code points of invisible characters in their place. */
function spelledOut(text: string): string {
  if (!INVISIBLE.test(text) && !text.includes(JOINER)) return text;
  return text.replace(INVISIBLE_ALL, codePoint).replaceAll(JOINER, codePoint);
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
