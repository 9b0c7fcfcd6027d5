/** A table for people. Cells come from servers and agents too, so they are made harmless. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string {
  const lines = [headings, ...rows.map((row) => row.map((cell) => printable(String(cell ?? "–"))))];
  const widths = headings.map((_, column) =>
    Math.max(...lines.map((line) => (line[column] ?? "").length)),
  );
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Text on one line that cannot move the cursor, hide itself or turn its direction. */
export function printable(text: string): string {
  return text.replace(/\s+/g, " ").replace(/\p{C}/gu, (character) => {
    return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  });
}

/** The same for text of several lines, such as a policy or arguments. */
export function printableLines(text: string): string {
  return text.replace(/[^\P{C}\t\n]/gu, (character) =>
    // By UTF-16 unit, so that JSON stays the same JSON.
    Array.from({ length: character.length }, (_, index) => {
      return `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`;
    }).join(""),
  );
}

/** A line about what is going on; standard output is kept for the answer. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
