import { RE2JS } from "re2js";
import type { Verdict } from "./verdict.ts";
import { spend, type Work } from "./work.ts";

export const patternMaxLength = 512;
export const patternMaxSize = 1_000;

/** Program size times text length up to which one match is attempted (under 20 ms at worst). */
const matchMaxWork = 100_000;
/** The engine remembers the states it met; a fresh one after this much work bounds its memory. */
const renewAfterWork = 100_000;

/** A compiled RE2 pattern. Matches the whole text; a line break is not an end of text. */
export interface Pattern {
  /** Indeterminate when the text is too long for a pattern of this size. */
  matches(text: string, work: Work): Verdict;
}

/**
 * Compiles an RE2 pattern (https://github.com/google/re2/wiki/Syntax): no look-around, no
 * back-references, time linear in the text. Throws an Error whose message says what to change.
 */
export function compilePattern(source: string, ignoreCase: boolean): Pattern {
  if (source.length > patternMaxLength) {
    throw new Error(`Use at most ${patternMaxLength} characters in a pattern.`);
  }
  // Counted repeats are copied out by the compiler; without this, refusing them costs 40 ms.
  if (countedRepeats(source) > patternMaxSize) throw new Error(tooLarge);
  let engine = compileSource(source, ignoreCase);
  const size = engine.programSize();
  if (size > patternMaxSize) throw new Error(tooLarge);
  let workDone = 0;
  return {
    matches(text, work) {
      const cost = size * (text.length + 1);
      if (cost > matchMaxWork) return "indeterminate";
      spend(work, cost);
      workDone += cost;
      if (workDone > renewAfterWork) {
        engine = compileSource(source, ignoreCase);
        workDone = cost;
      }
      return engine.testExact(text);
    },
  };
}

const tooLarge = "This pattern repeats too much: lower the numbers in braces.";

function compileSource(source: string, ignoreCase: boolean): RE2JS {
  try {
    return RE2JS.compile(source, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
  } catch (error) {
    const cause = error instanceof Error ? error.message : "unknown error";
    throw new Error(`RE2 cannot use this pattern (${cause}): rewrite it without that construct.`);
  }
}

function countedRepeats(source: string): number {
  let sum = 0;
  for (const [, least, most] of source.matchAll(/\{(\d{1,9})(?:,(\d{1,9}))?/g)) {
    sum += Math.max(Number(least), Number(most ?? 0));
  }
  return sum;
}
