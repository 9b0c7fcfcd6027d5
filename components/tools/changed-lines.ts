export interface ChangedLine {
  key: string;
  kind: "same" | "added" | "removed" | "gap";
  text: string;
}

const context = 2;

/** The lines that differ with two unchanged ones around them; "…" stands for what is left out. */
export function changedLines(before: string, after: string): ChangedLine[] {
  const lines = compare(before.split("\n"), after.split("\n"));
  const isNear = lines.map((_, at) =>
    lines.slice(Math.max(0, at - context), at + context + 1).some(({ kind }) => kind !== "same"),
  );
  return lines.flatMap((line, at) => {
    const key = String(at);
    if (isNear[at]) return [{ ...line, key }];
    return at === 0 || isNear[at - 1] ? [{ key, kind: "gap" as const, text: "…" }] : [];
  });
}

type Line = Omit<ChangedLine, "key">;

/** Longest common subsequence; definitions have hundreds of lines, not thousands. */
function compare(before: readonly string[], after: readonly string[]): Line[] {
  const lengths = Array.from({ length: before.length + 1 }, () =>
    new Array<number>(after.length + 1).fill(0),
  );
  const at = (i: number, j: number) => lengths[i]?.[j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const row = lengths[i];
      if (!row) continue;
      row[j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    const [old = "", now = ""] = [before[i], after[j]];
    if (i < before.length && j < after.length && old === now) {
      lines.push({ kind: "same", text: old });
      i++;
      j++;
    } else if (j >= after.length || (i < before.length && at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ kind: "removed", text: old });
      i++;
    } else {
      lines.push({ kind: "added", text: now });
      j++;
    }
  }
  return lines;
}
