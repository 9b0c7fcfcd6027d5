import { differentialRuns } from "#lib/policy/policy-laws.ts";
import { type Field, type Outcome, Promises, pause } from "./campaign.ts";

const chunks = 40;

/** Holds the evaluator against its naive twin over random policies and calls. */
export async function comparePolicies(
  { seed, say }: Pick<Field, "seed" | "say">,
  size: { pairs: number },
): Promise<Outcome> {
  const promises = new Promises();
  const started = performance.now();
  let compared = 0;
  for (let chunk = 0; chunk < chunks; chunk += 1) {
    const pairs = Math.ceil(size.pairs / chunks);
    try {
      differentialRuns(pairs, seed + chunk);
      compared += pairs;
    } catch (error) {
      // Names its own seed and the smallest pair on which the two disagree.
      promises.holds(error instanceof Error ? error.message : String(error), false);
    }
    const seconds = Math.round((performance.now() - started) / 1000);
    say(`${compared} of ${size.pairs} pairs compared after ${seconds} s`);
    await pause(0);
  }
  return {
    figures: { pairs: compared, disagreements: promises.broken.length },
    broken: promises.broken,
  };
}
