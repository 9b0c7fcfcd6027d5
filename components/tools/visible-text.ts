const invisible =
  /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\u2028\u2029]|[\u{e0000}-\u{e0fff}]/gu;

/** Spells out characters that a model reads and a person does not see. */
export function visibleText(text: string): string {
  return text.replace(
    invisible,
    (character) =>
      `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟩`,
  );
}
