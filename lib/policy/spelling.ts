import { isList, type Path } from "./path.ts";
import type { JsonValue } from "./types.ts";
import { spend, type Work } from "./work.ts";

/** How a name is read by servers that are lax about it. */
export interface Spelling {
  readonly text: string;
  readonly folded: string;
  /** Of ASCII letters and digits alone: folding then changes nothing but its case. */
  readonly plain: boolean;
}

/** A path whose names can be held against others. */
export type SpelledPath = readonly (Spelling | number | "*")[];

/** A name that is longer by more than this is another name, whatever it is folded to. */
const mostMore = 4;

/**
 * Many servers take an argument's name without its case (Go's encoding/json does, last one wins),
 * its spaces or its separators. Two such names side by side say two things, and only the server knows
 * which it hears.
 */
export function spell(path: Path): SpelledPath {
  return path.map((segment) =>
    typeof segment === "number" || segment === "*"
      ? segment
      : { text: segment, folded: fold(segment), plain: isPlainName(segment) },
  );
}

/** Whether an object on the way has a key that may be taken for the one that the path names. */
export function isMisspelled(
  value: JsonValue | undefined,
  path: SpelledPath,
  work: Work,
  index = 0,
): boolean {
  const segment = path[index];
  if (segment === undefined || typeof value !== "object" || value === null) return false;
  if (isList(value)) {
    if (segment === "*") return isAnyMisspelled(value, path, work, index + 1);
    return typeof segment === "number" && isMisspelled(value[segment], path, work, index + 1);
  }
  if (typeof segment !== "object") return false;
  spend(work, 1);
  for (const key in value) {
    spend(work, 1 / 8);
    if (!mayBeTaken(key, segment)) continue;
    spend(work, 4);
    if (fold(key) === segment.folded) return true;
  }
  const { text } = segment;
  return Object.hasOwn(value, text) && isMisspelled(value[text], path, work, index + 1);
}

function isAnyMisspelled(
  elements: readonly JsonValue[],
  path: SpelledPath,
  work: Work,
  index: number,
): boolean {
  if (index === path.length) return false;
  return elements.some((each) => {
    spend(work, 1);
    return isMisspelled(each, path, work, index);
  });
}

/** Whether a server may take one name for the other, though they differ. */
export function isTakenFor(key: string, spelling: Spelling): boolean {
  return mayBeTaken(key, spelling) && fold(key) === spelling.folded;
}

/** Rules most names out without folding them: plain ones of another length, or that begin otherwise. */
function mayBeTaken(key: string, { text, plain }: Spelling): boolean {
  if (key === text || key.length > text.length + mostMore) return false;
  return key.length === text.length || !(plain && isPlainName(key));
}

/** By hand: this runs for each argument and condition of each call, and a pattern takes ten times as long. */
function isPlainName(name: string): boolean {
  for (let at = 0; at < name.length; at += 1) {
    const code = name.charCodeAt(at);
    const isDigit = code >= 48 && code <= 57;
    const isLetter = (code | 32) >= 97 && (code | 32) <= 122;
    if (!isDigit && !isLetter) return false;
  }
  return true;
}

function fold(name: string): string {
  return name
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s_-]+/g, "");
}
