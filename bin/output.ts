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

/** The same for text of several lines, such as a policy. */
export function printableLines(text: string): string {
  return text
    .split("\n")
    .map((line) =>
      line.replace(/[^\P{C}\t]/gu, (character) => JSON.stringify(character).slice(1, -1)),
    )
    .join("\n");
}

/** A line about what is going on; standard output is kept for the answer. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
