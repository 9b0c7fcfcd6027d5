/**
 * Orders versions as their registries do, the oldest first: Semantic Versioning 2.0.0 (section 11)
 * and PEP 440 alike, so 1.0.0.dev2, 1.0.0-alpha.1, 1.0.0rc1, 1.0.0, 1.0.0.post1, 1.0.10. Total over
 * any two strings; 0 for equal strings only.
 */
export function compareVersions(one: string, other: string): number {
  const [left, right] = [readVersion(one), readVersion(other)];
  return (
    compareNumbers(left.release, right.release) ||
    compareParts(left.suffix, right.suffix) ||
    compareTexts(one, other)
  );
}

interface Version {
  /** The epoch, then the numbers between the dots; trailing zeros say nothing. */
  release: bigint[];
  /** What follows them: numbers and words, "alpha" for "a"; build metadata is left out. */
  suffix: (bigint | string)[];
}

function readVersion(text: string): Version {
  const lower = text.toLowerCase();
  const [whole = "", epoch = "0", numbers = "0"] =
    /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)?/.exec(lower) ?? [];
  const rest = lower.slice(whole.length).split("+", 1)[0] ?? "";
  return {
    release: [epoch, ...numbers.split(".")].map(BigInt),
    suffix: (rest.match(/\d+|[a-z]+/g) ?? []).map((part) =>
      /\d/.test(part) ? BigInt(part) : (aliases.get(part) ?? part),
    ),
  };
}

const aliases = new Map([
  ["a", "alpha"],
  ["b", "beta"],
  ["c", "rc"],
  ["pre", "rc"],
  ["preview", "rc"],
  ["rev", "post"],
  ["r", "post"],
]);

function compareNumbers(left: readonly bigint[], right: readonly bigint[]): number {
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const difference = (left[at] ?? 0n) - (right[at] ?? 0n);
    if (difference !== 0n) return difference < 0n ? -1 : 1;
  }
  return 0;
}

function compareParts(left: Version["suffix"], right: Version["suffix"]): number {
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const [part, counterpart] = [left[at], right[at]];
    const difference = rank(part, at) - rank(counterpart, at);
    if (difference !== 0) return difference;
    if (typeof part === "bigint" && typeof counterpart === "bigint" && part !== counterpart) {
      return part < counterpart ? -1 : 1;
    }
    const texts = compareTexts(String(part), String(counterpart));
    if (texts !== 0) return texts;
  }
  return 0;
}

/** A suffix makes a version older than without ("1.0.0-rc"); more of a suffix makes it newer ("rc.1"). */
function rank(part: bigint | string | undefined, at: number): number {
  if (part === "dev") return 0;
  if (part === "post") return 5;
  if (part === undefined) return at === 0 ? 4 : 1;
  return typeof part === "bigint" ? 2 : 3;
}

function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
