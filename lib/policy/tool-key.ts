/**
 * A key of `tools`, `prompts` or `resources`: a name or URI, in which `*` stands for any run of characters and a backslash
 * takes the next character literally. Without the backslash a server could offer a tool called
 * `*`, and allowing that one tool would allow all of them.
 */
export type ToolKey =
  | { kind: "name"; name: string }
  | { kind: "glob"; matches: (name: string) => boolean };

/** Reads a key; null when it ends in a lone backslash. */
export function parseToolKey(key: string): ToolKey | null {
  const parts = [""];
  for (let index = 0; index < key.length; index++) {
    const character = key.charAt(index);
    if (character === "*") {
      parts.push("");
      continue;
    }
    if (character === "\\") index++;
    if (index === key.length) return null;
    parts[parts.length - 1] += key.charAt(index);
  }
  const [first = "", ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return { kind: "name", name: first };
  return { kind: "glob", matches: (name) => matchesGlob(name, first, rest, last) };
}

/** The key that means exactly this tool. */
export function toolKeyOf(name: string): string {
  // The key `__proto__` is refused in documents, its escaped spelling is not.
  if (name === "__proto__") return "\\__proto__";
  return name.replace(/[*\\]/g, (character) => `\\${character}`);
}

/** Leftmost matches suffice, because between two `*` any distance is the same. */
function matchesGlob(name: string, first: string, middle: readonly string[], last: string) {
  if (name.length < first.length + last.length) return false;
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  const end = name.length - last.length;
  let from = first.length;
  for (const part of middle) {
    const at = name.indexOf(part, from);
    if (at === -1 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}
