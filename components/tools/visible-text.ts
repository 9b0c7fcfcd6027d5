import { visibleParts } from "#components/approvals/visible-parts.ts";

/** Spells out what a model reads and a person does not see; line breaks and tabs stay. */
export function visibleText(text: string): string {
  return visibleParts(text)
    .map((part) => {
      if (part.kind === "text") return part.text;
      if (part.code === "U+000A") return "\n";
      return part.code === "U+0009" ? "\t" : `⟨${part.code}⟩`;
    })
    .join("");
}
