import { parentPort } from "node:worker_threads";
import { properties } from "#proxy/testing/properties/all.ts";

/** So many inputs of one promise, chosen by a seed. */
export interface Step {
  /** Its place in `properties`. */
  promise: number;
  numRuns: number;
  seed: number;
}

/** What a step came to: null, or the smallest input that broke the promise. */
export interface StepResult {
  broken: string | null;
}

// Refusals are thrown by the million; a failure is told by its seed and input, not by its stack.
Error.stackTraceLimit = 0;

parentPort?.on("message", async ({ promise, numRuns, seed }: Step) => {
  const result: StepResult = { broken: null };
  try {
    await properties[promise]?.hold({ numRuns, seed });
  } catch (error) {
    result.broken = firstLines(error);
  }
  parentPort?.postMessage(result);
});

/** The seed and the smallest input stand at the beginning. */
function firstLines(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n").slice(0, 4).join(" ");
}
