import type { Fleet } from "./fleet.ts";
import type { Ledger } from "./ledger.ts";

/** What a campaign runs on: proxies as processes of their own, and a server that keeps a ledger. */
export interface Field {
  fleet: Fleet;
  ledger: Ledger;
  /** Chooses every random pause and order; printed, so that a run can be repeated. */
  seed: number;
  /** One line of progress. */
  say(line: string): void;
}

export interface Outcome {
  figures: Record<string, number>;
  /** What was promised and did not hold; empty when everything did. */
  broken: string[];
}

/** Collects broken promises, so that one does not hide the others. */
export class Promises {
  readonly broken: string[] = [];

  exactly(what: string, actual: number, expected: number): void {
    if (actual !== expected) this.broken.push(`${what}: ${actual} instead of ${expected}`);
  }

  holds(what: string, condition: boolean): void {
    if (!condition) this.broken.push(what);
  }
}

/** Random numbers in [0, 1) from a seed (mulberry32, public domain). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Works through the items, `concurrency` of them at a time. */
export async function inParallel<T>(
  items: readonly T[],
  concurrency: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    // The cast: `at` is below the length.
    for (let at = next++; at < items.length; at = next++) await work(items[at] as T, at);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}
