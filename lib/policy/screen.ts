const maxDepth = 16;

export interface Finding {
  path: (string | number)[];
  message: string;
}

/**
 * Looks for what a schema would silently drop or a database would refuse: `__proto__` keys, NUL
 * characters, halves of surrogate pairs, absurd depth. Empty when the value is plain and clean.
 */
export function screenValue(value: unknown): Finding[] {
  const findings: Finding[] = [];
  visit(value, []);
  return findings;

  function visit(current: unknown, path: (string | number)[]): void {
    if (typeof current === "string") checkText(current, path);
    if (typeof current !== "object" || current === null) return;
    if (path.length === maxDepth) {
      findings.push({ path, message: "This is nested too deeply: no part of a policy is." });
    } else if (Array.isArray(current)) {
      for (const [index, element] of current.entries()) visit(element, [...path, index]);
    } else {
      for (const [key, element] of Object.entries(current))
        visitEntry(key, element, [...path, key]);
    }
  }

  function visitEntry(key: string, element: unknown, path: (string | number)[]): void {
    checkText(key, path);
    if (key === "__proto__") {
      findings.push({ path, message: 'Write the key "__proto__" as "\\\\__proto__".' });
    }
    visit(element, path);
  }

  function checkText(text: string, path: (string | number)[]): void {
    if (text.includes("\0")) findings.push({ path, message: "Remove the NUL character." });
    if (!text.isWellFormed()) findings.push({ path, message: "Remove the broken character." });
  }
}
