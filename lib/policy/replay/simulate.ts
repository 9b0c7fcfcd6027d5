import type { LimitScope, RateLimitObligation } from "../types.ts";
import type { Foreseen } from "./foresee.ts";

/** What a call ends in, limits counted. */
export type Ending = "allow" | "limit" | "approve" | "deny" | "hide";

export interface ReplayedCall {
  /** Milliseconds since the epoch. */
  at: number;
  /** Whose slots a limit of this scope takes. */
  owner: (per: LimitScope) => string;
  /** Null: it depends on values that are not known. */
  foreseen: Foreseen | null;
  /** Of which the call may take slots if its decision is not certain. */
  mayTake: readonly RateLimitObligation[];
}

export interface ReplayedEnding {
  /** Null: not certain. */
  ending: Ending | null;
  rule: string | null;
}

/** Above this many slots, those of one 240th of the window share the stamp of the latest. */
const mostStamps = 1_000;
const grains = 240;

/**
 * Counts limits over calls in the order of their times, every window empty at the beginning. Slots
 * that a call took for certain and those it may have taken are counted apart: a call is limited for
 * certain when the first alone fill a window, admitted for certain when both together do not. Calls
 * that wait for approval may take slots, because a person decides.
 */
export function simulateLimits(calls: readonly ReplayedCall[]): ReplayedEnding[] {
  const windows = new Map<string, { sure: Slots; perhaps: Slots }>();
  return calls.map(({ at, owner, foreseen, mayTake }) => {
    const asked = foreseen === null ? mayTake : foreseen.limits;
    const states = asked.map((limit) => {
      const key = `${limit.limitKey} ${owner(limit.per)}`;
      const window = windows.get(key) ?? { sure: new Slots(), perhaps: new Slots() };
      windows.set(key, window);
      const cutoff = at - limit.windowSeconds * 1_000;
      const sure = window.sure.usedAfter(cutoff);
      return { limit, window, sure, most: sure + window.perhaps.usedAfter(cutoff) };
    });
    const take = (kind: "sure" | "perhaps") => {
      for (const { window, limit } of states) window[kind].take(at, limit);
    };
    if (foreseen === null) {
      take("perhaps");
      return { ending: null, rule: null };
    }
    const { effect, rule } = foreseen;
    if (effect === "hide" || effect === "deny") return { ending: effect, rule };
    if (effect === "approve") {
      take("perhaps");
      return { ending: effect, rule };
    }
    const full = states.find(({ limit, sure }) => sure >= limit.max);
    if (full !== undefined) return { ending: "limit", rule: full.limit.rule };
    const isFree = states.every(({ limit, most }) => most < limit.max);
    take(isFree ? "sure" : "perhaps");
    return isFree ? { ending: effect, rule } : { ending: null, rule };
  });
}

/** Slots taken, oldest first; those out of the window are forgotten as it moves on. */
class Slots {
  #stamps: number[] = [];
  #counts: number[] = [];
  #first = 0;
  #used = 0;

  usedAfter(cutoff: number): number {
    while (this.#first < this.#stamps.length && (this.#stamps[this.#first] ?? 0) <= cutoff) {
      this.#used -= this.#counts[this.#first] ?? 0;
      this.#first++;
    }
    return this.#used;
  }

  take(at: number, { max, windowSeconds }: RateLimitObligation): void {
    this.#used++;
    const last = this.#stamps.length - 1;
    const grain = (windowSeconds * 1_000) / grains;
    const shares =
      max > mostStamps &&
      last >= this.#first &&
      Math.floor((this.#stamps[last] ?? 0) / grain) === Math.floor(at / grain);
    if (shares) {
      this.#stamps[last] = at;
      this.#counts[last] = (this.#counts[last] ?? 0) + 1;
    } else {
      this.#stamps.push(at);
      this.#counts.push(1);
    }
  }
}
