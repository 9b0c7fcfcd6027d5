export type TextPart =
  | { kind: "text"; text: string }
  /** Something that a reader would not see, or that moves what they see. */
  | { kind: "hidden"; code: string; name: string };

// Besides control, format and separator characters: fillers, blanks and selectors that show nothing.
const unseen =
  /[\p{C}\p{Zl}\p{Zp}\u00A0\u034F\u115F\u1160\u17B4\u17B5\u180B-\u180F\u2000-\u200A\u202F\u205F\u2800\u3000\u3164\uFE00-\uFE0F\uFFA0\u{E0100}-\u{E01EF}]/u;

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
  0xa0: "no-break space",
  0xad: "soft hyphen",
  0x200b: "zero-width space",
  0x200c: "zero-width non-joiner",
  0x200d: "zero-width joiner",
  0x200e: "left-to-right mark",
  0x200f: "right-to-left mark",
  0x2028: "line separator",
  0x202a: "left-to-right embedding",
  0x202b: "right-to-left embedding",
  0x202c: "end of direction",
  0x202d: "left-to-right override",
  0x202e: "right-to-left override",
  0x2060: "word joiner",
  0x2066: "left-to-right isolate",
  0x2067: "right-to-left isolate",
  0x2069: "end of isolate",
  0xfeff: "byte order mark",
};

function nameOf(point: number): string {
  if (point >= 0xe0000 && point <= 0xe007f) return "tag character";
  if (point >= 0xd800 && point <= 0xdfff) return "half a character";
  if ((point >= 0xfe00 && point <= 0xfe0f) || point >= 0xe0100) return "variation selector";
  return names[point] ?? (point < 0xa0 ? "control character" : "invisible character");
}
