import { parsePath } from "./path.ts";

const maxDepth = 16;

export interface Finding {
  path: (string | number)[];
  message: string;
}

/**
 * Looks for what a schema would silently drop or a database would refuse: `__proto__` keys, NUL
 * characters, halves of surrogate pairs, absurd depth; and for paths that look as if they reached what
 * every object inherits. Empty when the value is plain and clean.
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
    if ((key === "path" || key === "joined_with") && typeof element === "string") {
      const inherited = parsePath(element)?.find(isInherited);
      if (inherited !== undefined) {
        findings.push({ path, message: `Name an argument: every object has "${inherited}".` });
      }
    }
    visit(element, path);
  }

  function checkText(text: string, path: (string | number)[]): void {
    if (text.includes("\0")) findings.push({ path, message: "Remove the NUL character." });
    if (!text.isWellFormed()) findings.push({ path, message: "Remove the broken character." });
  }
}

/** The evaluator sees own properties only, so a rule on one of these would never mean what it says. */
function isInherited(segment: string | number): boolean {
  return segment === "prototype" || (typeof segment === "string" && segment in {});
}
