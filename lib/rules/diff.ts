/** Lines of context around a change. */
const contextLines = 3;
/** Above this many pairs of lines the middle is shown as replaced, which is still correct. */
const maxPairs = 4_000_000;

/**
 * How `after` differs from `before`, line by line: `-` gone, `+` new, a space for context, `…` where
 * unchanged lines are left out. Empty when they are equal.
 */
export function diffLines(before: string, after: string): string {
  if (before === after) return "";
  const marked = markLines(before.trimEnd().split("\n"), after.trimEnd().split("\n"));
  const near = marked.map((_, index) =>
    marked
      .slice(Math.max(0, index - contextLines), index + contextLines + 1)
      .some((line) => !line.startsWith(" ")),
  );
  return marked
    .flatMap((line, index) => {
      if (near[index]) return [line];
      return index === 0 || near[index - 1] ? ["…"] : [];
    })
    .join("\n");
}

function markLines(before: string[], after: string[]): string[] {
  let start = 0;
  while (start < Math.min(before.length, after.length) && before[start] === after[start]) start++;
  let end = 0;
  const shortest = Math.min(before.length, after.length) - start;
  while (end < shortest && before.at(-1 - end) === after.at(-1 - end)) end++;
  const mark = (sign: string, lines: string[]) => lines.map((line) => `${sign}${line}`);
  return [
    ...mark(" ", before.slice(0, start)),
    ...markMiddle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...mark(" ", before.slice(before.length - end)),
  ];
}

/** Longest common subsequence, by table. */
function markMiddle(before: string[], after: string[]): string[] {
  const width = after.length + 1;
  const common = new Uint32Array(
    before.length * after.length > maxPairs ? 0 : (before.length + 1) * width,
  );
  const at = (row: number, column: number) => common[row * width + column] ?? 0;
  if (common.length > 0) {
    for (let row = before.length - 1; row >= 0; row--) {
      for (let column = after.length - 1; column >= 0; column--) {
        common[row * width + column] =
          before[row] === after[column]
            ? at(row + 1, column + 1) + 1
            : Math.max(at(row + 1, column), at(row, column + 1));
      }
    }
  }
  const lines: string[] = [];
  let row = 0;
  let column = 0;
  while (row < before.length || column < after.length) {
    if (common.length > 0 && row < before.length && before[row] === after[column]) {
      lines.push(` ${before[row]}`);
      row++;
      column++;
    } else if (
      row < before.length &&
      (column === after.length || at(row + 1, column) >= at(row, column + 1))
    ) {
      lines.push(`-${before[row]}`);
      row++;
    } else {
      lines.push(`+${after[column]}`);
      column++;
    }
  }
  return lines;
}
