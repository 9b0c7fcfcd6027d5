/**
 * One way in which an upstream may read a text. `ignore_case` and `trim` mean slightly different
 * things in different languages (`ı`, `ſ`, `ß`; byte order marks, control characters), so a text
 * is looked at through several lenses: only where all agree is the answer certain.
 */
export interface Lens {
  /** Applied to the argument and to the policy's own text. */
  readonly fold: (text: string) => string;
  /** Applied to the argument only. */
  readonly trim: (text: string) => string;
}

export interface TextOptions {
  ignore_case?: boolean;
  trim?: boolean;
}

const same = (text: string) => text;
const lower = (text: string) => text.toLowerCase();
const upper = (text: string) => text.toUpperCase();
// Finds the most texts equal; some languages lower a dotted capital I to a plain i.
const widest = (text: string) => text.toUpperCase().toLowerCase().replaceAll("i\u0307", "i");

/** The lenses for comparing texts. */
export function comparisonLenses(options: TextOptions): readonly Lens[] {
  return lenses(options, [lower, upper, widest]);
}

/** The lenses for a pattern that already ignores case by RE2's simple folding. */
export function patternLenses(options: TextOptions): readonly Lens[] {
  return lenses(options, [same, widest]);
}

function lenses(options: TextOptions, folds: readonly Lens["fold"][]): readonly Lens[] {
  const trims = options.trim === true ? [trimNarrow, trimWide] : [same];
  const used = options.ignore_case === true ? folds : [same];
  return trims.flatMap((trim) => used.map((fold) => ({ fold, trim })));
}

/** Printable ASCII and its white space: read alike through every lens for comparing. */
export function isPlain(text: string): boolean {
  return /^[\t-\r -~]*$/.test(text);
}

/** Cuts what every language cuts: space, tab, line feed, vertical tab, form feed, return. */
function trimNarrow(text: string): string {
  return trimBy(text, isNarrowSpace);
}

/** Space, tab, line feed, vertical tab, form feed, return: UTF-16 units. */
export function isNarrowSpace(unit: number): boolean {
  return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);
}

/** Cuts what any language might cut: control, space, zero-width and direction characters. */
export function trimWide(text: string): string {
  return trimBy(text, isWideSpace);
}

/** What any language might take for a space, by UTF-16 unit. */
export function isWideSpace(unit: number): boolean {
  if (unit <= 0x20 || (unit >= 0x7f && unit <= 0xa0)) return true;
  if (unit < 0x1680) return unit === 0xad;
  return (
    unit === 0x1680 ||
    unit === 0x180e ||
    (unit >= 0x2000 && unit <= 0x200f) ||
    (unit >= 0x2028 && unit <= 0x202f) ||
    (unit >= 0x205f && unit <= 0x206f) ||
    unit === 0x3000 ||
    unit === 0xfeff
  );
}

// A loop, not a regular expression: `\s+$` is quadratic on long inner runs of spaces.
function trimBy(text: string, isSpace: (unit: number) => boolean): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}
