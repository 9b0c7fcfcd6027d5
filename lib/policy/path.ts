import type { JsonValue } from "./types.ts";

/** Keys, list positions, and `*` for every element of a list (no key can contain `*`). */
export type Path = readonly (string | number)[];

export const pathMaxSegments = 16;

const segmentPattern = /(\.?)([^.[\]*]+)|\[(\d{1,6}|\*)\]/y;

/**
 * Reads `a.b`, `a[0]`, `a[*].b`: where to look in the arguments.
 * Returns null when the text is no path.
 */
export function parsePath(text: string): Path | null {
  const path: (string | number)[] = [];
  segmentPattern.lastIndex = 0;
  while (segmentPattern.lastIndex < text.length) {
    const first = path.length === 0;
    const [segment, dot, key, position] = segmentPattern.exec(text) ?? [];
    if (segment === undefined || path.length === pathMaxSegments) return null;
    // A dot stands between two segments and nowhere else; the arguments themselves are no list.
    if (key !== undefined && (dot === ".") === first) return null;
    if (key === undefined && first) return null;
    path.push(key ?? (position === "*" ? "*" : Number(position)));
  }
  return path.length === 0 ? null : path;
}

/**
 * Shows `visit` every value at the path, and `undefined` for each place where there is none. An
 * empty list under `[*]` has nothing to judge and counts as one missing value, so `visit` is
 * always called. Only own properties are seen: `constructor` and `__proto__` are ordinary keys.
 */
export function visitPath(
  value: JsonValue | undefined,
  path: Path,
  visit: (value: JsonValue | undefined) => void,
  index = 0,
): void {
  const segment = path[index];
  if (segment === undefined) {
    visit(value);
  } else if (segment !== "*") {
    visitPath(ownValue(value, segment), path, visit, index + 1);
  } else if (!isList(value) || value.length === 0) {
    visit(undefined);
  } else {
    for (const element of value) visitPath(element, path, visit, index + 1);
  }
}

/** The one value at a path without `*`. */
export function valueAt(root: JsonValue, path: Path): JsonValue | undefined {
  let value: JsonValue | undefined = root;
  for (const segment of path) value = ownValue(value, segment);
  return value;
}

function ownValue(value: JsonValue | undefined, segment: string | number): JsonValue | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (isList(value)) return typeof segment === "number" ? value[segment] : undefined;
  return typeof segment === "string" && Object.hasOwn(value, segment) ? value[segment] : undefined;
}

/** `Array.isArray` that keeps the element type of a read-only list. */
export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}
