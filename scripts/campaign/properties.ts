import { properties } from "#proxy/testing/properties/all.ts";
import type { Field, Outcome } from "./campaign.ts";

const stepRuns = 100_000;

/**
 * Tries every promise of the parser, the event streams and the headers with this many inputs each.
 * The seed of a step is the campaign's plus the step's number, so that one step can be repeated.
 */
export async function tryProperties(
  { seed, say }: Pick<Field, "seed" | "say">,
  size: { runs: number },
): Promise<Outcome> {
  const figures = { promises: properties.length, inputs: 0 };
  const broken: string[] = [];
  for (const { title, hold } of properties) {
    const started = performance.now();
    for (let step = 0; step * stepRuns < size.runs; step += 1) {
      const numRuns = Math.min(stepRuns, size.runs - step * stepRuns);
      try {
        await hold({ numRuns, seed: seed + step });
      } catch (error) {
        broken.push(`${title}, seed ${seed + step}: ${firstLines(error)}`);
        break;
      }
      figures.inputs += numRuns;
      const seconds = (performance.now() - started) / 1000;
      say(`${title}: ${step * stepRuns + numRuns} of ${size.runs} in ${seconds.toFixed(0)} s`);
    }
  }
  return { figures, broken };
}

/** The seed and the smallest input stand at the beginning. */
function firstLines(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n").slice(0, 4).join(" ");
}
