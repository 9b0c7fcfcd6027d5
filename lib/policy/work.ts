/**
 * What one evaluation may still cost. Units are counted, not timed, so the same call always gets
 * the same decision; one unit is at worst about 120 ns, the whole budget under 20 ms.
 */
export interface Work {
  left: number;
}

export const workPerCall = 150_000;

/** An evaluation has cost all it may; the call is denied. */
export class WorkExceeded extends Error {}

/** Takes `units`; throws {@link WorkExceeded} when they are not there, which denies the call. */
export function spend(work: Work, units: number): void {
  work.left -= units;
  if (work.left < 0) throw new WorkExceeded();
}
