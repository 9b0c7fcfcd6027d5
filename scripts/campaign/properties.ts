import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { Worker } from "node:worker_threads";
import { properties } from "#proxy/testing/properties/all.ts";
import type { Field, Outcome } from "./campaign.ts";
import type { Step, StepResult } from "./properties-worker.ts";

const stepRuns = 50_000;

/**
 * Tries every promise of the parser, the event streams and the headers with this many inputs each,
 * on all cores. The seed of a step is the campaign's plus the step's number, so that one step can be
 * repeated. Promises that were tried in full are kept in a file of that seed until all are: a run
 * that was stopped goes on from there when it is started with the same seed.
 */
export async function tryProperties(
  { seed, say }: Pick<Field, "seed" | "say">,
  size: { runs: number },
): Promise<Outcome> {
  const memory = remember(seed, size.runs);
  const started = performance.now();
  const broken: string[] = [];
  const left = properties.map(({ title }) => ({
    title,
    inputs: memory.tried.includes(title) ? size.runs : 0,
    isBroken: false,
  }));
  const steps = left.flatMap(({ inputs }, promise) => stepsOf(promise, size.runs - inputs, seed));
  if (memory.tried.length > 0) say(`${memory.tried.length} promises were tried before`);

  const work = async (): Promise<void> => {
    const worker = new Worker(new URL("./properties-worker.ts", import.meta.url));
    for (let step = steps.shift(); step !== undefined; step = steps.shift()) {
      const promise = left[step.promise];
      if (!promise || promise.isBroken) continue;
      worker.postMessage(step);
      // The cast: the worker answers each step with one of these. `once` rejects when it fails.
      const [result] = (await once(worker, "message")) as [StepResult];
      if (result.broken !== null) {
        promise.isBroken = true;
        broken.push(`${promise.title}, seed ${step.seed}: ${result.broken}`);
        continue;
      }
      promise.inputs += step.numRuns;
      const seconds = Math.round((performance.now() - started) / 1000);
      say(`${promise.title}: ${promise.inputs} of ${size.runs} after ${seconds} s`);
      if (promise.inputs === size.runs) memory.add(promise.title);
    }
    await worker.terminate();
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  if (broken.length === 0) memory.forget();
  const inputs = left.reduce((sum, promise) => sum + promise.inputs, 0);
  return { figures: { promises: properties.length, inputs }, broken };
}

function stepsOf(promise: number, runs: number, seed: number): Step[] {
  return Array.from({ length: Math.ceil(runs / stepRuns) }, (_, at) => ({
    promise,
    numRuns: Math.min(stepRuns, runs - at * stepRuns),
    seed: seed + at,
  }));
}

/** Titles of the promises that were tried in full with this seed and so many inputs. */
function remember(seed: number, runs: number) {
  const file = join(import.meta.dirname, `../../bench/out/properties-${seed}-${runs}.json`);
  const tried: string[] = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
  return {
    tried,
    add(title: string) {
      tried.push(title);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, JSON.stringify(tried));
    },
    forget: () => rmSync(file, { force: true }),
  };
}
