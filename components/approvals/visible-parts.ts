export type TextPart =
  | { kind: "text"; text: string }
  /** Something that a reader would not see, or that moves what they see. */
  | { kind: "hidden"; code: string; name: string };

// Control, format and separator characters, and besides: blanks, fillers, joiners and selectors.
const unseen = new RegExp(
  [
    "[\\p{C}\\p{Zl}\\p{Zp}]",
    "[\\u00A0\\u2000-\\u200A\\u202F\\u205F\\u2800\\u3000]",
    "[\\u115F\\u1160\\u17B4\\u17B5\\u3164\\uFFA0\\u034F]",
    "[\\u180B-\\u180F\\uFE00-\\uFE0F\\u{E0100}-\\u{E01EF}]",
  ].join("|"),
  "u",
);

/** A text with everything in it made visible: what reads as nothing is named. */
export function visibleParts(text: string): TextPart[] {
  const parts: TextPart[] = [];
  for (const character of text) {
    const last = parts.at(-1);
    if (unseen.test(character)) parts.push(hiddenPart(character));
    else if (last?.kind === "text") last.text += character;
    else parts.push({ kind: "text", text: character });
  }
  return parts;
}

/** Whether a text has anything in it that only `visibleParts` shows; line breaks and tabs aside. */
export function hasHidden(text: string): boolean {
  return visibleParts(text.replace(/[\n\t]/g, "")).some(({ kind }) => kind === "hidden");
}

function hiddenPart(character: string): TextPart {
  const point = character.codePointAt(0) ?? 0;
  const code = `U+${point.toString(16).toUpperCase().padStart(4, "0")}`;
  return { kind: "hidden", code, name: nameOf(point) };
}

const names: Record<number, string> = {
  0: "null",
  9: "tab",
  10: "line break",
  13: "carriage return",
  27: "escape",
  127: "delete",
  160: "no-break space",
  173: "soft hyphen",
  8203: "zero-width space",
  8204: "zero-width non-joiner",
  8205: "zero-width joiner",
  8206: "left-to-right mark",
  8207: "right-to-left mark",
  8232: "line separator",
  8234: "left-to-right embedding",
  8235: "right-to-left embedding",
  8236: "end of direction",
  8237: "left-to-right override",
  8238: "right-to-left override",
  8288: "word joiner",
  8294: "left-to-right isolate",
  8295: "right-to-left isolate",
  8297: "end of isolate",
  65279: "byte order mark",
};

function nameOf(point: number): string {
  if (point >= 0xe0000 && point <= 0xe007f) return "tag character";
  if (point >= 0xd800 && point <= 0xdfff) return "half a character";
  if ((point >= 0xfe00 && point <= 0xfe0f) || point >= 0xe0100) return "variation selector";
  return names[point] ?? (point < 0xa0 ? "control character" : "invisible character");
}
