/**
 * The first key, unescaped, that one object of a valid JSON text holds twice, or "" when none
 * does. Slow path: only runs to name the fault once a text is known to be refused.
 */
export function findDuplicateKey(text: string): string {
  const token = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:]/gs;
  const objects: Set<string>[] = [];
  let candidate = "";
  for (const [piece] of text.matchAll(token)) {
    if (piece === "{" || piece === "[") {
      objects.push(new Set());
    } else if (piece === "}" || piece === "]") {
      objects.pop();
    } else if (piece === ":") {
      const key: string = JSON.parse(candidate);
      const keys = objects.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    } else {
      candidate = piece;
    }
  }
  return "";
}
