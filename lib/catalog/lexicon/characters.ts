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
  [0x180b, 0x180f, "Mongolian variation selector, separator"],
  [0x200b, 0x200d, "zero width space, non-joiner and joiner"],
  [0x200e, 0x200f, "direction mark"],
  [0x202a, 0x202e, "direction override"],
  [0x2060, 0x206f, "invisible operator, direction isolate"],
  [0x2800, 0x2800, "blank Braille"],
  [0x3164, 0x3164, "Hangul filler"],
  [0xfe00, 0xfe0f, "variation selector"],
  [0xfeff, 0xfeff, "byte order mark"],
  [0xffa0, 0xffa0, "Hangul filler"],
  [0xfff9, 0xfffb, "annotation mark"],
  [0x1d173, 0x1d17a, "musical control"],
  [0xe0000, 0xe007f, "tag"],
  [0xe0100, 0xe01ef, "variation selector"],
];

/** Scripts in which the zero-width joiner and non-joiner decide how the letters beside them are written. */
export const JOINING_SCRIPTS =
  "Arabic Syriac Nko Mongolian Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada Malayalam Sinhala Tibetan " +
  "Myanmar Khmer";

/** Flags that are spelled with tags behind a black flag: England, Scotland, Wales. No others are in use. */
export const TAGGED_FLAGS = "gbeng gbsct gbwls";

/** Where text hides without hidden characters, and what it is. */
export const HIDING_PLACES: readonly { pattern: RegExp; meaning: string }[] = [
  { pattern: /<!--/, meaning: "contains a comment that is not displayed" },
  { pattern: /[A-Za-z0-9+/_-]{160,}={0,2}/, meaning: "contains a long encoded block" },
  { pattern: /\S {60}/, meaning: "pushes text out of sight with spaces" },
];
